from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from goals import wording
from goals.data_age import AgeStatus, DataAge
from goals.variance import Band, Comparison, NoBand
from goals.wording import Scale

JUNE = date(2026, 6, 30)
PERCENT = Scale()


@pytest.mark.parametrize(
    ("value", "scale", "shown"),
    [
        (Decimal("59.94"), PERCENT, "59.9%"),
        (Decimal("-0.04"), PERCENT, "0.0%"),
        (None, PERCENT, "–"),
        (Decimal(71206), Scale("count", "pupils", 0), "71,206 pupils"),
        (Decimal("-1204.5"), Scale("count", "", 1), "−1,204.5"),
        (Fraction(20, 3), Scale("rate", "per 1,000 births", 1), "6.7 per 1,000 births"),
        (Decimal(21), Scale("days", "", 0), "21 days"),
        (Decimal(-1), Scale("days", "", 0), "−1 day"),
    ],
)
def test_level_writes_a_value_with_its_unit(value, scale, shown):
    assert wording.level(value, scale) == shown


@pytest.mark.parametrize(
    ("value", "scale", "words"),
    [
        (Fraction("-2.1"), PERCENT, "2.1 pp behind"),
        (Fraction("0.3"), PERCENT, "0.3 pp ahead"),
        (Fraction("-0.04"), PERCENT, "on the trajectory"),
        (Fraction(-1200), Scale("count", "pupils", 0), "1,200 pupils behind"),
        (None, PERCENT, ""),
    ],
)
def test_gap_says_how_far_behind_or_ahead(value, scale, words):
    assert wording.gap(value, scale) == words


@pytest.mark.parametrize(
    ("gain", "words"),
    [("2.8", "improved 2.8 pp"), ("-2.8", "worsened 2.8 pp"), ("0.04", "unchanged")],
)
def test_movement_needs_no_knowledge_of_polarity(gain, words):
    assert wording.movement(Decimal(gain), PERCENT) == words


@pytest.mark.parametrize(
    ("goals", "close", "measured", "late_sets", "sentence"),
    [
        (0, 0, 0, 0, "There are no priority goals to show yet."),
        (3, 0, 0, 0, "No goal can be measured against a trajectory yet."),
        (10, 6, 9, 2, ("Six of nine goals measured against a trajectory are on or close to it."
         " Two data sets are late.")),
        (10, 1, 9, 1, ("One of nine goals measured against a trajectory is on or close to it."
         " One data set is late.")),
        (10, 0, 9, 0, "None of nine goals measured against a trajectory are on or close to it."),
        (10, 9, 9, 0, "All nine goals measured against a trajectory are on or close to it."),
        (4, 2, 2, 0, "Both goals measured against a trajectory are on or close to it."),
        (4, 1, 1, 0, "The one goal measured against a trajectory is on or close to it."),
        (4, 0, 1, 0, "The one goal measured against a trajectory is behind it."),
        (40, 20, 31, 0, "20 of 31 goals measured against a trajectory are on or close to it."),
    ],
)  # fmt: skip
def test_headline_answers_first(goals, close, measured, late_sets, sentence):
    found = wording.headline(goals=goals, close=close, measured=measured, late_sets=late_sets)
    assert found == sentence


def test_age_and_lateness_are_two_things():
    due = date(2026, 6, 30)
    late = DataAge(due, due, 21, 386, AgeStatus.LATE, 3)
    old = DataAge(date(2027, 6, 30), date(2027, 6, 30), 0, 294, AgeStatus.FRESH, None)
    never = DataAge(None, None, 0, None, AgeStatus.NOT_SCHEDULED, None)
    assert [wording.age(each) for each in (late, old, never)] == ["386 d", "294 d", "–"]
    assert [wording.late(each) for each in (late, old, never)] == ["Late by 21 d", "", ""]
    assert [wording.next_due(each) for each in (old, never)] == [
        "next due 30 Jun 2027", "no due date set"
    ]  # fmt: skip


BEHIND = Comparison(
    expected=Fraction(62), variance=Fraction("-2.1"), movement=Fraction("17.6"),
    share=Fraction("-2.1") / Fraction("17.6"), tolerance=Fraction("0.88"), noise=Fraction(0),
    band=Band.AG, provisional=True,
)  # fmt: skip


def test_progress_is_one_sentence():
    assert (
        wording.progress(
            name="Reading", value=Decimal("59.9"), on=JUNE, scale=PERCENT, comparison=BEHIND
        )
        == "Reading was 59.9% at 30 Jun 2026 against 62.0% expected: 2.1 pp behind."
    )


def test_progress_says_why_there_is_no_comparison():
    outcome = Comparison(reason=NoBand.NO_APPROVED_TRAJECTORY)
    assert wording.progress(
        name="Reading", value=Decimal("59.9"), on=JUNE, scale=PERCENT, comparison=outcome
    ) == (
        "Reading was 59.9% at 30 Jun 2026. No trajectory is approved yet, so nobody can say whether"
        " this is ahead or behind."
    )


def test_worked_out_tells_every_number():
    working = wording.Working(
        value=Decimal("59.9"), on=JUNE, scale=PERCENT, comparison=BEHIND, version=2,
        approved_on=date(2026, 2, 4), baseline=(date(2023, 6, 30), Decimal("52.4")),
        target=(date(2028, 6, 30), Decimal("70.0")),
    )  # fmt: skip
    assert wording.worked_out(working) == [
        "Version 2 of the trajectory, approved 4 Feb 2026, expects 62.0% at 30 Jun 2026.",
        "The value is 59.9% against 62.0%: 2.1 pp behind.",
        (
            "The planned change is 17.6 pp, from 52.4% (30 Jun 2023) to 70.0% (30 Jun 2028);"
            " the variance is 12% of it."
        ),
        "Up to 0.9 pp behind counts as on the trajectory: that is the tolerance.",
        "Beyond it, slightly behind reaches to 15% of the planned change, behind to 30%.",
        "So the value counts as: slightly behind. The value is provisional and may still change.",
    ]


@pytest.mark.parametrize(
    ("value", "expected", "step"),
    [
        ("50.1", "53.88", "The value is 50.1% against 53.9%: 3.8 pp behind."),
        (
            "50.14",
            "53.86",
            (
                "The value is 50.1% against 53.9%: 3.7 pp behind."
                " The gap is worked out before rounding."
            ),
        ),
    ],
)
def test_a_gap_that_the_shown_numbers_do_not_give_says_why(value, expected, step):
    value, expected = Fraction(value), Fraction(expected)
    outcome = Comparison(expected=expected, variance=value - expected, band=Band.R)
    working = wording.Working(
        value=value, on=JUNE, scale=PERCENT, comparison=outcome, version=1, approved_on=None,
        baseline=(JUNE, Fraction(50)), target=(JUNE, Fraction(60)),
    )  # fmt: skip
    assert wording.worked_out(working)[1] == step


@pytest.mark.parametrize("reason", list(NoBand))
def test_every_reason_has_words_and_a_sentence(reason):
    assert wording.no_band(reason)
    assert wording.why_no_band(reason).endswith(".")


def test_on_track_answers_in_one_line():
    ahead = Comparison(expected=Fraction(60), variance=Fraction(0), band=Band.G)
    due = Comparison(
        expected=Fraction(60), variance=Fraction(1), reason=NoBand.RESULT_REPLACES_BAND
    )
    said = [wording.on_track(each, JUNE, PERCENT) for each in (BEHIND, ahead, due, None)]
    assert said == [
        "Slightly behind: 2.1 pp behind at 30 Jun 2026",
        "On the trajectory at 30 Jun 2026",
        "1.0 pp ahead at 30 Jun 2026; due date reached",
        "No value yet",
    ]
