"""The overview and the page of a goal ask as few questions for 100 goals as for one."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_account, make_org_unit, make_person
from goals.models import Goal
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db

OVERVIEW, GOAL = 12, 15


def make_goals(many, leader, district):
    for number in range(many):
        series = make_series(org_unit=make_org_unit("SYS"))
        for each in (series, make_series(series.indicator, org_unit=district)):
            make_observation(each, date(2025, 6, 30), 50)
        make_trajectory(series, baseline=(date(2024, 6, 30), 50), target=(date(2028, 6, 30), 70))
        make_goal(f"G{number}", leader=leader, series=series, is_for_board=True)


@pytest.mark.parametrize("many", [1, 100])
def test_pages_ask_few_questions_for_every_kind_of_role(
    client, django_assert_max_num_queries, many
):
    System.objects.create(name="Everly")
    district = make_org_unit("D1", parent=make_org_unit("SYS"))
    leader, consultant = make_person(Role.GOAL_LEADER), make_person(Role.CONSULTANT)
    make_account(consultant, leader)
    make_goals(many, leader, district)
    chair = make_person(Role.SYSTEM_LEADER)
    make_stocktake(*Goal.objects.all(), chair=chair, starts_at=timezone.now() + timedelta(days=7))
    others = [make_person(role) for role in (Role.DELIVERY_LEADER, Role.BOARD, Role.ADMINISTRATOR)]
    local = make_person(Role.LOCAL_LEADER, org_unit=district)
    for person in (chair, leader, consultant, local, *others):
        client.force_login(person)
        with django_assert_max_num_queries(OVERVIEW):
            assert len(client.get("/overview/").context["overview"].rows) == many
        with django_assert_max_num_queries(GOAL):
            assert client.get("/goals/G0/").status_code == 200


def test_a_due_target_on_a_path_with_points_asks_no_more_than_allowed(
    client, django_assert_max_num_queries
):
    """What asks most: typed points are read, and every revision decides on the result."""
    System.objects.create(name="Everly")
    district = make_org_unit("D1", parent=make_org_unit("SYS"))
    leader, consultant = make_person(Role.GOAL_LEADER), make_person(Role.CONSULTANT)
    make_account(consultant, leader)
    series = make_series(org_unit=make_org_unit("SYS"))
    make_goal("DUE", leader=leader, series=series, is_for_board=True)
    for each in (series, make_series(series.indicator, org_unit=district)):
        make_observation(each, date(2024, 6, 30), 55)
        make_observation(each, date(2025, 6, 30), 59)
        make_observation(each, date(2025, 6, 30), 61, revision=1, status="revised")
        ends = (date(2023, 6, 30), 50), (date(2025, 6, 30), 60)
        make_trajectory(each, baseline=ends[0], target=ends[1], points=ends)
    local = make_person(Role.LOCAL_LEADER, org_unit=district)
    others = [make_person(role) for role in (Role.SYSTEM_LEADER, Role.DELIVERY_LEADER, Role.BOARD)]
    for person in (leader, consultant, local, *others):
        client.force_login(person)
        with django_assert_max_num_queries(GOAL):
            page = client.get("/goals/DUE/").content.decode()
        assert "61.0% at 30 Jun 2025 against 60.0%" in page
