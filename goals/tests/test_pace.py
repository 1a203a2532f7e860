"""The pace check: by hand, against a second calculation, and what holds for any numbers."""

import random
from calendar import monthrange
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goals.definitions import Definition
from goals.pace import Confidence, Line, Mode, Movement, NoForecast, NoInterval, forecast
from goals.policy import DEFAULT_POLICY
from goals.series import DuplicatePeriodError
from goals.tests import second
from goals.trajectory import (
    Bounds,
    Direction,
    Method,
    Point,
    Range,
    TimeAxis,
    Trajectory,
    TrajectoryError,
)
from goals.variance import Band, Reading, Yardstick


def june(year):
    return date(year, 6, 30)


def yearly(*values, first=2015, status="final"):
    return [
        Reading(june(first + place), Fraction(str(value)), status)
        for place, value in enumerate(values)
    ]


def way(start="50", goal="70", *, since=2014, until=2024, axis=TimeAxis.MONTHS):
    return Trajectory(
        Method.LINEAR,
        axis,
        baseline=Point(june(since), Fraction(start)),
        target=Point(june(until), Fraction(goal)),
    )


UP = Yardstick(Direction.UP)
DOWN = Yardstick(Direction.DOWN)


# --- by hand --------------------------------------------------------------------------------------


def test_every_number_of_a_pace_check():
    found = forecast(yearly(52, 54, 56), way(), UP)
    assert (found.slope_per_year, found.direction) == (2, Movement.IMPROVING)
    assert (found.required_per_year, found.mode) == (2, Mode.PURSUE)  # 14 in seven years
    assert (found.rho, found.band) == (1, Band.G)
    assert (found.projection, found.shortfall) == (70, 0)
    assert (found.confidence, found.interval_reason) == (Confidence.LOW, NoInterval.TOO_FEW)


def test_what_a_pace_check_was_made_of():
    rows = yearly(40, 52, 54, 56)
    basis = forecast(rows, way(), UP).basis
    assert basis.fitted == tuple(rows[1:])
    assert (basis.base, basis.years_left) == (rows[-1], 6)
    assert (basis.threshold, basis.threshold_by_plan) == (Fraction("0.2"), True)
    assert basis.target == Point(june(2024), Fraction(70))
    assert basis.policy is DEFAULT_POLICY


def test_uneven_periods_weigh_by_their_dates():
    """Slope through (0, 34), (2, 47.2), (3, 54.1): Sxy / Sxx = 31.2 / (14/3)."""
    rows = [
        Reading(june(2010), Fraction(34)),
        Reading(june(2012), Fraction("47.2")),
        Reading(june(2013), Fraction("54.1")),
    ]
    found = forecast(rows, way("34", "67", since=2010, until=2015), UP)
    assert found.slope_per_year == Fraction("31.2") / Fraction(14, 3)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], NoForecast.TOO_EARLY),
        ([51, 52], NoForecast.TOO_EARLY),
        ([51, 52, 53], None),
    ],
)
def test_fewer_than_three_finals_are_too_early(values, reason):
    found = forecast(yearly(*values), way(), UP)
    assert (found.reason, found.n) == (reason, len(values))
    assert (found.confidence is Confidence.NONE) == (reason is not None)


def test_on_the_day_of_the_target_the_result_counts():
    found = forecast(yearly(51, 52, 53), way(until=2017), UP)
    assert (found.reason, found.slope_per_year) == (NoForecast.TARGET_DATE_REACHED, None)
    assert found.interval_reason is NoInterval.TARGET_DATE_REACHED


def test_provisional_values_and_withdrawn_ones_count_for_nothing():
    rows = yearly(52, 54, 56)
    more = [
        Reading(june(2018), Fraction(99), "provisional"),
        Reading(june(2019), Fraction(99), "estimated"),
        Reading(june(2020), Fraction(99), "withdrawn"),
    ]
    assert forecast(rows + more, way(), UP).projection == forecast(rows, way(), UP).projection


def test_two_finals_of_one_period_are_refused():
    with pytest.raises(DuplicatePeriodError):
        forecast([*yearly(52, 54, 56), Reading(june(2016), Fraction(54), "revised")], way(), UP)


def test_values_across_a_break_are_left_out_and_counted():
    definitions = [Definition(1), Definition(2, date(2016, 1, 1), is_comparable=False)]
    found = forecast(yearly(90, 52, 54, 56), way(), UP, definitions=definitions)
    assert (found.n, found.slope_per_year) == (3, 2)
    assert [row.value for row in found.basis.series.left_out] == [90]


def test_a_movement_of_exactly_a_tenth_of_the_planned_rate_is_flat():
    assert forecast(yearly(52, "52.2", "52.4"), way(), UP).direction is Movement.FLAT
    assert forecast(yearly(52, "52.21", "52.42"), way(), UP).direction is Movement.IMPROVING
    assert forecast(yearly(52, "51.79", "51.58"), way(), UP).direction is Movement.WORSENING


@pytest.mark.parametrize(("own", "least"), [(None, "0.05"), ("0.3", "0.3")])
def test_without_a_planned_change_the_tolerance_is_the_threshold(own, least):
    yardstick = Yardstick(Direction.UP, tolerance=own and Fraction(own))
    found = forecast(yearly(50, 50, 50), way(goal="50"), yardstick)
    assert (found.basis.threshold, found.basis.threshold_by_plan) == (Fraction(least), False)


@pytest.mark.parametrize(
    ("rate", "band"),
    [(2, "G"), ("1.6", "AG"), ("1.59", "AR"), (1, "AR"), ("0.99", "R"), (-1, "R")],
)
def test_bands_of_the_pace_and_their_edges(rate, band):
    """At 60 in 2020 with 70 to reach in 2025: two a year are needed."""
    step = Fraction(str(rate))
    rows = yearly(60 - 2 * step, 60 - step, 60, first=2018)
    assert forecast(rows, way(until=2025), UP).band == band


@pytest.mark.parametrize(
    ("values", "band"),
    [((74, 73, 72), "AG"), ((72, 72, 72), "G"), ((70, 70, 70), "G"), ((72, 71, 70), "AG")],
)
def test_a_target_that_is_reached_is_to_be_held(values, band):
    found = forecast(yearly(*values), way(), UP)
    assert (found.mode, found.rho, found.band) == (Mode.HOLD, None, band)


def test_a_projection_is_clipped_where_it_is_shown_and_nowhere_else():
    found = forecast(yearly(52, 70, 88), way(goal="95"), UP, bounds=Bounds(0, 100))
    assert (found.projection, found.projection_shown) == (88 + 18 * 7, 100)
    assert found.shortfall == 95 - found.projection
    low = forecast(yearly(52, 30, 8), way(), UP, bounds=Bounds(low=Fraction(0)))
    assert (low.projection, low.projection_shown) == (8 - 22 * 7, 0)


def test_of_a_range_the_distance_is_to_shrink():
    yardstick = Yardstick(Direction.RANGE, within=Range(Fraction(4), Fraction(6)))
    found = forecast(yearly(12, 11, 10), way("12", "5"), yardstick)
    assert (found.slope_per_year, found.direction) == (-1, Movement.IMPROVING)
    assert found.required_per_year == Fraction(4, 7)


def test_a_seasonal_path_of_a_range_is_refused():
    path = Trajectory(
        Method.HALVE_DISTANCE, baseline=Point(june(2014), 50), target=Point(june(2024), 75)
    )
    yardstick = Yardstick(Direction.RANGE, within=Range(Fraction(4), Fraction(6)))
    with pytest.raises(TrajectoryError):
        forecast(yearly(12, 11, 10), path, yardstick)


# --- seasons --------------------------------------------------------------------------------------


def quarterly(values):
    ends = [(3, 31), (6, 30), (9, 30), (12, 31)]
    return [
        Reading(date(2020 + place // 4, *ends[place % 4]), Fraction(str(value)))
        for place, value in enumerate(values)
    ]


SEASONS = [50, 60, 55, 40, 51, 62, 56, 41, 52.5]


def test_seasons_are_compared_with_their_own():
    """The last three changes on the year before: 1 (Sep), 1 (Dec), 1.5 (Mar)."""
    found = forecast(quarterly(SEASONS), way(since=2019, until=2023), UP, seasonal=True)
    assert found.slope_per_year == Fraction("3.5") / 3
    assert [pair.change for pair in found.basis.differences] == [1, 1, Fraction("1.5")]
    assert found.basis.base.period_end == date(2021, 6, 30)  # the newest of the target's month
    assert found.required_per_year == Fraction(70 - 62, 2)
    assert found.interval_reason is NoInterval.SEASONAL


def test_two_changes_on_the_year_before_are_too_early():
    found = forecast(quarterly(SEASONS[:6]), way(since=2019, until=2023), UP, seasonal=True)
    assert (found.reason, found.interval_reason) == (NoForecast.TOO_EARLY, NoInterval.SEASONAL)


def test_a_target_in_a_month_without_values_cannot_be_forecast():
    path = Trajectory(
        Method.LINEAR,
        TimeAxis.MONTHS,
        baseline=Point(june(2019), Fraction(50)),
        target=Point(date(2023, 7, 31), Fraction(70)),
    )
    found = forecast(quarterly(SEASONS), path, UP, seasonal=True)
    assert found.reason is NoForecast.NO_SAME_SEASON_OBSERVATION
    assert found.confidence is Confidence.NONE


# --- the interval ---------------------------------------------------------------------------------


def test_values_on_a_line_leave_the_width_of_their_rounding():
    """Five points, horizon 4 years: factor^2 * (1 + 1/5 + 36/10) / 1200, compared as squares."""
    found = forecast(yearly(52, 54, 56, 58, 60), way(until=2023), UP)
    half = found.interval.high - found.interval.centre
    exact = Fraction("1.638") ** 2 * Fraction("4.8") / 1200
    assert abs(half**2 - exact) < Fraction(1, 10**40)
    assert found.interval.centre - found.interval.low == half
    assert found.interval.rounding_decides
    assert found.confidence is Confidence.NORMAL


def test_an_interval_reaches_as_far_ahead_as_the_values_reach_back():
    rows = yearly(52, 54, 56, 58, 60)  # four years
    assert forecast(rows, way(until=2023), UP).interval
    beyond = forecast(rows, way(until=2024), UP)
    assert (beyond.interval, beyond.confidence) == (None, Confidence.LOW)
    assert beyond.interval_reason is NoInterval.HORIZON_BEYOND_DATA


def test_an_interval_looks_at_no_more_than_eight_values():
    rows = yearly(99, 1, 50, 51, 53, 52, 54, 56, 55, 57)
    found = forecast(rows, way(until=2026), UP)
    assert (found.n, found.interval.n, found.interval.factor) == (10, 8, Fraction("1.44"))
    assert found.interval == forecast(rows[2:], way(until=2026), UP).interval


def test_an_interval_ends_at_the_bounds():
    rows = yearly(80, 90, 85, 97, 99)
    found = forecast(rows, way("70", "98", until=2021), UP, bounds=Bounds(0, 100))
    assert found.interval.high == 100
    assert found.interval.centre > 100  # the centre is where the line is


@pytest.mark.parametrize(
    ("policy", "values", "factor"),
    [
        ({"INTERVAL_MIN_N": 3}, 4, None),  # two degrees of freedom: no factor is known
        ({"INTERVAL_MAX_N": 20}, 12, Fraction("1.44")),  # beyond the table its last one
        ({"INTERVAL_MAX_N": 20, "T90": {"3": "1.638", "10": "1.372"}}, 12, Fraction("1.372")),
        ({"INTERVAL_MIN_N": 7}, 6, None),
    ],
)
def test_factors_outside_the_table_are_never_too_small(policy, values, factor):
    yardstick = Yardstick(Direction.UP, policy=DEFAULT_POLICY.overridden(policy))
    found = forecast(yearly(*range(values)), way(until=2028), yardstick)
    if factor is None:
        assert found.interval_reason is NoInterval.TOO_FEW
    else:
        assert found.interval.factor == factor


def test_settings_that_leave_no_two_values_are_too_early():
    for policy in ({"K_SLOPE": 1}, {"K_SLOPE": 0}, {"MIN_N_FORECAST": 0}):
        yardstick = Yardstick(Direction.UP, policy=DEFAULT_POLICY.overridden(policy))
        values = () if "MIN_N_FORECAST" in policy else (52, 54, 56)
        assert forecast(yearly(*values), way(), yardstick).reason is NoForecast.TOO_EARLY


# --- whatever the numbers are ---------------------------------------------------------------------

values = st.builds(Fraction, st.integers(-400, 400), st.integers(1, 12))
tenths = st.builds(Fraction, st.integers(-1000, 1000), st.just(10))


def month_end(index):
    """The last day of the month that is so many months after January 2000."""
    year, month = 2000 + index // 12, index % 12 + 1
    return date(year, month, monthrange(year, month)[1])


@st.composite
def series(draw, least=3, most=11):
    months = sorted(draw(st.sets(st.integers(0, 100), min_size=least, max_size=most)))
    return [(month_end(month), draw(tenths)) for month in months]


@settings(max_examples=150)
@given(series(), st.sampled_from([1, -1]), tenths, tenths, st.integers(1, 140), st.integers(0, 3))
def test_a_second_calculation_finds_the_same(rows, sign, start, goal, ahead, places):
    last = 12 * (rows[-1][0].year - 2000) + rows[-1][0].month - 1
    baseline, target = (date(1998, 12, 31), start), (month_end(last + ahead), goal)
    path = Trajectory(
        Method.LINEAR, TimeAxis.MONTHS, baseline=Point(*baseline), target=Point(*target)
    )
    way_of = Direction.UP if sign > 0 else Direction.DOWN
    found = forecast([Reading(*row) for row in rows], path, Yardstick(way_of, decimals=places))
    told, span = second.pace(rows, sign, baseline, target, places)
    assert {name: getattr(found, name) for name in told} == told
    if isinstance(span, str):
        assert (found.interval, found.interval_reason) == (None, span)
    else:
        for mine, other in zip(
            (found.interval.low, found.interval.centre, found.interval.high), span, strict=True
        ):
            assert abs(mine - other) < Fraction(1, 10**30)


def told(found):
    """All but where the sign of the direction shows."""
    return (found.reason, found.direction, found.rho, found.mode, found.band, found.confidence)


@given(series(1), tenths, tenths)
def test_the_other_direction_of_mirrored_numbers_is_the_same_finding(rows, start, goal):
    until = date(2012, 1, 31)
    up, down = (
        forecast(
            [Reading(on, sign * value) for on, value in rows],
            Trajectory(
                Method.LINEAR,
                TimeAxis.MONTHS,
                baseline=Point(date(1998, 12, 31), sign * start),
                target=Point(until, sign * goal),
            ),
            Yardstick(direction),
        )
        for sign, direction in ((1, Direction.UP), (-1, Direction.DOWN))
    )
    assert told(up) == told(down)
    assert (up.required_per_year, up.shortfall) == (down.required_per_year, down.shortfall)
    if up.slope_per_year is not None:
        assert up.slope_per_year == -down.slope_per_year
        assert up.projection == -down.projection
    if up.interval:
        assert (up.interval.low, up.interval.high) == (-down.interval.high, -down.interval.low)


@given(series(), tenths, tenths)
def test_reversing_the_direction_flips_the_signs(rows, start, goal):
    path = Trajectory(
        Method.LINEAR,
        TimeAxis.DAYS,
        baseline=Point(date(1998, 12, 31), start),
        target=Point(date(2012, 1, 31), goal),
    )
    up, down = (forecast([Reading(*row) for row in rows], path, each) for each in (UP, DOWN))
    assert (up.slope_per_year, up.projection) == (down.slope_per_year, down.projection)
    assert up.required_per_year == -down.required_per_year
    assert up.shortfall == -down.shortfall
    assert {up.direction, down.direction} in ({Movement.FLAT}, {"improving", "worsening"})


@given(series(1), st.randoms(use_true_random=False), tenths)
def test_the_order_of_the_rows_changes_nothing(rows, chance, goal):
    readings = [Reading(*row) for row in rows]
    shuffled = random.Random(chance.random()).sample(readings, len(readings))  # noqa: S311
    assert forecast(readings, way(goal=str(goal)), UP) == forecast(
        shuffled, way(goal=str(goal)), UP
    )


@given(series(2), values, values)
def test_no_line_lies_closer_to_its_points(rows, tilt, lift):
    points = [(second.years(on), value) for on, value in rows]
    line = Line.through(points)
    other = sum((y - line.at(x) - lift - tilt * (x - line.mean_x)) ** 2 for x, y in points)
    assert line.sse == sum((y - line.at(x)) ** 2 for x, y in points) <= other
