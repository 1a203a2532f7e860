from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.policy import DEFAULT_POLICY
from goals.trajectory import Direction, Method, Point, Range, TimeAxis, Trajectory
from goals.variance import (
    Band,
    NoBand,
    ProportionError,
    Reading,
    Yardstick,
    compare,
    map_colour,
    noise_of,
)

START, MIDDLE, END = date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31)
UP = Yardstick(Direction.UP, decimals=0)


def path(first=0, last=100):
    return Trajectory(
        Method.LINEAR,
        TimeAxis.MONTHS,
        baseline=Point(START, Fraction(first)),
        target=Point(END, Fraction(last)),
    )


def reading(value, on=MIDDLE, **fields):
    return Reading(on, Fraction(str(value)), **fields)


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (50, Band.G),
        (45, Band.G),  # exactly the tolerance of a twentieth of the way
        ("44.9", Band.AG),
        (35, Band.AG),  # exactly the cut-off
        ("34.9", Band.AR),
        (20, Band.AR),
        ("19.9", Band.R),
    ],
)
def test_bands_and_their_edges(value, band):
    assert compare(reading(value), path(), UP).band is band


def test_every_number_behind_a_band():
    outcome = compare(reading(41), path(), UP)
    assert (outcome.expected, outcome.variance, outcome.movement) == (50, -9, 100)
    assert (outcome.share, outcome.tolerance, outcome.noise) == (Fraction(-9, 100), 5, 0)


def test_thresholds_are_policy():
    wider = Yardstick(
        Direction.UP, decimals=0, policy=DEFAULT_POLICY.overridden({"TOL_FRAC": "0.10"})
    )
    assert compare(reading(41), path(), wider).band is Band.G


@pytest.mark.parametrize(
    ("observation", "trajectory", "comparable", "reason"),
    [
        (None, path(), True, NoBand.NO_OBSERVATION),
        (reading(40), None, True, NoBand.NO_APPROVED_TRAJECTORY),
        (reading(40), path(), False, NoBand.NOT_COMPARABLE),
        (reading(0, START), path(), True, NoBand.AT_OR_BEFORE_BASELINE),
        (reading(100, END), path(), True, NoBand.RESULT_REPLACES_BAND),
    ],
)
def test_why_there_is_no_band(observation, trajectory, comparable, reason):
    outcome = compare(observation, trajectory, UP, comparable=comparable)
    assert (outcome.band, outcome.reason) == (None, reason)


def hold(level):
    return Trajectory(Method.HOLD, target=Point(START, Fraction(level)), start=START)


@pytest.mark.parametrize(
    ("value", "band"), [(95, Band.G), (94, Band.G), (93, Band.AG), (91, Band.AR), (90, Band.R)]
)
def test_a_hold_is_judged_by_multiples_of_its_tolerance(value, band):
    yardstick = Yardstick(Direction.UP, decimals=0, tolerance=Fraction(1))
    assert compare(reading(value), hold(95), yardstick).band is band


def test_a_range_counts_the_distance_outside():
    yardstick = Yardstick(
        Direction.RANGE,
        decimals=1,
        within=Range(Fraction(4), Fraction(6)),
        tolerance=Fraction("0.2"),
    )
    assert compare(reading("6.2"), hold(5), yardstick).band is Band.G
    assert compare(reading("6.9"), hold(5), yardstick).band is Band.R


def test_noise_is_half_of_the_wilson_interval():
    yardstick = Yardstick(Direction.UP, counts_noise=True)
    observed = noise_of(reading("66.8", denominator=Fraction(43900)), yardstick)
    assert round(float(observed), 6) == 0.440519


def test_noise_of_a_census_and_of_nobody_is_none():
    assert noise_of(reading(50, denominator=Fraction(20)), UP) == 0
    assert noise_of(reading(50), Yardstick(Direction.UP, counts_noise=True)) == 0


def test_a_gap_within_the_noise_is_never_worse_than_slightly_behind():
    yardstick = Yardstick(Direction.UP, decimals=0, counts_noise=True)
    outcome = compare(reading(30, denominator=Fraction(15)), path(), yardstick)
    assert (outcome.band, outcome.within_noise) == (Band.AG, True)


def test_more_than_everybody_is_refused():
    yardstick = Yardstick(Direction.UP, counts_noise=True)
    with pytest.raises(ProportionError):
        noise_of(reading(50, numerator=Fraction(11), denominator=Fraction(10)), yardstick)


def test_the_district_map_of_kentucky():
    colour = map_colour(
        direction=Direction.UP, target=Fraction(60), previous=Fraction(40), current=Fraction(44)
    )
    assert (colour.colour, colour.change_percent) == ("green", 10)


numbers = st.fractions(-1000, 1000, max_denominator=1000)


@given(numbers, numbers, numbers)
def test_mirrored_values_and_direction_give_the_same_judgement(first, last, value):
    one = compare(reading(value), path(first, last), UP)
    other = compare(reading(-value), path(-first, -last), Yardstick(Direction.DOWN, decimals=0))
    assert one == mirrored(other)


def mirrored(outcome):
    """The expected value lies on the other side of zero; nothing else changes."""
    return type(outcome)(**{**vars(outcome), "expected": -outcome.expected})


@given(numbers, numbers)
def test_a_value_on_the_path_is_on_the_path(first, last):
    trajectory = path(first, last)
    outcome = compare(reading(trajectory.expected(MIDDLE)), trajectory, UP)
    assert (outcome.variance, outcome.band) == (0, Band.G)


@pytest.mark.parametrize(
    ("direction", "before", "now", "gain"),
    [
        ("up", "54.3", "57.1", "2.8"),
        ("down", "54.3", "57.1", "-2.8"),
        ("range", "16", "23", "1"),  # two outside from 18 to 22, then one
        ("range", "19", "21", "0"),
    ],
)
def test_a_gain_is_a_step_for_the_better(direction, before, now, gain):
    within = Range.between(Decimal(18), Decimal(22)) if direction == "range" else None
    yardstick = Yardstick(Direction(direction), within=within)
    judged = [yardstick.judged(Decimal(each)) for each in (before, now)]
    assert yardstick.gain(*judged) == Fraction(gain)
    assert Range.between(None, None) is None
