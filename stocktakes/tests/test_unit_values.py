"""Load and independence: values in, values out."""

from datetime import date
from fractions import Fraction

import pytest

from stocktakes.unit.independence import (
    PASS,
    Finding,
    Graph,
    Post,
    Verdict,
    Why,
    independence,
    reports_to_the_top,
)
from stocktakes.unit.load import Held, load_of

ON = date(2026, 7, 21)
TOP, LEAD, CONSULTANT, CHIEF, DEPUTY = 1, 2, 3, 4, 5


@pytest.mark.parametrize(
    ("held", "points"),
    [
        (Held(), 1),
        (Held(lod=0), 1),
        (Held(lod=3, level=2), 1),
        (Held(lod=2), Fraction(3, 2)),
        (Held(lod=1, level=3), Fraction(5, 2)),
        (Held(lod=1, is_primary=False), 0),
        (Held(lod=1, is_active=False), 0),
    ],
)
def test_points_of_a_goal(held, points):
    assert held.points == points


def test_the_alarm_is_above_four_and_not_at_four():
    at_four = load_of([Held()] * 4, fte_percent=100)
    above = load_of([Held()] * 3, fte_percent=60)
    assert (at_four.load, at_four.alarm) == (4, False)
    assert (above.load, above.alarm) == (5, True)


def test_somebody_without_time_has_no_load_and_an_alarm_with_any_goal():
    assert load_of([], fte_percent=0).alarm is False
    busy = load_of([Held()], fte_percent=0)
    assert (busy.points, busy.load, busy.alarm) == (1, None, True)


def graph(*posts):
    """Posts as (person, person reported to, first, last); each person has one post."""
    return Graph.of(
        Post(person, person, boss, *(days or (date(2020, 1, 1), None)))
        for person, boss, *days in posts
    )


def usual(*more):
    return graph((TOP, None), (LEAD, TOP), (CONSULTANT, LEAD), (CHIEF, TOP), *more)


def check(found, consultant=CONSULTANT, **options):
    leads = frozenset({TOP, LEAD})
    return independence(found, consultant=consultant, leader=CHIEF, on=ON, leads=leads, **options)


def test_a_consultant_of_the_unit_is_outside_the_line_of_a_chief():
    assert check(usual()) == PASS


def test_working_for_the_goal_leader_fails_however_far_below():
    found = graph((TOP, None), (CHIEF, TOP), (DEPUTY, CHIEF), (CONSULTANT, DEPUTY))
    assert check(found) == Finding(Verdict.FAIL, Why.WORKS_FOR_LEADER)
    assert check(found).needs_mitigation


def test_a_goal_leader_below_the_consultant_fails():
    found = graph((TOP, None), (CONSULTANT, TOP), (CHIEF, CONSULTANT))
    assert check(found) == Finding(Verdict.FAIL, Why.LEADER_WORKS_FOR)


def test_a_shared_manager_warns_unless_it_is_one_whom_many_have():
    found = graph((TOP, None), (DEPUTY, TOP), (CONSULTANT, DEPUTY), (CHIEF, DEPUTY))
    shared = check(found)
    assert shared == Finding(Verdict.WARN, Why.SAME_MANAGER, manager=DEPUTY)
    assert not shared.needs_mitigation
    both = graph((TOP, None), (CONSULTANT, TOP), (CHIEF, TOP))
    assert check(both) == PASS


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        (date(2026, 7, 20), Verdict.WARN),
        (date(2025, 7, 21), Verdict.WARN),
        (date(2025, 7, 20), Verdict.PASS),
    ],
)
def test_having_worked_for_the_goal_leader_counts_for_twelve_months(last, verdict):
    past = Post(9, CONSULTANT, CHIEF, date(2021, 1, 1), last)
    posts = [Post(CHIEF, CHIEF, TOP), Post(CONSULTANT, CONSULTANT, LEAD), past]
    found = check(Graph.of([Post(TOP, TOP), Post(LEAD, LEAD, TOP), *posts]))
    assert found.verdict == verdict
    assert found.until == (last if verdict == Verdict.WARN else None)
    assert check(Graph.of(posts), months=0) == PASS


def test_a_line_counts_only_while_every_link_of_it_held():
    """The consultant worked for the deputy before the deputy worked for the chief."""
    posts = [
        Post(1, CHIEF, None),
        Post(2, DEPUTY, 1, date(2026, 5, 1)),
        Post(3, CONSULTANT, 2, date(2026, 1, 1), date(2026, 4, 30)),
    ]
    assert check(Graph.of(posts)) == PASS


def test_a_circle_that_slipped_in_ends_the_search():
    found = graph((CONSULTANT, DEPUTY), (DEPUTY, CONSULTANT), (CHIEF, None))
    assert check(found) == PASS


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (((LEAD, TOP),), Verdict.PASS),
        (((LEAD, DEPUTY), (DEPUTY, TOP)), Verdict.WARN),
        (((LEAD, DEPUTY), (DEPUTY, CHIEF), (CHIEF, TOP)), Verdict.FAIL),
        (((LEAD, None),), Verdict.FAIL),
    ],
)
def test_the_delivery_leader_reports_to_the_system_leader(line, verdict):
    found = graph((TOP, None), *line)
    assert reports_to_the_top(found, delivery_leader=LEAD, top=TOP, on=ON) == verdict
