"""The pages of the Unit room: who sees them, what they say, what they keep when refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.calendar import WorkingCalendar
from accounts.models import AccountAssignment, AccountChange
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.models import GoalConsultant
from goals.tests.factories import make_goal, make_indicator, make_series, make_steward
from stocktakes.notices import desk_of, notices
from stocktakes.tests.unit_world import make_post, make_unit

pytestmark = pytest.mark.django_db

ACCOUNTS, HAND_OVER = "/unit/accounts/", "/unit/accounts/hand-over/"
DAY = timedelta(days=1)


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def as_lead(client, unit):
    client.force_login(unit.lead)
    return client


def soon():
    return timezone.localdate() + 10 * DAY


def typed(*accounts, **fields):
    return {
        "what": "handover",
        "starts_on": soon().isoformat(),
        "overlap": "2",
        "reason": "Ruth joins",
        "accounts": [person.pk for person in accounts],
        **fields,
    }


def look(client, **data):
    return client.post(HAND_OVER, {**data, "preview": "1"})


def do(client, response, **data):
    token = response.context["preview"].token
    return client.post(HAND_OVER, {**data, "token": token, "plan": "1"})


@pytest.mark.parametrize("address", ["/unit/", ACCOUNTS])
@pytest.mark.parametrize(
    ("who", "status"), [("top", 200), ("hannah", 200), ("admin", 200), ("yolanda", 403)]
)
def test_the_unit_administrators_and_the_system_leader_see_the_room(
    client, unit, address, who, status
):
    client.force_login(getattr(unit, who))
    assert client.get(address).status_code == status
    shown = "Unit room" in client.get("/goals/").content.decode()
    assert shown == (status == 200)


@pytest.mark.parametrize(("who", "status"), [("top", 403), ("hannah", 403), ("admin", 200)])
def test_consultants_see_and_do_not_decide(client, unit, who, status):
    person = getattr(unit, who)
    client.force_login(person)
    change = AccountChange.objects.create(
        starts_on=soon(), reason="Later", decided_by=unit.lead, decided_at=timezone.now()
    )
    for address in (
        HAND_OVER, "/unit/leaving/", f"/unit/leaving/{unit.kwame.pk}/",
        f"/unit/accounts/mitigation/account/{unit.of_arjun.pk}/",
    ):  # fmt: skip
        assert client.get(address).status_code == status
        assert client.post(address).status_code in ({200, 405} if status == 200 else {403, 405})
    undo = client.post(f"/unit/accounts/changes/{change.pk}/undo/")
    assert undo.status_code == (302 if status == 200 else 403)


def test_the_page_says_who_looks_after_whom_and_what_is_missing(as_lead, unit):
    page = as_lead.get(ACCOUNTS).content.decode()
    assert "One goal has no backup." in page
    assert "Account of 2 goals, weight 2.0" in page
    assert "Name a backup" in page
    assert "every goal counts as unrated" in page


def test_a_system_without_leaders_gets_a_next_step(client):
    client.force_login(make_person(Role.DELIVERY_LEADER))
    page = client.get(ACCOUNTS).content.decode()
    assert "No goal has a leader yet" in page
    assert "Nobody has been assigned yet." in page
    assert client.get("/unit/").status_code == 200


def test_looking_plans_nothing_and_planning_does_what_was_shown(as_lead, unit):
    data = typed(unit.yolanda, to=unit.ruth.pk)
    response = look(as_lead, **data)
    assert "One move, nobody above 4.0." in response.content.decode()
    assert not AccountChange.objects.exists()
    assert do(as_lead, response, **data).status_code == 302
    change = AccountChange.objects.get()
    assert change.asked["accounts"] == [str(unit.yolanda.pk)]
    page = as_lead.get(ACCOUNTS).content.decode()
    assert "Ruth joins" in page
    assert "Load from" in page


def test_what_was_typed_is_kept_when_it_is_refused(as_lead, unit):
    response = look(as_lead, **typed(unit.yolanda, to=unit.hannah.pk, reason="A long story"))
    page = response.content.decode()
    assert "Hannah Lindqvist is the primary consultant of Yolanda Freeman already." in page
    assert 'value="A long story"' in page
    assert response.context["form"].rows()[1].is_ticked


def test_moves_that_changed_after_the_preview_are_shown_again(as_lead, unit):
    response = look(as_lead, **typed(unit.yolanda, to=unit.ruth.pk))
    other = do(as_lead, response, **typed(unit.arjun, to=unit.ruth.pk))
    assert "Nothing was planned yet." in other.content.decode()
    assert [each.leader for each in other.context["preview"].passing] == [unit.arjun]
    assert not AccountChange.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"accounts": []}, "Tick at least one account or goal."),
        ({"to": ""}, "Choose who takes the account of"),
        ({"to": "99999999999999999999"}, "Choose from the list."),
        ({"to": "x"}, "Choose from the list."),
        ({"accounts": ["99999999999999999999999"]}, "Choose from the list."),
        ({"what": "swap"}, "Tick exactly the two accounts"),
        ({"what": "nonsense"}, "Choose from the list."),
        ({"starts_on": "tomorrow"}, "Write the day like"),
        ({"starts_on": "0001-01-01"}, "Choose today or a later day."),
        ({"starts_on": "9999-12-31"}, "Choose a day before 2100."),
        ({"reason": ""}, "Say why the accounts change hands."),
        ({"replaces": "77"}, "has begun or is undone"),
    ],
)
def test_wrong_input_gets_a_sentence(as_lead, unit, fields, words):
    response = look(as_lead, **{**typed(unit.yolanda, to=unit.ruth.pk), **fields})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not AccountChange.objects.exists()


def test_some_goals_go_by_exception(as_lead, unit):
    data = typed(goals=[unit.l2.pk], to=unit.ruth.pk)
    do(as_lead, look(as_lead, **data), **data)
    assert GoalConsultant.objects.get().goal == unit.l2
    assert "Exception from" in as_lead.get(ACCOUNTS).content.decode()


def test_two_accounts_change_places(as_lead, unit):
    data = typed(unit.yolanda, unit.arjun, what="swap")
    response = look(as_lead, **data)
    assert {each.taker for each in response.context["preview"].passing} == {
        unit.hannah, unit.kwame,
    }  # fmt: skip
    do(as_lead, response, **data)
    rows = AccountAssignment.objects.filter(kind="primary", valid_to=None)
    assert {(row.goal_leader, row.consultant) for row in rows} == {
        (unit.yolanda, unit.kwame), (unit.arjun, unit.hannah),
    }  # fmt: skip


def test_a_plan_is_changed_and_undone_from_the_page(as_lead, unit):
    data = typed(unit.yolanda, to=unit.ruth.pk)
    do(as_lead, look(as_lead, **data), **data)
    change = AccountChange.objects.get()
    form = as_lead.get(f"{HAND_OVER}?change={change.pk}").context["form"]
    assert form.initial["reason"] == "Ruth joins"
    assert [row.is_ticked for row in form.rows()] == [False, True]
    data = typed(unit.yolanda, to=unit.kwame.pk, replaces=change.pk)
    do(as_lead, look(as_lead, **data), **data)
    new = AccountChange.objects.latest("pk")
    page = as_lead.post(f"/unit/accounts/changes/{new.pk}/undo/", follow=True).content.decode()
    assert "All accounts stay where they are" in page
    unit.of_yolanda.refresh_from_db()
    assert unit.of_yolanda.valid_to is None


def test_a_finding_is_asked_for_and_answered(as_lead, unit):
    make_post(unit.ruth, unit.yolanda.positions.get(), title="Coach")
    data = typed(unit.yolanda, to=unit.ruth.pk)
    response = look(as_lead, **data)
    assert "Ruth Okafor works for Yolanda Freeman" in response.content.decode()
    refused = do(as_lead, response, **data)
    assert "Write how it is met" in refused.content.decode()
    data[f"mitigation_{unit.ruth.pk}_{unit.yolanda.pk}"] = "Kwame judges."
    assert do(as_lead, response, **data).status_code == 302
    assert "Kwame judges." in as_lead.get(ACCOUNTS).content.decode()


def test_a_finding_of_today_is_answered_on_its_own_page(as_lead, unit):
    make_post(unit.hannah, unit.yolanda.positions.get(), title="Coach")
    assert "Not independent: to mitigate" in as_lead.get(ACCOUNTS).content.decode()
    address = f"/unit/accounts/mitigation/account/{unit.of_yolanda.pk}/"
    assert "Write how it is met." in as_lead.post(address, {"text": " "}).content.decode()
    assert as_lead.post(address, {"text": "Kwame judges."}).status_code == 302
    page = as_lead.get(ACCOUNTS).content.decode()
    assert "Kwame judges." in page
    assert "Mitigated" in page


def test_a_confidential_goal_stays_hidden_from_who_may_not_know_of_it(client, unit):
    secret = make_goal("HUSHED", title="Quiet matter", leader=unit.yolanda, is_confidential=True)
    row = GoalConsultant.objects.create(
        goal=secret, consultant=unit.ruth, reason="Quiet reason", valid_from="2026-01-01"
    )
    for person, sees in ((unit.admin, False), (unit.kwame, True), (unit.lead, True)):
        client.force_login(person)
        pages = [ACCOUNTS, "/unit/"]
        if person != unit.kwame:
            pages += [HAND_OVER, f"/unit/leaving/{unit.yolanda.pk}/"]
        text = "".join(client.get(page).content.decode() for page in pages)
        assert ("HUSHED" in text) == sees  # longer than what a token holds by chance
        assert ("Quiet reason" in text) == sees
    client.force_login(unit.admin)
    assert client.get(f"/unit/accounts/mitigation/goal/{row.pk}/").status_code == 404


def test_who_is_nobodys_account_is_told_with_a_link_that_may_be_opened(client, unit):
    beth = make_person(Role.GOAL_LEADER, name="Beth Kowalczyk")
    make_goal("C1", leader=beth)
    on = timezone.localdate()
    for person in (unit.lead, unit.admin):
        desk = desk_of(person=person, on=on, calendar=WorkingCalendar())
        told = [each for each in notices(desk, calendar=WorkingCalendar()) if "Beth" in each.title]
        client.force_login(person)
        assert [each.url for each in told] == [reverse("unit:account_list")]
        assert "Name a primary" in client.get(told[0].url).content.decode()


@pytest.mark.parametrize("many", [1, 3])
def test_the_pages_ask_as_few_questions_for_three_leaders_as_for_one(
    client, django_assert_num_queries, many
):
    lead = make_person(Role.DELIVERY_LEADER)
    for _number in range(many):
        leader, consultant = make_person(Role.GOAL_LEADER), make_person(Role.CONSULTANT)
        make_account(consultant, leader)
        series = make_series(make_indicator())
        make_steward(series.indicator, lead)
        make_goal(leader=leader, series=series)
        make_goal(leader=leader)
    client.force_login(lead)
    with django_assert_num_queries(12):
        client.get(ACCOUNTS)
    with django_assert_num_queries(19):
        client.get("/unit/")
    with django_assert_num_queries(12):
        client.get(HAND_OVER)
