"""A glance, read from a standing alone, says what the whole measure says."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.standings import refresh_standings
from goals.chart_data import Dot
from goals.dashboard import goal_view, portfolio
from goals.drawing import sparkline
from goals.glances import glances
from goals.measures import View
from goals.shape import MOST_DOTS, Shape, from_text, shape_of, to_text
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
TODAY = date(2026, 7, 21)
JUNE = {year: date(year, 6, 30) for year in range(2015, 2031)}
WORDS = (
    "latest", "latest_on", "status", "target", "target_on", "expected", "variance", "variance_at",
    "tolerance", "share", "band", "movement", "movement_on", "movement_since", "age", "late",
    "next_due", "on_track", "sentence", "unit", "why_no_band", "forecast", "forecast_note",
)  # fmt: skip


def make_measured(code, *, values, path=None, area="A", **indicator):
    series = make_series(make_indicator(code, **indicator))
    goal = make_goal(code.upper(), series=series, area=area, is_for_board=True)
    for on, value, status in values:
        make_observation(series, on, value, status=status)
    if path:
        make_trajectory(series, **path)
    refresh_standings(series_ids=[series.pk], at=NOW)
    return goal


def rising(first=2018, last=2026, newest="provisional"):
    years = range(first, last + 1)
    states = dict.fromkeys(years, "final") | {last: newest}
    return [(JUNE[year], f"{40 + year % 7}.{year % 10}", states[year]) for year in years]


def monthly(first=2019, last=2026):
    """Rising by a point a year, with a hump each March; two years of it end worse than before."""
    ends = [date(year, month, 28) for year in range(first, last) for month in range(1, 13)]
    ends += [date(last, month, 28) for month in range(1, 7)]
    fall = {last: 4, last - 1: 2}
    return [
        (
            on,
            f"{40 + on.year - first + (2 if on.month == 3 else 0) - fall.get(on.year, 0)}",
            "final",
        )
        for on in ends
    ]


PATH = {"baseline": (JUNE[2019], "43.9"), "target": (JUNE[2029], "60.0")}


@pytest.fixture
def goals(db):
    return [
        make_measured("plain", values=rising(), path=PATH),
        make_measured("falling", values=rising(), path=PATH, direction="down"),
        make_measured("ranged", values=rising(), path=PATH, direction="range",
                      range_low=Decimal(30), range_high=Decimal(42)),
        make_measured("held", values=rising(newest="final"),
                      path={**PATH, "method": "hold", "start_on": JUNE[2019]}),
        make_measured("gappy", values=[row for row in rising() if row[0].year != 2022], path=PATH),
        make_measured("pathless", values=rising()),
        make_measured("empty", values=[]),
        make_measured("missing", values=[*rising(2018, 2025, "final"), (JUNE[2026], None, "final")],
                      path=PATH),
        make_measured("late", values=rising(2015, 2024, "final"), path=PATH),
        make_measured("counted", values=[(JUNE[2026], "1204", "final")], unit="count",
                      unit_label="pupils", decimals=0),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.SYSTEM_LEADER, Role.BOARD])
def test_a_glance_says_what_the_whole_measure_says(goals, role):
    person = make_person(role)
    rows = portfolio(user=person, on=TODAY)
    assert len(rows) == len(goals)
    for row in rows:
        whole = goal_view(goal=row.goal, user=person, on=TODAY).measure
        glance = row.measure
        assert {name: getattr(glance.words, name) for name in WORDS} == {
            name: getattr(whole.words, name) for name in WORDS
        }
        assert (glance.comparison, glance.outlook) == (whole.comparison, whole.outlook)
        assert (glance.age, glance.gain, glance.way) == (whole.age, whole.gain, whole.way)
        assert sparkline(glance.chart, "x") == sparkline(whole.chart, "x")


def test_of_a_seasonal_series_a_glance_knows_years_enough(db):
    path = {"baseline": (date(2019, 6, 30), "41"), "target": (JUNE[2028], "60")}
    goal = make_measured(
        "seasonal", values=monthly(), path=path, frequency="monthly", is_seasonal=True
    )
    whole = goal_view(goal=goal, user=make_person(Role.SYSTEM_LEADER), on=TODAY).measure
    series = goal.measures.get().series
    glance = glances([series.pk], view=View.WHOLE, on=TODAY)[series.pk]
    assert len(whole.rows) > MOST_DOTS
    assert glance.outlook == whole.outlook
    assert (glance.outlook.reversal, glance.outlook.tendency) == ("alarm", "worsening")


def test_of_a_long_series_the_newest_values_are_drawn(db):
    goal = make_goal(series=make_series(make_indicator("monthly", frequency="monthly")))
    series = goal.measures.get().series
    for month in range(60):
        make_observation(series, date(2021 + month // 12, month % 12 + 1, 28), month)
    refresh_standings(series_ids=[series.pk], at=NOW)
    glance = glances([series.pk], view=View.WHOLE, on=TODAY)[series.pk]
    assert [dot.value for dot in glance.chart.actual] == list(range(60 - MOST_DOTS, 60))


def test_glances_take_one_query(goals, django_assert_num_queries):
    ids = [goal.measures.get().series_id for goal in goals]
    for view in (View.WHOLE, View.FINAL):
        with django_assert_num_queries(1):
            assert len(glances(ids, view=view, on=TODAY)) == len(ids)


def test_equal_glances_are_equal_and_one_other_word_makes_them_differ(goals):
    series = goals[0].measures.get().series
    first, second = (glances([series.pk], view=View.WHOLE, on=TODAY)[series.pk] for _ in range(2))
    assert (first, hash(first)) == (second, hash(second))
    series.indicator.name = "Another name"
    series.indicator.save()
    assert glances([series.pk], view=View.WHOLE, on=TODAY)[series.pk] != first


def test_a_shape_comes_back_from_its_text():
    shape = Shape(
        (Dot(JUNE[2024], Decimal("54.60")), Dot(JUNE[2026], Fraction(1, 3), is_provisional=True,
                                               has_gap_before=True)),
        ((JUNE[2024], Decimal("54.6")), (JUNE[2029], Decimal(70))),
    )  # fmt: skip
    assert from_text(to_text(shape)) == shape
    assert from_text("") == Shape()


def test_a_shape_holds_comparable_values_only():
    old, new = Dot(JUNE[2018], Decimal(61), is_comparable=False), Dot(JUNE[2024], Decimal(54))
    assert shape_of([old, new]).dots == (new,)
