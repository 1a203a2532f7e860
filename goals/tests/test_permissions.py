"""Rights over goals, indicators and files, one question each."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleAssignment
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals import dictionary
from goals.actions.imports import Request, open_import
from goals.forms.reference import RoleForm
from goals.models import DataImport, Goal, GoalConsultant, GoalRole, Indicator, Series, Trajectory
from goals.permissions import (
    can_decide_import,
    can_draft_trajectory,
    can_submit_trajectory,
    can_view_goal,
    is_consultant_of,
)
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
    make_trajectory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
JUNE_25, JUNE_28 = date(2025, 6, 30), date(2028, 6, 30)
HEADER = (
    "indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,numerator,"
    "denominator,status,published_on,source,note"
)


# --- the Unit and the goal team -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "is_free"),
    [
        (LONG_AGO, None, False),
        (LONG_AGO, date(2025, 12, 31), True),
        (LONG_AGO, date(2026, 1, 1), False),
        (date(2026, 6, 30), None, False),
        (date(2026, 7, 1), None, True),
    ],
)
def test_nobody_of_the_unit_is_on_the_team_of_a_goal_meanwhile(first, last, is_free):
    person = make_person()
    RoleAssignment.objects.create(
        person=person, role=Role.ANALYST, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)
    )
    row = GoalRole(goal=make_goal(), person=person, valid_from=first, valid_to=last)
    assert is_saved(row) is is_free


def is_saved(row):
    try:
        row.full_clean()
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("role", "first", "errors"),
    [
        (Role.CONSULTANT, "2026-01-01", ["role"]),
        (Role.CONSULTANT, "2026-07-01", []),
        (Role.GOAL_LEADER, "2026-01-01", []),
    ],
)
def test_nobody_on_the_team_of_a_goal_comes_into_the_unit_meanwhile(role, first, errors):
    person = make_person()
    GoalRole.objects.create(
        goal=make_goal(), person=person, valid_from=LONG_AGO, valid_to=date(2026, 6, 30)
    )
    form = RoleForm({"person": person.pk, "role": role, "fte_percent": 100, "valid_from": first})
    assert list(form.errors) == errors


def test_an_exception_is_for_a_consultant_one_at_a_time_and_opens_the_goal():
    goal = make_goal(is_confidential=True, leader=make_person(Role.GOAL_LEADER))
    consultant, viewer = make_person(Role.CONSULTANT), make_person(Role.VIEWER)
    fields = {"goal": goal, "reason": "Knows the field", "valid_from": LONG_AGO}
    assert not is_saved(GoalConsultant(consultant=viewer, **fields))
    assert not can_view_goal(consultant, goal)
    GoalConsultant.objects.create(consultant=consultant, **fields)
    assert can_view_goal(consultant, goal)
    assert not is_saved(GoalConsultant(consultant=make_person(Role.CONSULTANT), **fields))


def test_a_backup_consultant_serves_the_goal_and_one_whose_role_ended_does_not():
    leader, backup = make_person(Role.GOAL_LEADER), make_person(Role.CONSULTANT)
    goal = make_goal(leader=leader)
    make_account(backup, leader, "backup")
    assert is_consultant_of(backup, goal)
    RoleAssignment.objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    del backup.access
    assert not is_consultant_of(backup, goal)


# --- series and indicators ------------------------------------------------------------------------


def test_a_local_leader_who_is_on_a_goal_team_reads_the_goals_own_numbers():
    whole = make_org_unit("SYS")
    district = make_org_unit("D1", parent=whole)
    person = make_person(Role.LOCAL_LEADER, org_unit=district)
    own = make_series(org_unit=whole)
    make_goal(series=own, team=[person])
    other = make_series(org_unit=whole)
    local = make_series(other.indicator, org_unit=district)
    make_goal(series=other)
    assert set(Series.objects.visible_to(person)) == {own, local}


@pytest.mark.parametrize(
    ("goal_of", "is_seen"),
    [("state", True), ("mine", True), ("school", True), ("next", False), ("other school", False)],
)
def test_a_local_leader_sees_goals_of_the_own_line_of_units_alone(goal_of, is_seen):
    state = make_org_unit("ST")
    mine, other = make_org_unit("MI", parent=state), make_org_unit("NX", parent=state)
    units = {
        "state": state, "mine": mine, "next": other,
        "school": make_org_unit("MI1", parent=mine),
        "other school": make_org_unit("NX1", parent=other),
    }  # fmt: skip
    person, indicator = make_person(Role.LOCAL_LEADER, org_unit=mine), make_indicator()
    lines = {name: make_series(indicator, org_unit=unit) for name, unit in units.items()}
    goal = make_goal(series=lines[goal_of])
    assert can_view_goal(person, goal) is is_seen
    assert Goal.objects.visible_to(person).contains(goal) is is_seen


def test_an_indicator_of_a_confidential_goal_is_hidden_unless_an_open_one_uses_it():
    hidden, shared, free = make_series(), make_series(), make_series()
    make_goal(series=hidden, is_confidential=True)
    make_goal(series=shared, is_confidential=True)
    make_goal(series=shared)
    make_goal()  # measured by nothing yet
    viewer = make_person(Role.VIEWER)
    assert list(Indicator.objects.hidden_from(viewer)) == [hidden.indicator]
    assert set(dictionary.readable_series(viewer)) == {shared, free}
    assert not Indicator.objects.hidden_from(make_person(Role.SYSTEM_LEADER)).exists()


# --- paths ----------------------------------------------------------------------------------------


@pytest.fixture
def two_goals():
    """Two goals with the same indicator at two units, each with a path in draft."""
    indicator = make_indicator("reading")
    rows = []
    for code in ("D1", "D2"):
        leader = make_person(Role.GOAL_LEADER)
        series = make_series(indicator, org_unit=make_org_unit(code))
        make_observation(series, JUNE_25, 50)
        make_trajectory(
            series, baseline=(JUNE_25, 50), target=(JUNE_28, 70),
            state=Trajectory.State.DRAFT, approved_on=None,
        )  # fmt: skip
        rows.append((make_goal(f"G-{code}", leader=leader, series=series), leader, series))
    return rows


def test_a_path_is_drawn_for_the_goals_own_series_only(client, two_goals):
    (goal, leader, own), (_other, _her, theirs) = two_goals
    assert can_draft_trajectory(leader, goal, own)
    assert not can_draft_trajectory(leader, goal, theirs)
    assert not can_submit_trajectory(leader, goal, theirs)
    client.force_login(leader)
    url = reverse("goals:trajectory_detail", args=[goal.code, "reading"])
    for step in ("draft", "submit"):
        body = {"do": step, "version": 1}
        assert client.post(f"{url}?unit=D2&subgroup=all", body).status_code == 403
    assert client.get(f"{url}?unit=D2&subgroup=all").status_code == 200
    assert theirs.trajectories.get().state == Trajectory.State.DRAFT
    assert client.post(url, {"do": "submit", "version": 1}).status_code == 302
    assert own.trajectories.get().state == Trajectory.State.PROPOSED


def test_a_path_starts_from_a_value_of_its_own_series(client, two_goals):
    (goal, leader, own), (_other, _her, theirs) = two_goals
    client.force_login(leader)
    url = reverse("goals:trajectory_detail", args=[goal.code, "reading"])
    typed = {
        "do": "draft", "baseline": theirs.observations.get().pk, "level": "70",
        "due_on": "2028-06-30", "method": "linear", "reason": "New",
    }  # fmt: skip
    response = client.post(url, typed)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["baseline"])
    assert own.trajectories.count() == 1


@pytest.mark.parametrize("version", ["2", "-1", "0x1", "", "9" * 5000, "²"])
def test_a_version_that_is_not_there_is_not_found(client, two_goals, version):
    goal, leader, _own = two_goals[0]
    client.force_login(leader)
    url = reverse("goals:trajectory_detail", args=[goal.code, "reading"])
    assert client.post(url, {"do": "submit", "version": version}).status_code == 404


def test_an_indicator_is_found_under_its_own_goal_only(client, two_goals):
    goal, leader, _own = two_goals[0]
    make_goal("SECRET", series=make_series(make_indicator("hidden")), is_confidential=True)
    make_goal("FREE", series=make_series(make_indicator("free")))
    client.force_login(leader)
    for code, icode in (
        (goal.code, "free"), (goal.code, "hidden"), ("SECRET", "hidden"), ("FREE", "reading"),
    ):  # fmt: skip
        for page in ("", "observations/", "observations.csv", "observations.xlsx"):
            url = f"/goals/{code}/indicators/{icode}/{page}"
            assert client.get(url).status_code == 404, url


# --- files ----------------------------------------------------------------------------------------


def upload(steward, *codes):
    rows = [f"{code},D1,,2025-01-01,2025-12-31,50,,,,,," for code in codes]
    content = "\n".join([HEADER, *rows]).encode()
    return open_import(Request("file.csv", content, steward), at=NOW)


@pytest.fixture
def steward():
    make_org_unit("D1")
    return make_person(Role.VIEWER)


def test_a_file_says_of_a_hidden_indicator_what_it_says_of_none(steward):
    make_steward(make_indicator("mine"), steward)
    make_goal(series=make_series(make_indicator("secret")), is_confidential=True)
    make_goal(series=make_series(make_indicator("known")))
    row = upload(steward, "secret", "none", "known")
    said = [each["message"] for each in row.rows["problems"]]
    assert said[0].replace("secret", "none") == said[1]
    assert said[2].startswith("You are not a steward of known")


def test_a_dry_run_names_no_goal_that_the_steward_may_not_see(client, steward):
    indicator = make_indicator("mine")
    make_steward(indicator, steward)
    series = make_series(indicator, org_unit=make_org_unit("D1"))
    make_goal("SECRET", series=series, is_confidential=True)
    make_goal("KNOWN", series=series)
    row = upload(steward, "mine")
    client.force_login(steward)
    page = client.get(reverse("goals:import_detail", args=[row.pk])).content.decode()
    assert "KNOWN" in page
    assert "SECRET" not in page


def test_files_of_confidential_numbers_stay_with_their_stewards(steward):
    indicator = make_indicator("mine")
    make_steward(indicator, steward)
    make_goal(series=make_series(indicator), is_confidential=True)
    row = upload(steward, "mine")
    seen = {
        role: DataImport.objects.visible_to(make_person(role)).filter(pk=row.pk).exists()
        for role in (Role.ANALYST, Role.DELIVERY_LEADER, Role.ADMINISTRATOR, Role.VIEWER)
    }
    assert seen == {
        Role.ANALYST: False, Role.DELIVERY_LEADER: True, Role.ADMINISTRATOR: True,
        Role.VIEWER: False,
    }  # fmt: skip


def test_a_file_without_a_right_row_is_decided_on_by_whoever_brought_it(steward):
    make_steward(make_indicator("mine"), steward)
    row = upload(steward, "none")
    assert can_decide_import(steward, row)
    assert can_decide_import(make_person(Role.ADMINISTRATOR), row)
    assert not can_decide_import(make_person(Role.ANALYST), row)
