"""The settings of a system: who may, what is refused, and what the history keeps."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import Holiday, System, Term
from accounts.roles import PERMISSION_WORDS, Permission, Role
from accounts.tests.factories import make_org_unit, make_person
from accounts.vocabulary import WORDS, speaking, word
from delivery_unit.setup.help import role_lines
from goals.actions.standings import refresh_standings
from goals.models import Goal, Observation
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory

pytestmark = pytest.mark.django_db

PAGES = ("", "start/", "start/system/", "system/", "calendar/", "words/", "goals/", "new-goal/")
AS_IT_IS = {
    "name": "Everly", "time_zone": "UTC", "fiscal_year_start": "1", "week_start": "1", "weekend": [],
}  # fmt: skip


@pytest.fixture
def admin(client):
    System.objects.create(name="Everly")
    make_org_unit("SYS")
    person = make_person(Role.ADMINISTRATOR, name="Ada Admin")
    client.force_login(person)
    return person


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {Role.ADMINISTRATOR, Role.LOCAL_LEADER}]
)
def test_only_administrators_get_in(client, page, role):
    System.objects.create(name="Everly")
    client.force_login(make_person(role))
    assert client.get(f"/settings/{page}").status_code == 403
    assert client.post(f"/settings/{page}", {}).status_code in (403, 405)


def test_a_new_zone_needs_a_reason_and_the_history_keeps_it(client, admin):
    page = client.post("/settings/system/", AS_IT_IS | {"time_zone": "America/Denver"})
    assert "Say why" in page.text
    why = "we moved"
    client.post("/settings/system/", AS_IT_IS | {"time_zone": "America/Denver", "reason": why})
    newest = System.objects.get().history.first()
    assert (newest.history_user, newest.history_change_reason) == (admin, why)
    page = client.get("/settings/system/")
    assert "UTC → America/Denver" in page.text
    assert why in page.text


def test_a_new_name_needs_none(client, admin):
    assert client.post("/settings/system/", AS_IT_IS | {"name": "Evers"}).status_code == 302
    assert System.objects.get().name == "Evers"


def test_a_pasted_year_of_holidays_can_be_pasted_again(client, admin):
    year = "2026-12-25\tChristmas\n\n2026-07-04;Independence Day\n"
    for text, said in ((year, "2 holidays added."), (year, "0 holidays added.")):
        page = client.post("/settings/calendar/", {"do": "days", "days": text}, follow=True)
        assert said in page.text
    page = client.post("/settings/calendar/", {"days": "2026-12-25 Noel"}, follow=True)
    assert "1 renamed" in page.text
    assert sorted(Holiday.objects.values_list("name", flat=True)) == ["Independence Day", "Noel"]
    row = Holiday.objects.get(name="Noel")
    client.post("/settings/calendar/remove/", {"what": "holiday", "row": row.pk})
    assert Holiday.objects.count() == 1


@pytest.mark.parametrize("row", ["", "x", "9" * 40, "-1"])
def test_taking_out_what_is_not_there(client, admin, row):
    answer = client.post("/settings/calendar/remove/", {"what": "holiday", "row": row})
    assert answer.status_code == 400
    assert client.post("/settings/calendar/remove/", {"what": "x", "row": 1}).status_code == 400
    assert client.post("/settings/calendar/remove/", {"what": "term", "row": 1}).status_code == 404


def test_terms(client, admin):
    term = {"do": "term", "name": "Autumn", "first": "2026-09-01", "last": "2026-08-01"}
    assert "lies before the first" in client.post("/settings/calendar/", term).text
    client.post("/settings/calendar/", term | {"last": "2026-12-18"})
    row = Term.objects.get()
    assert row.history.get().history_user == admin
    client.post("/settings/calendar/remove/", {"what": "term", "row": row.pk})
    assert not Term.objects.exists()
    assert Term.history.count() == 2


# --- words ----------------------------------------------------------------------------------------


def test_words_of_the_organisation_stand_on_the_pages(client, admin):
    client.post("/settings/words/", {"goal_leader": "outcome owner", "delivery_leader": "chief"})
    assert System.objects.get().words == {
        "goal_leader": "outcome owner",
        "delivery_leader": "chief",
    }
    goal = make_goal("G1", leader=make_person(Role.GOAL_LEADER), series=make_series())
    page = client.get(f"/goals/{goal.code}/").text
    assert "Outcome owner" in page
    assert "the chief approves it" in page
    assert "oal leader" not in page
    assert "Outcome owner" in client.get("/settings/start/people/").text


def test_a_word_that_is_ours_or_empty_is_not_kept(client, admin):
    client.post("/settings/words/", {"board": "board member", "viewer": ""})
    assert System.objects.get().words == {}
    assert client.post("/settings/words/", {"board": "x" * 61}).status_code == 200


def test_words_hold_within_a_request_only():
    with speaking({"analyst": "number person"}):
        assert word("analyst") == "number person"
        assert Role.ANALYST.label == "Number person"
    assert word("analyst") == "data analyst"
    assert Role.ANALYST.label == "Data analyst"


def test_every_role_has_a_word_and_every_permission_an_explanation():
    assert {str(role) for role in Role} <= set(WORDS)
    assert {str(each) for each in Permission} <= set(PERMISSION_WORDS)


# --- help -----------------------------------------------------------------------------------------


def test_help_says_what_each_role_may_do():
    lines = {line.name: line for line in role_lines()}
    assert any("approve trajectories" in each for each in lines["Delivery leader"].may)
    assert not any("approve trajectories" in each for each in lines["Delivery Unit consultant"].may)
    assert lines["Data analyst"].is_unit


def test_help_works_an_example_through_that_the_reader_may_see(client, admin):
    assert "No goal that you may see" in client.get("/help/").text
    for code, is_secret in (("SECRET", True), ("OPEN", False)):
        series = make_series()
        make_observation(series, date(2025, 6, 30), 52)
        make_trajectory(series, baseline=(date(2024, 6, 30), 50), target=(date(2028, 6, 30), 70))
        make_goal(code, series=series, is_confidential=is_secret)
        refresh_standings(series_ids=[series.pk], at=timezone.now())
    page = client.get("/help/").text
    assert "OPEN Goal OPEN" in page
    assert "SECRET" not in page
    assert "The planned change is 20.0 pp" in page
    client.force_login(make_person(Role.DELIVERY_LEADER))
    assert client.get("/help/").status_code == 200


def test_the_numbers_of_the_help_are_those_that_count(client, admin):
    page = client.get("/help/").text
    assert "5% of the planned change" in page
    assert "up to 15% of the planned change is slightly behind, up to 30% is behind" in page


def test_every_page_leads_to_the_help(client, admin):
    assert 'href="/help/"' in client.get("/goals/").text


# --- typing values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "value_1"),
        ({"value_1": "5"}, "on_1"),
        ({"on_1": "2025-06-30"}, "value_1"),
        ({"on_1": "0001-01-01", "value_1": "5"}, "on_1"),
        ({"on_1": "soon", "value_1": "5"}, "on_1"),
    ],
)
def test_typed_values_that_cannot_be(client, admin, typed, field):
    series = make_series()
    page = client.post("/data/type/", {"series": series.pk, **typed})
    assert page.status_code == 200
    assert field in page.context["form"].errors


def test_a_wrong_number_is_refused_as_in_a_file(client, admin):
    series = make_series()
    typed = {"series": series.pk, "on_1": "2025-12-31", "value_1": "61,5"}
    page = client.post("/data/type/", typed, follow=True)
    assert "Use a decimal point" in page.text
    assert not Observation.objects.exists()


def test_nobody_types_values_of_what_they_do_not_keep(client):
    series = make_series()
    client.force_login(make_person(Role.VIEWER))
    assert client.get("/data/type/").status_code == 403
    client.force_login(make_person(Role.ANALYST))
    typed = {"series": series.pk, "on_1": "2025-12-31", "value_1": "6"}
    page = client.post("/data/type/", typed)
    assert "series" in page.context["form"].errors


def test_values_of_confidential_goals_are_not_offered(client, admin):
    hidden = make_series(name="Hidden number")
    make_goal("S", series=hidden, is_confidential=True)
    assert "Hidden number" not in client.get("/data/type/").text
    assert "Hidden number" not in client.get("/settings/goals/").text
    assert client.get(f"/settings/indicators/{hidden.indicator.code}/").status_code == 404
    assert client.get("/settings/goals/S/").status_code == 404
    assert Goal.objects.count() == 1
