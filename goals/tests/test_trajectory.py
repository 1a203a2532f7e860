from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.trajectory import Method, Point, Range, TimeAxis, Trajectory, TrajectoryError

MONTHS = TimeAxis.MONTHS


def day(text):
    return date.fromisoformat(text)


def point(text, value):
    return Point(day(text), Fraction(str(value)))


def line(first, last, axis=MONTHS):
    return Trajectory(Method.LINEAR, axis, baseline=point(*first), target=point(*last))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2009-06-30", 34),  # before the baseline the path is flat
        ("2010-06-30", 34),
        ("2012-06-30", Fraction("47.2")),
        ("2015-06-30", 67),
        ("2016-06-30", 67),
    ],
)
def test_a_straight_line_on_the_months_axis(on, expected):
    assert line(("2010-06-30", 34), ("2015-06-30", 67)).expected(day(on)) == expected


def test_the_days_axis_counts_the_leap_day():
    path = line(("2024-01-01", 50), ("2026-01-01", 60), TimeAxis.DAYS)
    assert path.expected(day("2024-12-31")) == 50 + Fraction(3650, 731)


def test_month_ends_are_evenly_spaced_on_the_months_axis():
    path = line(("2024-01-31", 0), ("2024-03-31", 2))
    assert path.expected(day("2024-02-29")) == 1


def test_a_path_through_points():
    path = Trajectory(
        Method.CUSTOM,
        MONTHS,
        points=(point("2010-06-30", 34), point("2012-06-30", 40), point("2015-06-30", 67)),
    )
    assert [path.expected(day(on)) for on in ("2011-06-30", "2013-06-30")] == [37, 49]
    assert (path.first.value, path.last.value, path.movement) == (34, 67, 33)


def test_steps_hold_until_the_next_one():
    path = Trajectory(Method.STEP, points=(point("2001-09-30", 77), point("2003-03-31", 90)))
    values = [path.expected(day(on)) for on in ("2001-01-01", "2003-03-30", "2003-03-31")]
    assert values == [77, 77, 90]
    assert [each.value for each in path.bends()] == [77, 77, 90]


def test_a_hold_stays_at_its_target():
    path = Trajectory(Method.HOLD, target=point("2003-03-31", 0), start=day("2003-03-31"))
    assert (path.expected(day("2015-08-31")), path.movement, path.is_hold) == (0, 0, True)


def test_halving_the_distance_goes_to_the_rounded_target():
    path = Trajectory(
        Method.HALVE_DISTANCE,
        MONTHS,
        baseline=point("2012-06-30", "46.1"),
        target=point("2017-06-30", 0),
        decimals=1,
    )
    assert path.last.value == Fraction("73.1")


def seasonal(history, **fields):
    return Trajectory(
        Method.SEASONAL,
        MONTHS,
        baseline=point("2023-12-31", 80),
        target=point("2025-12-31", 88),
        season_length=4,
        history=tuple(point(on, value) for on, value in history),
        **fields,
    )


TWO_YEARS = [
    ("2022-03-31", 82), ("2022-06-30", 80), ("2022-09-30", 78), ("2022-12-31", 80),
    ("2023-03-31", 82), ("2023-06-30", 80), ("2023-09-30", 78), ("2023-12-31", 80),
]  # fmt: skip


def test_seasons_sum_to_nothing_and_shape_the_path():
    path = seasonal(TWO_YEARS)
    assert dict(path.seasons) == {0: 2, 1: 0, 2: -2, 3: 0}
    assert path.expected(day("2024-03-31")) == 81 + 2
    assert path.expected(day("2024-09-30")) == 83 - 2


def test_seasons_need_two_whole_years():
    with pytest.raises(TrajectoryError) as refusal:
        seasonal(TWO_YEARS[:6])
    assert refusal.value.code == "insufficient_history"


@pytest.mark.parametrize(
    "fields",
    [
        {"method": Method.LINEAR, "baseline": point("2026-01-01", 1), "target": point("2026-01-01", 2)},
        {"method": Method.LINEAR, "baseline": point("2026-01-01", 1)},
        {"method": Method.CUSTOM, "points": (point("2024-05-01", 1),)},
        {"method": Method.CUSTOM, "points": (point("2024-05-01", 1), point("2024-05-01", 2))},
        {"method": Method.HOLD},
    ],
    ids=["no time passes", "no target", "one point", "two points on a day", "hold of nothing"],
)  # fmt: skip
def test_what_is_no_path_is_refused(fields):
    with pytest.raises(TrajectoryError):
        Trajectory(**fields)


def test_outside_a_range_the_distance_counts():
    path = line(("2022-12-31", 10), ("2024-12-31", 6)).outside(Range(Fraction(4), Fraction(6)))
    assert [path.expected(day(on)) for on in ("2023-12-31", "2024-12-31")] == [2, 0]


@given(
    st.decimals(-1000, 1000, places=3),
    st.decimals(-1000, 1000, places=3),
    st.integers(1, 4000),
    st.integers(-400, 4400),
    st.sampled_from(TimeAxis),
)
def test_a_straight_line_stays_between_its_ends(first, last, length, offset, axis):
    start = date(2015, 1, 31)
    path = Trajectory(
        Method.LINEAR, axis,
        baseline=Point(start, first), target=Point(start + timedelta(days=length), last),
    )  # fmt: skip
    value = path.expected(start + timedelta(days=offset))
    assert min(first, last) <= value <= max(first, last)


@given(st.lists(st.decimals(-50, 50, places=2), min_size=2, max_size=8), st.integers(-90, 900))
def test_a_path_through_points_goes_through_them(values, offset):
    start = date(2020, 1, 31)
    points = tuple(
        Point(start + timedelta(days=100 * place), Decimal(value))
        for place, value in enumerate(values)
    )
    path = Trajectory(Method.CUSTOM, points=points)
    assert [path.expected(each.on) for each in points] == [each.value for each in points]
    value = path.expected(start + timedelta(days=offset))
    assert min(values) <= value <= max(values)
