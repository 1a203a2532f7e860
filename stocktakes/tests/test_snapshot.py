"""The text of a pack: canonical, exact, and read back whole."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.chart_data import ChartData, Dot, Labels, Line
from stocktakes import snapshot
from stocktakes.differences import corrections
from stocktakes.sheets import sheets
from stocktakes.snapshot import (
    Age,
    Answer,
    Correction,
    Goal,
    Measure,
    Meeting,
    Number,
    Outcome,
    Pack,
    Path,
    Person,
    Words,
    from_text,
    sha256,
    substance,
    to_text,
)

JUNE = date(2026, 6, 30)
KNOWN = datetime(2026, 7, 2, 8, tzinfo=UTC)


def make_number(on=JUNE, value="59.90", text="59.9%", **fields):
    return Number(
        on=on,
        value=Decimal(value),
        expected=Fraction(62),
        variance=Fraction(-21, 10),
        text=text,
        expected_text="62.0%",
        variance_text="2.1 pp behind",
        **{"status": "provisional", "revision": 0, "known_from": KNOWN, **fields},
    )


def make_measure(*numbers, **fields):
    return Measure(
        kind="goal indicator",
        code="G3",
        name="Grade 3 reading",
        org_unit="Everly",
        subgroup="",
        unit="%",
        decimals=1,
        direction="higher is better",
        frequency="yearly",
        definition="Pupils proficient.",
        source="Test office",
        numbers=numbers or (make_number(),),
        **{
            "path": Path(
                1,
                date(2024, 1, 1),
                "straight line",
                "months",
                (date(2023, 6, 30), Decimal("52.4")),
                (date(2028, 6, 30), Decimal(70)),
                1,
            ),
            "outcome": Outcome(
                Fraction(62), Fraction(-21, 10), tolerance=Fraction(1, 3), band="AG"
            ),
            "words": Words(latest="59.9%", target="70.0%", target_on="30 Jun 2028"),
            "age": Age("28 d"),
            "chart": ChartData(
                Labels("Grade 3 reading"),
                (Dot(JUNE, Decimal("59.90"), is_provisional=True),),
                Line(((date(2023, 6, 30), Decimal("52.4")), (JUNE, Fraction(187, 3))), None),
            ),
            **fields,
        },
    )


def make_goal(code="L1", **fields):
    return Goal(
        code=code,
        title="Every child reads",
        aim="",
        area="Literacy",
        **{
            "leader": Person("Yolanda Freeman", "Chief"),
            "consultant": None,
            "summary": "",
            "questions": ("Which schools?",),
            "answers": (Answer(1, "What?", "This.", "Yolanda Freeman", KNOWN), Answer(2, "How?")),
            "measure": make_measure(),
            "others": (),
            **fields,
        },
    )


def make_content(*goals, **fields):
    return Pack(
        meeting=Meeting(
            "Everly",
            "America/Denver",
            "Literacy",
            datetime(2026, 7, 28, 16, tzinfo=UTC),
            45,
            "Room 4",
            Person("Dr Osei"),
            Person("Hannah"),
            (Person("Tomás"),),
        ),
        goals=goals or (make_goal(),),
        headline="One goal is behind.",
        **{"version": 1, "issued_at": KNOWN, "issued_by": Person("Hannah"), **fields},
    )


def test_a_pack_is_read_back_whole():
    content = make_content(corrections=(Correction("L1", "G3", "30 Jun", "1%", "2%", KNOWN),))
    assert from_text(to_text(content)) == content


def test_the_text_has_sorted_keys_and_no_floats():
    text = to_text(make_content())
    again = json.dumps(
        json.loads(text, parse_float=pytest.fail),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    assert again == text
    number = json.loads(text)["goals"][0]["measure"]["numbers"][0]
    assert number["value"] == "59.90"
    assert number["variance"] == "-2.1"
    assert json.loads(text)["goals"][0]["measure"]["outcome"]["tolerance"] == "1/3"


def test_the_same_moment_in_another_zone_is_the_same_text():
    local = KNOWN.astimezone(timezone(timedelta(hours=-7)))
    assert to_text(make_content(issued_at=local)) == to_text(make_content())


def test_the_hash_is_of_the_very_text():
    assert sha256("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
    one, other = to_text(make_content()), to_text(make_content(version=2))
    assert sha256(one) != sha256(other)


@pytest.mark.parametrize(
    "break_it",
    [
        lambda plain: plain.pop("version"),
        lambda plain: plain.update(version="1"),
        lambda plain: plain.update(version=True),
        lambda plain: plain.update(version=1.5),
        lambda plain: plain.update(issued_at="yesterday"),
        lambda plain: plain["goals"][0]["measure"]["numbers"][0].update(value="1e9"),
        lambda plain: plain["goals"][0]["measure"]["chart"]["line"]["dots"][0].append("x"),
    ],
)
def test_a_text_that_is_no_pack_is_refused(break_it):
    plain = json.loads(to_text(make_content()))
    break_it(plain)
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        from_text(json.dumps(plain))


def test_a_text_of_an_earlier_program_gets_defaults():
    plain = json.loads(to_text(make_content()))
    del plain["goals"][0]["measure"]["numbers"][0]["is_target"]
    plain["goals"][0]["some field of a later program"] = 1
    assert from_text(json.dumps(plain)) == make_content()


def test_substance_leaves_out_what_issuing_adds_and_the_age():
    older = make_content(make_goal(measure=make_measure(age=Age("100 d", "Late by 3 d"))))
    newer = make_content(
        version=2,
        issued_at=KNOWN + timedelta(days=72),
        issued_by=Person("Tomás"),
        change_note="Once more.",
    )
    assert substance(older) == substance(newer)
    assert substance(older) != substance(make_content(make_goal(summary="Better.")))


def test_corrections_name_every_number_that_differs_with_its_day():
    later = KNOWN + timedelta(days=5)
    before = make_content(make_goal(), make_goal("L2"))
    now = make_content(
        make_goal(
            leader=Person("Somebody Else"),
            measure=make_measure(
                make_number(date(2025, 6, 30), "57.10", "57.1%", known_from=later),
                make_number(value="58.40", text="58.4%", status="final", known_from=later),
            ),
        ),
        make_goal("S1"),
    )
    assert corrections(before, now) == (
        Correction("S1", "", "Every child reads", "not in the pack", "added"),
        Correction("L2", "", "Every child reads", "in the pack", "left out"),
        Correction("L1", "", "goal leader", "Yolanda Freeman", "Somebody Else"),
        Correction("L1", "Grade 3 reading", "30 Jun 2025", "–", "57.1% (provisional)", later),
        Correction(
            "L1", "Grade 3 reading", "30 Jun 2026", "59.9% (provisional)", "58.4% (final)", later
        ),
    )


def test_corrections_show_the_digits_where_rounding_hides_the_change():
    now = make_content(make_goal(measure=make_measure(make_number(value="59.94"))))
    assert corrections(make_content(), now) == (
        Correction("L1", "Grade 3 reading", "30 Jun 2026", "59.90", "59.94", KNOWN),
    )


def test_corrections_name_a_new_path():
    path = replace(make_measure().path, version=2)
    now = make_content(make_goal(measure=make_measure(path=path)))
    assert corrections(make_content(), now) == (
        Correction(
            "L1",
            "Grade 3 reading",
            "trajectory and target",
            "version 1, 70.0% by 30 Jun 2028",
            "version 2, 70.0% by 30 Jun 2028",
        ),
    )


def test_nothing_differs_from_itself():
    assert corrections(make_content(), make_content()) == ()


@given(st.fractions(), st.decimals(-(10**9), 10**9, places=4), st.text())
def test_any_number_and_any_word_come_back(fraction, decimal, word):
    content = make_content(
        make_goal(
            summary=word,
            measure=make_measure(replace(make_number(), expected=fraction, variance=decimal)),
        )
    )
    again = from_text(to_text(content))
    assert again == content
    assert sha256(to_text(again)) == sha256(to_text(content))


def test_snapshot_has_no_numbers_of_other_kinds():
    with pytest.raises(TypeError):
        to_text(make_content(version=1.5))
    assert snapshot.FORM == 1


def test_the_page_that_stands_alone_says_that_its_number_is_late():
    late = make_measure(age=Age("147 d", "Late by 87 d", "due 29 Aug 2026"))
    first = sheets(to_text(make_content(make_goal(measure=late)))).split("</article>")[0]
    assert "Late by 87 d" in first
    assert "Late by" not in sheets(to_text(make_content())).split("</article>")[0]
