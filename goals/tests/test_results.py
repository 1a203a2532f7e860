from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.results import Aim, MeasuredOn, MeasuredOnRuleRequiredError, Result, target_result
from goals.trajectory import Direction, Range
from goals.vintages import Vintage

DUE = date(2024, 6, 30)
PERIOD = Aim(Fraction(67), DUE, MeasuredOn.PERIOD_END, decimals=0)
PUBLICATION = replace(PERIOD, measured_on=MeasuredOn.PUBLICATION)


def row(value, published=(2024, 9, 1), period=DUE, status="final", revision=0):
    number = None if value is None else Fraction(str(value))
    on = date(*published) if published else None
    return Vintage(period, number, status, revision, published_on=on, text=str(value))


def result(rows, aim=PERIOD, on=(2025, 1, 1)):
    return target_result(rows, aim, date(*on))


@pytest.mark.parametrize(
    ("value", "direction", "found"),
    [
        ("67", "up", "MET"),
        ("66.5", "up", "MET_AT_PUBLISHED_PRECISION"),
        ("66.49", "up", "MISSED"),
        ("67", "down", "MET"),
        ("67.49", "down", "MET_AT_PUBLISHED_PRECISION"),
        ("67.5", "down", "MISSED"),
    ],
)
def test_met_missed_and_met_after_rounding(value, direction, found):
    outcome = result([row(value)], replace(PERIOD, direction=Direction(direction)))
    sign = 1 if direction == "up" else -1
    assert (outcome.result, outcome.variance) == (found, sign * (Fraction(value) - 67))
    assert (outcome.rounded is None) == (found == "MET")


def test_a_target_finer_than_its_decimals_is_not_rounded_to_meet_the_value():
    aim = replace(PERIOD, level=Fraction("66.9"))
    assert result([row("66.6")], aim).result is Result.MET_AT_PUBLISHED_PRECISION
    assert result([row("66.4")], aim).result is Result.MISSED
    assert result([row("67.2")], replace(aim, level=Fraction("67.3"))).result is Result.MISSED


def test_before_the_due_day_nothing_is_met_and_on_it_it_may_be():
    rows = [row(70, published=(2024, 6, 1))]
    assert result(rows, on=(2024, 6, 29)).result is Result.NOT_DUE
    assert result(rows, on=(2024, 6, 30)).result is Result.MET


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(70, status="provisional")],
        [row(70, status="estimated")],
        [row(70), row(None, status="withdrawn", revision=1)],
        [row(70), row(71, status="provisional", revision=1)],
        [row(70, published=(2025, 1, 2))],
        [row(70, published=None)],
        [row(70, period=date(2023, 6, 30))],
        [row(None)],
    ],
)
def test_without_a_final_value_of_the_period_the_result_is_pending(rows):
    found = result(rows)
    assert (found.result, found.used, found.variance) == (Result.PENDING, None, None)


def test_a_revision_changes_the_result_of_a_period_and_is_a_correction():
    rows = [row(66), row(67, published=(2024, 12, 1), status="revised", revision=1)]
    before, after = result(rows, on=(2024, 11, 30)), result(rows)
    assert (before.result, after.result) == (Result.MISSED, Result.MET)
    assert after.corrects(before)
    assert not after.corrects(after)
    assert not before.corrects(result(rows, on=(2024, 8, 1)))  # that was pending


def test_by_publication_the_newest_final_published_by_the_due_day_decides():
    rows = [
        row(60, published=(2022, 9, 1), period=date(2022, 6, 30)),
        row(65, published=(2023, 9, 1), period=date(2023, 6, 30)),
        row(68, published=(2024, 7, 1), period=date(2023, 6, 30), status="revised", revision=1),
        row(70, published=(2024, 9, 1)),
    ]
    found = result(rows, PUBLICATION)
    assert (found.result, found.used, found.read_on) == (Result.MISSED, rows[1], DUE)


def test_by_publication_a_provisional_newest_gives_way_to_an_older_final():
    rows = [
        row(68, published=(2022, 9, 1), period=date(2022, 6, 30)),
        row(60, published=(2023, 9, 1), period=date(2023, 6, 30), status="provisional"),
        row(99, published=(2024, 6, 1), period=date(2024, 7, 31)),  # of a period after the due day
    ]
    assert result(rows, PUBLICATION).used == rows[0]


def test_by_publication_nothing_published_in_time_cannot_be_measured():
    assert result([row(70)], PUBLICATION).result is Result.NOT_MEASURABLE
    assert result([row(70, published=(2024, 6, 30))], PUBLICATION).result is Result.MET


def test_without_a_rule_it_is_refused_even_before_it_is_due():
    with pytest.raises(MeasuredOnRuleRequiredError):
        result([], replace(PERIOD, measured_on=None), on=(2020, 1, 1))


@pytest.mark.parametrize(
    ("value", "found", "variance"),
    [("6", "MET", "0"), ("6.04", "MET_AT_PUBLISHED_PRECISION", "-0.04"), ("3.9", "MISSED", "-0.1")],
)
def test_of_a_range_the_distance_decides(value, found, variance):
    aim = Aim(
        Fraction(5),
        DUE,
        MeasuredOn.PERIOD_END,
        Direction.RANGE,
        within=Range(Fraction(4), Fraction(6)),
    )
    outcome = result([row(value)], aim)
    assert (outcome.result, outcome.variance) == (found, Fraction(variance))


vintages = st.lists(
    st.builds(
        Vintage,
        st.sampled_from([date(2023, 6, 30), DUE]),
        st.builds(Fraction, st.integers(640, 700), st.just(10)),
        st.sampled_from(["provisional", "final", "revised", "withdrawn"]),
        st.integers(0, 3),
        published_on=st.dates(date(2023, 7, 1), date(2025, 12, 31)),
    ),
    max_size=6,
    unique_by=lambda each: (each.period_end, each.revision),
)


@given(vintages, st.sampled_from([PERIOD, PUBLICATION]), st.dates(DUE, date(2025, 12, 31)))
def test_what_is_published_later_never_changes_a_result(rows, aim, on):
    known = [each for each in rows if each.published_on <= on]
    assert target_result(rows, aim, on) == target_result(known, aim, on)


@given(vintages, st.dates(DUE, date(2025, 12, 31)), st.dates(DUE, date(2025, 12, 31)))
def test_by_publication_a_result_never_changes(rows, one, other):
    assert target_result(rows, PUBLICATION, one) == target_result(rows, PUBLICATION, other)


@given(vintages, st.sampled_from([PERIOD, PUBLICATION]), st.randoms(use_true_random=False))
def test_mirrored_and_shuffled_numbers_have_the_same_result(rows, aim, chance):
    found = target_result(rows, aim, date(2025, 12, 31))
    mirrored = [replace(each, value=-each.value) for each in rows]
    chance.shuffle(mirrored)
    other = replace(aim, level=-aim.level, direction=Direction.DOWN)
    again = target_result(mirrored, other, date(2025, 12, 31))
    assert (found.result, found.variance) == (again.result, again.variance)


@given(vintages, st.dates(DUE, date(2025, 12, 31)))
def test_the_other_direction_turns_the_sign_of_the_variance(rows, on):
    up = target_result(rows, PERIOD, on)
    down = target_result(rows, replace(PERIOD, direction=Direction.DOWN), on)
    assert up.variance == (None if down.variance is None else -down.variance)
    if up.variance:
        assert [up.result, down.result].count(Result.MET) == 1
