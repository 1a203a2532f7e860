"""Plateau and reversal: by hand, against a second calculation, and for any numbers."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.definitions import Definition
from goals.policy import DEFAULT_POLICY
from goals.series import DuplicatePeriodError
from goals.tests import second
from goals.tests.test_pace import DOWN, UP, june, quarterly, series, tenths, way, yearly
from goals.trajectory import Direction, Method, Point, Range, TimeAxis, Trajectory, TrajectoryError
from goals.turns import NoPlateau, Reversal, turns
from goals.variance import Reading, Yardstick

PATH = way()  # two a year from 50 in 2014: over two years the limit is a quarter of four


def test_a_plateau_on_its_limit_with_what_decided():
    rows = yearly(54, "54.5", 55)
    found = turns(rows, PATH, UP)
    assert (found.plateau, found.no_plateau) == (True, None)
    assert (found.spread, found.limit, found.expected_gain) == (1, 1, 4)
    assert found.window == tuple(rows)


@pytest.mark.parametrize(
    ("values", "path", "reason"),
    [
        ((54, "54.5", "55.01"), PATH, NoPlateau.MOVES),
        ((54, 54), PATH, NoPlateau.TOO_FEW),
        ((70, 70, 70), PATH, NoPlateau.TARGET_REACHED),
        ((40, 40, 40), way(goal="30"), NoPlateau.NO_RISE_EXPECTED),  # a fall, and up is better
        ((40, 40, 40), way(until=2015), NoPlateau.NO_RISE_EXPECTED),  # the path is at its end
        ((40, 40, 40), None, NoPlateau.NO_TRAJECTORY),
        ((40, 40, 40), Trajectory(Method.HOLD, target=Point(june(2014), 50)), NoPlateau.HOLD),
    ],
)
def test_why_there_is_no_plateau(values, path, reason):
    found = turns(yearly(*values), path, UP)
    assert (found.plateau, found.no_plateau) == (False, reason)


def test_a_share_set_otherwise_moves_the_limit():
    yardstick = Yardstick(Direction.UP, policy=DEFAULT_POLICY.overridden({"PLATEAU_FRAC": "0.5"}))
    found = turns(yearly(54, 55, 56), PATH, yardstick)
    assert (found.plateau, found.limit) == (True, 2)


@pytest.mark.parametrize(
    ("values", "reversal", "worse"),
    [
        ((), "none", ()),
        ((5,), "none", ()),
        ((5, 4), "watch", (5, 4)),
        ((5, 5), "none", ()),
        ((5, 4, 3), "alarm", (5, 4, 3)),
        ((5, 4, 4), "none", ()),
        ((5, 6, 5), "watch", (6, 5)),
        ((5, 4, 5), "none", ()),
        ((4, 4, 3), "watch", (4, 3)),
    ],
)
def test_two_worse_steps_are_an_alarm_and_one_a_watch(values, reversal, worse):
    found = turns(yearly(*values), PATH, UP)
    assert found.reversal == reversal
    assert tuple(row.value for row in found.worse) == worse


@pytest.mark.parametrize("status", ["provisional", "estimated"])
def test_provisional_values_are_watched_and_never_raise_an_alarm(status):
    newer = yearly(4, 3, first=2018, status=status)
    found = turns([*yearly(5, 5, 5), *newer], PATH, UP)
    assert (found.reversal, found.is_provisional) == (Reversal.WATCH, True)
    assert found.worse[-1].value == 3


@pytest.mark.parametrize(
    ("newer", "reversal"),
    [
        ([("2018", 6)], "none"),
        ([("2018", 5)], "none"),
        ([("2018", 4), ("2019", 6)], "watch"),  # one newer value is worse
        ([("2016", 1)], "none"),  # it is not newer than the newest final
        ([("2017", 1)], "none"),
    ],
)
def test_only_newer_and_worse_provisional_values_are_watched(newer, reversal):
    rows = [Reading(june(int(year)), Fraction(value), "provisional") for year, value in newer]
    assert turns([*yearly(5, 5, 5), *rows], PATH, UP).reversal == reversal


def test_provisional_values_alone_turn_nothing():
    assert turns(yearly(5, 4, 3, status="provisional"), PATH, UP).reversal is Reversal.NONE


def test_a_break_hides_what_lay_before():
    definitions = [Definition(1), Definition(2, date(2016, 1, 1), is_comparable=False)]
    found = turns(yearly(9, 5, 4), PATH, UP, definitions=definitions)
    assert (found.n, found.reversal, found.no_plateau) == (2, "watch", NoPlateau.TOO_FEW)


def test_a_provisional_value_of_another_definition_is_not_watched():
    rows = yearly(5, 5, 5)
    other = Reading(june(2018), Fraction(1), "provisional", definition=2)
    definitions = [Definition(1), Definition(2, date(2030, 1, 1), is_comparable=False)]
    assert turns([*rows, other], PATH, UP, definitions=definitions).reversal is Reversal.NONE


def test_two_finals_of_one_period_are_refused():
    with pytest.raises(DuplicatePeriodError):
        turns([*yearly(5, 4), *yearly(5)], PATH, UP)


def test_seasons_are_compared_with_their_own():
    """Every spring is lower than the one before, whatever the other seasons do."""
    rows = quarterly([50, 60, 55, 40, 49, 62, 56, 41, 48])
    provisional = Reading(date(2022, 6, 30), Fraction(1), "provisional")  # of another season
    found = turns([*rows, provisional], PATH, UP, seasonal=True)
    assert (found.n, found.reversal) == (3, Reversal.ALARM)
    assert [row.value for row in found.window] == [50, 49, 48]


def test_of_a_range_the_distance_counts():
    yardstick = Yardstick(Direction.RANGE, within=Range(Fraction(4), Fraction(6)))
    found = turns(yearly("3.9", "6.2", "3.7"), way("5", "5"), yardstick)
    assert (found.reversal, found.spread) == (Reversal.ALARM, Fraction("0.2"))
    seasonal = Trajectory(
        Method.HALVE_DISTANCE, baseline=Point(june(2014), 50), target=Point(june(2024), 75)
    )
    with pytest.raises(TrajectoryError):
        turns(yearly(3, 2, 1), seasonal, yardstick)


@st.composite
def stories(draw):
    """Finals, then provisional values after them."""
    rows = draw(series(1, 12))
    place = draw(st.integers(1, len(rows)))
    return rows[:place], rows[place:]


def found_of(finals, newer, path, yardstick):
    readings = [Reading(*row) for row in finals]
    readings += [Reading(*row, "provisional") for row in newer]
    return turns(readings, path, yardstick)


@given(stories(), st.sampled_from([UP, DOWN]), tenths, tenths)
def test_a_second_calculation_finds_the_same(story, yardstick, start, goal):
    finals, newer = story
    first, last = date(1999, 12, 31), date(2009, 12, 31)
    path = Trajectory(
        Method.LINEAR, TimeAxis.MONTHS, baseline=Point(first, start), target=Point(last, goal)
    )

    def line(on):
        if on is None:
            return goal
        begin, end = second.years(first), second.years(last)
        return start + (goal - start) * (second.years(on) - begin) / (end - begin)

    found = found_of(finals, newer, path, yardstick)
    reversal, spread, limit, plateau = second.turns(finals, newer, yardstick.direction.sign, line)
    assert (found.reversal, found.spread, found.limit, found.plateau) == (
        reversal,
        spread,
        limit,
        plateau,
    )


@given(stories(), tenths, tenths)
def test_mirrored_numbers_turn_alike(story, start, goal):
    def mirrored(sign, yardstick):
        path = Trajectory(
            Method.LINEAR,
            baseline=Point(date(1999, 12, 31), sign * start),
            target=Point(date(2009, 12, 31), sign * goal),
        )
        finals, newer = ([(on, sign * value) for on, value in rows] for rows in story)
        found = found_of(finals, newer, path, yardstick)
        return found.reversal, found.plateau, found.no_plateau, found.spread, found.limit

    assert mirrored(1, UP) == mirrored(-1, DOWN)


@given(stories(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(story, chance):
    finals, newer = story
    readings = [Reading(*row) for row in finals]
    readings += [Reading(*row, "provisional") for row in newer]
    shuffled = list(readings)
    chance.shuffle(shuffled)
    assert turns(readings, PATH, UP) == turns(shuffled, PATH, UP)
