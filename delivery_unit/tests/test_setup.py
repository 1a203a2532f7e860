"""From an empty installation to a first stocktake, through the pages alone."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import (
    AccountAssignment,
    AccountChange,
    Holiday,
    OrgUnit,
    Position,
    System,
    User,
)
from accounts.roles import Role
from accounts.tests.factories import make_account, make_org_unit, make_person
from delivery_unit.setup import steps
from goals.models import Goal, Observation, Series, Standing, Trajectory
from goals.tests.factories import make_goal, make_observation, make_series
from stocktakes.models import Stocktake

pytestmark = pytest.mark.django_db

SYSTEM = {
    "name": "Harlow State", "code": "HAR", "time_zone": "America/Denver",
    "fiscal_year_start": "7", "week_start": "7", "weekend": ["6", "7"],
}  # fmt: skip
MEASURE = {
    "unit": "percent", "decimals": "1", "direction": "up", "frequency": "annual",
    "publication_lag_days": "60",
}  # fmt: skip


@pytest.fixture
def admin(client):
    person = make_person(Role.ADMINISTRATOR, name="Ada Admin", email="ada@harlow.example")
    client.force_login(person)
    return person


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def post(client, address, data):
    """Posts a form that has to be taken."""
    response = client.post(address, data)
    if response.status_code != 302:
        form = response.context and response.context.get("form")
        pytest.fail(f"{address}: {response.status_code} {form.errors if form else ''}")
    return response


def add_person(client, name, role, **more):
    email = f"{name.lower().replace(' ', '.')}@harlow.example"
    data = {"name": name, "email": email, "role": role, **more}
    post(client, "/settings/start/people/", data)
    return User.objects.get(email=email)


def errors(response, name="form"):
    return response.context[name].errors


# --- the first page -------------------------------------------------------------------------------


def test_a_fresh_installation_says_how_the_first_administrator_is_made(client):
    page = client.get("/")
    assert page.status_code == 200
    assert "create_administrator" in page.text
    make_person(Role.ADMINISTRATOR)
    assert client.get("/").status_code == 302


def test_an_administrator_of_a_new_system_is_led_to_the_steps(client, admin):
    assert client.get("/", follow=True).redirect_chain == [("/settings/start/", 302)]
    System.objects.create(name="Harlow")
    page = client.get("/")
    assert page.status_code == 200
    assert "1 of 11 steps are done" in page.text


def test_others_are_not_led_there(client):
    client.force_login(make_person(Role.CONSULTANT))
    assert client.get("/").status_code == 200


# --- the whole way --------------------------------------------------------------------------------


def test_an_organisation_of_forty_people_and_three_goals(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    assert OrgUnit.objects.get().code == "HAR"
    post(
        client,
        "/settings/start/calendar/",
        {"days": "2026-11-26 Thanksgiving\n2026-12-25, Christmas"},
    )
    post(client, "/settings/start/words/", {"system_leader": "State Superintendent"})
    unit = {"code": "N", "name": "North", "kind": "district", "valid_from": "2020-01-01"}
    post(client, "/unit/offices/new/", unit | {"parent": OrgUnit.objects.get().pk})
    boss = add_person(client, "Sue Boss", Role.SYSTEM_LEADER, title="Superintendent")
    head = add_person(client, "Dee Head", Role.DELIVERY_LEADER)
    consultants = [add_person(client, f"Con {n}", Role.CONSULTANT) for n in "abc"]
    leaders = [add_person(client, f"Lea {n}", Role.GOAL_LEADER, title=f"Chief {n}") for n in "abc"]
    for number in range(31):
        add_person(client, f"Team {number}", Role.GOAL_TEAM)
    assert User.objects.count() == 40

    for number, leader in enumerate(leaders, 1):
        goal = {"title": f"Goal {number} in plain words", "code": f"G{number}", "leader": leader.pk}
        area = {"new_area": "Literacy"} if number == 1 else {"area": Goal.objects.first().area_id}
        post(client, "/settings/start/goals/", {**goal, **area})
        post(
            client,
            "/settings/start/indicators/",
            {
                **MEASURE, "goal": Goal.objects.get(code=f"G{number}").pk, "name": f"Rate {number}",
                "code": f"rate-{number}", "definition": "All of them.", "steward": consultants[0].pk,
                "source": "Office of data",
            },
        )  # fmt: skip
        post(
            client,
            "/settings/start/accounts/",
            {"goal_leader": leader.pk, "consultant": consultants[number - 1].pk},
        )
        bring_in_values(client, f"rate-{number}")
        draw(Goal.objects.get(code=f"G{number}"), leader, head)
    plan_stocktake(head, boss)

    on, system = timezone.localdate(), System.objects.get()
    here = steps.progress(user=admin, system=system, on=on)
    assert [each.name for each in here.steps if not each.is_done] == []
    assert client.get("/settings/start/").context["progress"].is_complete
    assert len(signed_in(boss).get("/overview/").context["overview"].rows) == 3
    assert Standing.objects.exclude(band="").values("series").distinct().count() == 3


def bring_in_values(client, code):
    series = Series.objects.get(indicator__code=code)
    typed = {
        "series": series.pk, "on_1": "2024-06-30", "value_1": "61.5", "status_1": "final",
        "on_2": "2025-06-30", "value_2": "62.0", "status_2": "provisional",
    }  # fmt: skip
    trial = post(client, "/data/type/", typed)
    assert not Observation.objects.filter(series=series).exists()
    post(client, f"{trial.url}confirm/", {})
    first = Observation.objects.filter(series=series).order_by("period_end").first()
    assert str(first.period_start) == "2023-07-01"
    assert first.source == "Office of data"


def draw(goal, leader, head):
    code = goal.measures.get().series.indicator.code
    address = f"/goals/{goal.code}/indicators/{code}/trajectory/"
    base = Observation.objects.filter(series__goal_uses__goal=goal).order_by("period_end").first()
    client = signed_in(leader)
    post(
        client,
        address,
        {
            "do": "draft", "baseline": base.pk, "level": "75", "due_on": "2029-06-30",
            "method": "linear", "reason": "first path",
        },
    )  # fmt: skip
    post(client, address, {"do": "submit", "version": "1"})
    post(signed_in(head), address, {"do": "approve", "version": "1"})
    assert goal.measures.get().series.trajectories.get().state == Trajectory.State.APPROVED


def plan_stocktake(head, boss):
    client, starts = signed_in(head), timezone.localtime() + timedelta(days=14)
    post(
        client,
        "/stocktakes/new/",
        {
            "title": "First stocktake", "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "minutes": "45",
            "chair": boss.pk, "goals": [goal.pk for goal in Goal.objects.all()],
        },
    )  # fmt: skip
    assert Stocktake.objects.get().goals.count() == Goal.objects.count()


def test_every_step_opens_before_and_after(client, admin):
    for name in steps.NAMES:
        page = client.get(f"/settings/start/{name}/")
        assert page.status_code == (200 if name == "system" else 302)
    post(client, "/settings/start/system/", SYSTEM)
    for name in steps.NAMES:
        assert client.get(f"/settings/start/{name}/").status_code == 200
    assert client.get("/settings/start/nothing/").status_code == 404


def test_a_step_sent_twice_makes_nothing_twice(client, admin):
    """Back and send again: the second is told what is here, and nothing is lost."""
    post(client, "/settings/start/system/", SYSTEM)
    data = {"name": "Cara", "email": "cara@harlow.example", "role": "consultant", "title": "Senior"}
    post(client, "/settings/start/people/", data)
    again = client.post("/settings/start/people/", data)
    assert "already holds this role" in str(errors(again))
    assert Position.objects.count() == 1
    goal = {"title": "Read", "code": "L1", "new_area": "Literacy"}
    post(client, "/settings/start/goals/", goal)
    again = client.post("/settings/start/goals/", goal)
    assert "code" in errors(again)
    assert again.context["form"]["title"].value() == "Read"
    assert client.post("/settings/start/system/", SYSTEM | {"code": "X"}).status_code == 302
    assert OrgUnit.objects.count() == System.objects.count() == 1


def test_somebody_known_gets_one_more_role(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    add = {"name": "x", "email": "ADA@harlow.example ", "role": "delivery_leader"}
    post(client, "/settings/start/people/", add)
    admin = User.objects.get(pk=admin.pk)
    assert admin.name == "Ada Admin"
    assert admin.access.roles == {Role.ADMINISTRATOR, Role.DELIVERY_LEADER}


@pytest.mark.parametrize(
    ("step", "data", "field", "words"),
    [
        ("people", {"name": "A", "email": "nobody", "role": "viewer"}, "email", "address like"),
        (
            "people",
            {"name": "A", "email": "a@b.example", "role": "local_leader"},
            "org_unit",
            "led",
        ),
        ("people", {"name": "A", "email": "a@b.example", "role": "king"}, "role", "valid choice"),
        ("goals", {"title": "T", "code": "T"}, "area", "Choose a content area"),
        ("goals", {"title": "T", "code": "T T", "new_area": "A"}, "code", "letters, digits"),
        (
            "goals",
            {"title": "T", "code": "T", "new_area": "A", "leader": "9" * 30},
            "leader",
            "list",
        ),
        ("calendar", {"days": "tomorrow Feast"}, "days", "Line 1 does not begin with a day"),
        ("calendar", {"days": "2026-12-25"}, "days", "a day and no name"),
        ("accounts", {"do": "save"}, "goal_leader", "Choose a goal leader"),
        ("system", SYSTEM | {"weekend": list("1234567")}, "weekend", "at least one day"),
        ("system", SYSTEM | {"time_zone": "Mars/Base"}, "time_zone", "from the list"),
        ("system", SYSTEM | {"fiscal_year_start": "13"}, "fiscal_year_start", "valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client, admin, step, data, field, words):
    post(client, "/settings/start/system/", SYSTEM)
    page = client.post(f"/settings/start/{step}/", data)
    assert page.status_code == 200
    assert words in str(errors(page)[field])
    assert Holiday.objects.count() == Goal.objects.count() == 0


def test_whoever_names_a_zone_where_it_is_still_yesterday_is_not_locked_out(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 25, 0, 16, tzinfo=UTC), tick=False)
    call_command("create_administrator", "ada@harlow.example", stdout=StringIO())
    client.force_login(User.objects.get())
    post(client, "/settings/start/system/", SYSTEM | {"time_zone": "Pacific/Pago_Pago"})
    assert client.get("/settings/start/").status_code == 200


def test_nobody_of_the_unit_leads_a_goal(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    consultant = add_person(client, "Cara", "consultant")
    goal = {"title": "Read", "code": "L1", "new_area": "Literacy", "leader": consultant.pk}
    page = client.post("/settings/start/goals/", goal)
    assert "Nobody can be in the Unit and on the team" in page.text
    assert not Goal.objects.exists()


def test_the_role_that_is_missing_is_offered_and_the_list_stays_short(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    page = client.get("/settings/start/people/")
    assert page.context["form"]["role"].value() == Role.SYSTEM_LEADER
    sue, _tom = (
        add_person(client, "Sue", Role.SYSTEM_LEADER), add_person(client, "Tom", Role.GOAL_TEAM)
    )  # fmt: skip
    page = client.get("/settings/start/people/")
    assert page.context["form"]["role"].value() == Role.DELIVERY_LEADER
    assert [row.person.name for row in page.context["held"]] == ["Ada Admin", "Sue"]
    assert f'href="/unit/people/{sue.pk}/#side">invite' in page.text
    assert "1 more" in page.text
    client.post(f"/unit/people/{sue.pk}/invite/")
    page = client.get("/settings/start/people/")
    assert page.context["invited"] == {sue.pk}


def test_those_whose_part_it_is_and_who_are_still_outside_are_named(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    dee = add_person(client, "Dee", Role.DELIVERY_LEADER)
    lea = add_person(client, "Lea", Role.GOAL_LEADER)
    add_person(client, "Tom", Role.GOAL_TEAM)
    make_goal("G1", leader=lea, series=make_series(code="rate"))
    address = "/settings/start/trajectories/"
    assert list(client.get(address).context["outside"]) == [dee, lea]
    assert list(client.get("/settings/start/stocktake/").context["outside"]) == [dee]
    User.objects.filter(pk=lea.pk).update(last_login=timezone.now())
    page = client.get(address)
    assert list(page.context["outside"]) == [dee]
    assert f'href="/unit/people/{dee.pk}/#side"' in page.text


def test_the_step_of_numbers_says_what_a_file_calls_them(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    make_goal("G1", series=make_series(code="rate", name="Reading rate"))
    page = client.get("/settings/start/data/").text
    assert "indicator_code rate" in page
    assert "org_unit_code HAR" in page


def test_a_new_organisation_says_where_it_is(client, admin):
    page = client.post("/settings/start/system/", SYSTEM | {"time_zone": ""})
    assert "Choose the time zone." in str(errors(page)["time_zone"])
    post(client, "/settings/start/system/", SYSTEM)
    again = client.get("/settings/system/").context["form"]["time_zone"]
    assert again.value() == "America/Denver"
    assert "" not in dict(again.field.choices)


def test_goal_leaders_are_offered_first_to_lead_a_goal(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    names = [("Ann", Role.VIEWER), ("Zoe", Role.GOAL_LEADER), ("Lea", Role.GOAL_LEADER)]
    for name, role in names:
        add_person(client, name, role)
    form = client.get("/settings/start/goals/").context["form"]
    assert [each.name for each in form.fields["leader"].queryset][:3] == ["Lea", "Zoe", "Ada Admin"]


def test_nobody_on_a_goal_comes_into_the_unit(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    lea = add_person(client, "Lea", "goal_leader")
    make_goal("G1", leader=lea)
    page = client.post(
        "/settings/start/people/", {"name": "Lea", "email": lea.email, "role": "consultant"}
    )
    assert "on the team of a goal then" in str(errors(page)["role"])


def test_a_first_account_stands_in_the_history_and_needs_independence(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    cara, lea = add_person(client, "Cara", "consultant"), add_person(client, "Lea", "goal_leader")
    make_goal("G1", leader=lea)
    above = Position.objects.create(person=lea, title="Chief", valid_from="2020-01-01")
    Position.objects.create(person=cara, title="Coach", reports_to=above, valid_from="2020-01-01")
    address, data = "/settings/start/accounts/", {"goal_leader": lea.pk, "consultant": cara.pk}
    assert "mitigation" not in client.get(address).context["form"].fields
    page = client.post(address, data)
    assert "Cara is not independent of Lea" in str(errors(page)["mitigation"])
    assert AccountChange.objects.count() == AccountAssignment.objects.count() == 0
    again = client.post(address, data | {"mitigation": " "})
    assert "Write how it is met" in str(errors(again)["mitigation"])
    post(client, address, data | {"mitigation": "Dee judges."})
    row = AccountAssignment.objects.get()
    assert (row.mitigation, row.change.decided_by) == ("Dee judges.", admin)
    assert row.history.get().history_change_reason == row.change.reason
    assert row.change.reason in client.get("/unit/accounts/").text
    twice = client.post(address, data)
    assert "who has no consultant yet" in str(errors(twice)["goal_leader"])


def test_the_eleventh_goal_is_possible_and_met_with_a_question(client, admin):
    post(client, "/settings/start/system/", SYSTEM)
    for number in range(10):
        make_goal(f"G{number}")
    assert "consider which one it would replace" in client.get("/settings/start/goals/").text
    post(client, "/settings/start/goals/", {"title": "T", "code": "T", "new_area": "A"})


def test_the_steps_ask_few_questions_however_many_goals(admin, django_assert_max_num_queries):
    system, on = System.objects.create(name="Harlow"), timezone.localdate()
    consultant = make_person(Role.CONSULTANT)
    for number in range(12):
        leader, series = make_person(Role.GOAL_LEADER), make_series(org_unit=make_org_unit("S"))
        make_account(consultant, leader)
        make_observation(series, on, 5)
        make_goal(f"G{number}", leader=leader, series=series)
    admin.access  # noqa: B018 - asked once for every page
    with django_assert_max_num_queries(11):
        here = steps.progress(user=admin, system=system, on=on)
    assert here.step("data").is_done
    assert not here.step("trajectories").is_done
    assert AccountAssignment.objects.count() == 12
