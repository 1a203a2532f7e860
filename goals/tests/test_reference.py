"""Goals and indicators are set up and changed on pages of their own."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from goals.actions.standings import refresh_standings
from goals.data_age import Frequency
from goals.importing.typed import first_day
from goals.models import Aspiration, ContentArea, Goal, GoalRole, Indicator, Standing
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
    make_trajectory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    System.objects.create(name="Everly")
    person = make_person(Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def goal_data(goal, **changes):
    return {
        "do": "goal", "title": goal.title, "code": goal.code, "area": goal.area_id,
        "state": goal.state, "rank": goal.rank, **changes,
    }  # fmt: skip


def indicator_data(indicator, **changes):
    return {
        "do": "indicator", "name": indicator.name, "unit": "percent", "scale": "100",
        "decimals": "1", "direction": "up", "frequency": "annual", "publication_lag_days": "60",
        "grace_days": "7", "noise": "off", "aggregation": "none", **changes,
    }  # fmt: skip


def test_a_goal_changes_with_a_history(client, admin):
    goal = make_goal("G1")
    address = "/settings/goals/G1/"
    answer = client.post(address, goal_data(goal, title="Read well", reason="plainer"))
    assert answer.status_code == 302
    newest = Goal.objects.get().history.first()
    assert (newest.title, newest.history_user, newest.history_change_reason) == (
        "Read well", admin, "plainer",
    )  # fmt: skip
    page = client.post(address, goal_data(goal, title=""))
    assert "title" in page.context["form"].errors
    both = goal_data(goal, is_for_board="on", is_confidential="on")
    assert "cannot be shown to the board" in client.post(address, both).text


def test_a_new_leader_follows_the_one_before(client, admin):
    old, new = make_person(Role.GOAL_LEADER), make_person(Role.GOAL_LEADER)
    goal, today = make_goal("G1", leader=old), timezone.localdate()
    lead = {"do": "leader", "leader-person": new.pk}
    assert client.post("/settings/goals/G1/", lead).status_code == 302
    assert client.post("/settings/goals/G1/", lead).status_code == 302
    rows = GoalRole.objects.filter(goal=goal).order_by("valid_from")
    assert [(row.person, row.valid_to) for row in rows] == [
        (old, today - timedelta(days=1)), (new, None),
    ]  # fmt: skip


def test_the_team_comes_and_goes(client, admin):
    person, goal = make_person(Role.GOAL_TEAM), make_goal("G1")
    client.post("/settings/goals/G1/", {"do": "team", "team-person": person.pk})
    row = GoalRole.objects.get()
    assert (row.person, row.role) == (person, "team")
    client.post("/settings/goals/G1/", {"do": "leave", "row": row.pk})
    assert not GoalRole.objects.filter(goal=goal).exists()
    other = make_goal("G2", team=[person]).roles.get()
    assert client.post("/settings/goals/G1/", {"do": "leave", "row": other.pk}).status_code == 404
    consultant = make_person(Role.CONSULTANT)
    page = client.post("/settings/goals/G1/", {"do": "team", "team-person": consultant.pk})
    assert "Nobody can be in the Unit" in page.text


def test_a_measure_gives_the_goal_a_standing_and_can_be_taken_away(client, admin):
    series = make_series(make_indicator("grad"), org_unit=make_org_unit("SYS"))
    make_observation(series, date(2025, 12, 31), 60)
    goal = make_goal("G1")
    measure = {
        "do": "measure", "measure-indicator": series.indicator_id,
        "measure-org_unit": series.org_unit_id, "measure-kind": "goal",
    }  # fmt: skip
    assert client.post("/settings/goals/G1/", measure).status_code == 302
    assert Standing.objects.filter(series=series).exists()
    page = client.post("/settings/goals/G1/", measure)
    assert page.status_code == 200
    use = goal.measures.get()
    client.post("/settings/goals/G1/", {"do": "stop", "row": use.pk})
    assert not goal.measures.exists()
    assert series.observations.exists()


@pytest.mark.parametrize("do", ["", "everything"])
def test_a_step_that_is_none(client, admin, do):
    make_goal("G1")
    assert client.post("/settings/goals/G1/", {"do": do}).status_code == 400


def test_judging_values_anew_needs_a_reason_and_refreshes_standings(client, admin):
    series = make_series(make_indicator("grad"))
    make_observation(series, date(2025, 6, 30), 58)
    make_trajectory(series, baseline=(date(2024, 6, 30), 50), target=(date(2028, 6, 30), 70))
    make_goal("G1", series=series)
    address, indicator = "/settings/indicators/grad/", series.indicator
    refresh_standings(series_ids=[series.pk], at=timezone.now())
    before = Standing.objects.filter(series=series).latest("pk").variance
    page = client.post(address, indicator_data(indicator, direction="down"))
    assert "Say why" in str(page.context["form"].errors["reason"])
    answer = client.post(address, indicator_data(indicator, direction="down", reason="turned"))
    assert answer.status_code == 302
    assert Standing.objects.filter(series=series).latest("pk").variance < before
    assert Indicator.objects.get().history.first().history_change_reason == "turned"


def test_a_definition_that_breaks_the_series_takes_the_comparison_away(client, admin):
    series = make_series(make_indicator("grad"))
    make_observation(series, date(2025, 6, 30), 52)
    make_trajectory(series, baseline=(date(2024, 6, 30), 50), target=(date(2028, 6, 30), 70))
    make_goal("G1", series=series)
    define = {
        "do": "definition", "definition-text": "Counted otherwise",
        "definition-valid_from": "2025-01-01", "definition-reason": "new law",
    }  # fmt: skip
    series.indicator.definitions.create(number=1, text="As ever")
    assert client.post("/settings/indicators/grad/", define).status_code == 302
    assert Standing.objects.filter(series=series).latest("pk").reason == "not_comparable"
    page = client.post("/settings/indicators/grad/", {"do": "definition"})
    assert {"text", "valid_from", "reason"} <= set(page.context["definition_form"].errors)


def test_stewards_come_and_go(client, admin):
    indicator, person = make_indicator("grad"), make_person(Role.ANALYST)
    appoint = {"do": "steward", "steward-person": person.pk}
    for _again in range(2):
        client.post("/settings/indicators/grad/", appoint)
    row = indicator.stewards.get()
    client.post("/settings/indicators/grad/", {"do": "release", "row": row.pk})
    assert not indicator.stewards.exists()
    old = make_steward(indicator, person)
    client.post("/settings/indicators/grad/", {"do": "release", "row": old.pk})
    old.refresh_from_db()
    assert old.valid_to == timezone.localdate() - timedelta(days=1)


def test_an_indicator_in_the_dictionary(client, admin):
    new = indicator_data(make_indicator("other"), name="Attendance", code="att", definition="All.")
    assert client.post("/settings/new-indicator/", new).status_code == 302
    assert Indicator.objects.get(code="att").definitions.get().text == "All."
    page = client.post("/settings/new-indicator/", new | {"code": "b", "direction": "range"})
    assert "Give both ends" in page.text
    upside = new | {"code": "c", "direction": "range", "range_low": "5", "range_high": "4"}
    assert "lies below" in client.post("/settings/new-indicator/", upside).text


def test_areas_and_aspirations(client, admin):
    chief = make_person(name="Cleo Chief")
    area = {"code": "LIT", "name": "Literacy", "chief": chief.pk, "rank": "1"}
    assert client.post("/settings/new-area/", area).status_code == 302
    row = ContentArea.objects.get()
    client.post(f"/settings/areas/{row.pk}/", area | {"name": "Reading"})
    assert ContentArea.objects.get().name == "Reading"
    hope = {"statement": "Everybody reads.", "is_current": "on"}
    assert client.post("/settings/new-aspiration/", hope).status_code == 302
    page = client.post("/settings/new-aspiration/", hope)
    assert "Another aspiration is current" in page.text
    assert Aspiration.objects.get().history.get().history_user == admin
    assert client.get("/settings/areas/999/").status_code == 404


@pytest.mark.parametrize(
    ("frequency", "last", "first"),
    [
        (Frequency.ANNUAL, date(2025, 6, 30), date(2024, 7, 1)),
        (Frequency.MONTHLY, date(2024, 2, 29), date(2024, 2, 1)),
        (Frequency.QUARTERLY, date(2025, 3, 31), date(2025, 1, 1)),
        (Frequency.WEEKLY, date(2025, 3, 9), date(2025, 3, 3)),
        (Frequency.DAILY, date(2025, 3, 9), date(2025, 3, 9)),
        (Frequency.ANNUAL, date(2025, 10, 15), date(2024, 10, 16)),
    ],
)
def test_the_period_that_ends_on_a_day(frequency, last, first):
    assert first_day(frequency, last) == first
