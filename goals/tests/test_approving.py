"""Versions of a path: which comes into force, and that only one does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.trajectories import (
    Draft,
    WrongState,
    approve_trajectory,
    draft_trajectory,
    submit_trajectory,
)
from goals.models import Standing, Trajectory
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory

START, END = date(2024, 6, 30), date(2028, 6, 30)
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)


def propose(series, by, level=60):
    baseline = series.observations.get(period_end=START)
    draft = Draft(baseline=baseline, due_on=END, level=level, reason="New baseline")
    row = draft_trajectory(series=series, draft=draft, by=by)
    return submit_trajectory(trajectory=row, by=by)


def make_measured():
    series = make_series()
    make_goal(series=series)
    make_observation(series, START, 50)
    make_observation(series, date(2025, 6, 30), 52)
    return series


def approve(row, by):
    return approve_trajectory(trajectory=row, by=by, at=NOW, on=NOW.date())


@pytest.mark.django_db
def test_approving_supersedes_the_path_before_and_writes_the_standing():
    series, person = make_measured(), make_person(Role.DELIVERY_LEADER)
    first, second = propose(series, person), propose(series, person, level=58)
    approve(first, person)
    approve(second, person)
    states = list(series.trajectories.order_by("version").values_list("state", flat=True))
    assert states == ["superseded", "approved"]
    assert Trajectory.objects.in_force(NOW.date()).get() == second
    assert Standing.objects.current().get().expected == 52
    assert Standing.objects.filter(is_of_finals=False).count() == 2


@pytest.mark.django_db
def test_an_earlier_version_is_not_approved_behind_a_later_one():
    series, person = make_measured(), make_person(Role.DELIVERY_LEADER)
    first, second = propose(series, person), propose(series, person, level=58)
    approve(second, person)
    with pytest.raises(WrongState, match="A later version is approved already"):
        approve(first, person)
    assert series.trajectories.filter(state="approved").get() == second


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_are_one():
    series, person = make_measured(), make_person(Role.DELIVERY_LEADER)
    row, gate = propose(series, person), Barrier(2)

    def press(_number):
        gate.wait()
        try:
            approve(row, person)
        except WrongState:
            return "refused"
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["approved", "refused"]
    assert Standing.objects.filter(is_of_finals=False).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("direction", "level"), [("up", 75), ("down", 25)])
def test_halving_without_a_limit_goes_towards_the_good_end(direction, level):
    series = make_series(direction=direction)
    row = make_trajectory(series, baseline=(START, 50), target=(END, 0), method="halve_distance")
    assert row.path().last.value == level
