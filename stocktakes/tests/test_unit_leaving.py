"""Somebody leaves: everything goes to others on one day; who judged or wrote what stays."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.actions.people import close_for_those_who_left, reactivate
from accounts.models import AccountAssignment, AccountChange, Position, RoleAssignment, User
from accounts.permissions import can_let_go
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals.actions.answers import write_answer
from goals.models import Answer, ContentArea, GoalConsultant, GoalRole
from goals.tests.factories import make_goal, make_indicator, make_series, make_steward
from stocktakes.tests.factories import make_stocktake
from stocktakes.tests.unit_world import AT, TODAY, make_post, make_unit
from stocktakes.unit.actions.leaving import Farewell, let_go
from stocktakes.unit.actions.moves import Kind, Move, Order, plan_moves, preview_moves
from stocktakes.unit.actions.rows import Refused
from stocktakes.unit.orphans import orphans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LAST = TODAY + 10 * DAY
GONE = LAST + DAY


@pytest.fixture
def unit():
    return make_unit()


def leave(unit, person, *, last_day=LAST, at=AT, **takers):
    farewell = Farewell(last_day=last_day, reason="Moves away", **takers)
    return let_go(person=person, farewell=farewell, by=unit.lead, at=at)


def test_a_consultant_leaves_and_nothing_is_orphaned(unit):
    GoalConsultant.objects.create(
        goal=unit.s1, consultant=unit.hannah, reason="Load", valid_from=TODAY
    )
    make_account(unit.hannah, unit.arjun, kind="backup")
    answer = write_answer(goal=unit.l1, question=5, text="We help.", by=unit.hannah, at=AT)
    leave(unit, unit.hannah, keepers={unit.yolanda.pk: unit.ruth})
    assert orphans(LAST) == orphans(GONE) == []
    primary = AccountAssignment.objects.filter(goal_leader=unit.yolanda, kind="primary")
    assert [row.consultant for row in primary.current(LAST)] == [unit.hannah]
    assert [row.consultant for row in primary.current(GONE)] == [unit.ruth]
    assert not unit.hannah.accounts_kept.current(GONE).exists()
    assert not unit.hannah.goals_kept.current(GONE).exists()
    assert not unit.hannah.role_assignments.current(GONE).exists()
    assert not unit.hannah.positions.current(GONE).exists()
    assert Answer.objects.get(pk=answer.pk).written_by == unit.hannah


def test_an_account_without_a_taker_is_refused_and_nothing_changes(unit):
    with pytest.raises(Refused, match="Yolanda Freeman has no primary consultant"):
        leave(unit, unit.hannah)
    assert unit.hannah.role_assignments.get().valid_to is None
    unit.of_yolanda.refresh_from_db()
    assert unit.of_yolanda.valid_to is None


def test_a_goal_leader_leaves_to_somebody_new_who_gets_the_same_consultant(unit):
    beth = make_person(Role.GOAL_LEADER, name="Beth Kowalczyk")
    GoalRole.objects.create(goal=unit.l1, person=beth, role="team", valid_from=TODAY)
    area = ContentArea.objects.get()
    area.chief = unit.yolanda
    area.save()
    leave(unit, unit.yolanda, leads={unit.l2.pk: unit.arjun}, leads_to=beth, areas_to=beth)
    assert orphans(GONE) == []
    leaders = GoalRole.objects.current(GONE).filter(role="leader")
    assert {(row.goal, row.person) for row in leaders} == {
        (unit.l1, beth), (unit.l2, unit.arjun), (unit.s1, unit.arjun),
    }  # fmt: skip
    kept = beth.consultant_assignments.get()
    assert (kept.consultant, kept.valid_from) == (unit.hannah, GONE)
    assert not unit.yolanda.consultant_assignments.current(GONE).exists()
    assert not beth.goal_roles.current(GONE).filter(role="team").exists()
    area.refresh_from_db()
    assert area.chief == beth


def test_somebody_of_the_unit_cannot_take_a_goal(unit):
    with pytest.raises(Refused, match="Nobody can be in the Unit and on the team"):
        leave(unit, unit.yolanda, leads_to=unit.ruth)
    assert GoalRole.objects.current(GONE).filter(person=unit.yolanda).count() == 2


def test_a_steward_leaves_and_another_enters_the_numbers(unit):
    series = make_series(make_indicator())
    make_goal("C1", leader=unit.arjun, series=series)
    make_steward(series.indicator, unit.admin)
    other = make_person(Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="Nobody enters the numbers of"):
        leave(unit, unit.admin)
    leave(unit, unit.admin, stewards_to=other)
    assert [row.person for row in series.indicator.stewards.current(GONE)] == [other]
    assert [row.person for row in series.indicator.stewards.current(LAST)] == [unit.admin]


def test_the_last_administrator_names_the_next(unit):
    with pytest.raises(Refused, match="is the only administrator"):
        leave(unit, unit.admin)
    role = unit.admin.role_assignments.get()
    leave(unit, unit.admin, roles={role.pk: unit.top})
    held = RoleAssignment.objects.current(GONE).filter(role=Role.ADMINISTRATOR)
    assert [row.person for row in held] == [unit.top]


def test_reports_move_to_the_successor_who_moves_up_one_step(unit):
    hannah = unit.hannah.positions.get()
    below = make_post(make_person(), hannah, title="Assistant")
    role = unit.lead.role_assignments.get()
    leave(unit, unit.lead, reports_to=hannah, roles={role.pk: unit.hannah})
    on = Position.objects.current(GONE)
    up = on.get(person=unit.hannah)
    assert up.reports_to == unit.top.positions.get()
    assert {row.person for row in on.filter(reports_to=up)} == {
        unit.kwame, unit.ruth, below.person,
    }  # fmt: skip
    assert on.get(person=below.person).reports_to == up
    before = Position.objects.current(LAST)
    assert before.get(person=unit.kwame).reports_to.person == unit.lead
    assert orphans(GONE) == []


def test_planned_stocktakes_after_the_last_day_go_to_others(unit):
    late, early = (
        make_stocktake(
            unit.l1, chair=unit.top, prepared_by=unit.hannah, attendees=[unit.hannah],
            starts_at=datetime(2026, month, 28, 10, tzinfo=UTC),
        )
        for month in (8, 7)
    )  # fmt: skip
    role = unit.top.role_assignments.get()
    leave(
        unit, unit.hannah, keepers={unit.yolanda.pk: unit.ruth}, prepare_to=unit.ruth,
        attend_to=unit.kwame,
    )  # fmt: skip
    leave(
        unit, unit.top, chair_to=unit.kwame, roles={role.pk: unit.admin},
        at=AT + timedelta(hours=1),
    )  # fmt: skip
    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.chair, late.prepared_by) == (unit.kwame, unit.ruth)
    assert not late.attendees.exists()  # who attends instead has become the chair
    assert (early.chair, early.prepared_by) == (unit.top, unit.hannah)
    assert [row.person for row in early.attendees.all()] == [unit.hannah]


def test_a_plan_that_gives_the_leaver_more_is_undone_first(unit):
    order = Order(GONE + DAY, (Move(Kind.ACCOUNT, unit.arjun, unit.hannah),), "Load")
    token = preview_moves(order=order, by=unit.lead, at=AT).token
    plan_moves(order=order, token=token, by=unit.lead, at=AT)
    with pytest.raises(Refused, match="Undo that plan first"):
        leave(unit, unit.hannah, keepers={unit.yolanda.pk: unit.ruth, unit.arjun.pk: unit.kwame})


def test_a_successor_who_is_not_independent_needs_a_written_answer(unit):
    make_post(unit.ruth, unit.yolanda.positions.get(), title="Coach")
    takers = {"keepers": {unit.yolanda.pk: unit.ruth}}
    with pytest.raises(Refused, match="Ruth Okafor is not independent"):
        leave(unit, unit.hannah, **takers)
    leave(unit, unit.hannah, mitigation="Kwame judges.", **takers)
    assert AccountAssignment.objects.get(consultant=unit.ruth).mitigation == "Kwame judges."


def test_the_sign_in_closes_the_day_after_and_only_once(unit):
    leave(unit, unit.hannah, keepers={unit.yolanda.pk: unit.ruth})
    unit.hannah.refresh_from_db()
    assert (unit.hannah.is_active, unit.hannah.last_day) == (True, LAST)
    assert close_for_those_who_left(on=LAST, at=timezone.now()) == 0
    assert close_for_those_who_left(on=GONE, at=timezone.now()) == 1
    unit.hannah.refresh_from_db()
    assert not unit.hannah.is_active
    reactivate(person=unit.hannah, reason="Is back", by=unit.admin, at=timezone.now())
    assert close_for_those_who_left(on=GONE + DAY, at=timezone.now()) == 0


def test_leavings_of_earlier_releases_get_their_last_day(unit):
    for asked in (
        {"leaving": unit.hannah.pk},
        {"leaving": unit.ruth.pk, "closed": True},  # and came back since
    ):
        AccountChange.objects.create(
            starts_on=GONE, reason="Moves", decided_by=unit.lead, decided_at=AT, asked=asked
        )
    moved = import_module("accounts.migrations.0007_last_days")
    moved.keep_last_days(apps, SimpleNamespace(connection=connection))
    assert User.objects.get(last_day__isnull=False) == unit.hannah
    assert User.objects.get(pk=unit.hannah.pk).last_day == LAST


def test_whoever_left_yesterday_is_out_at_once(unit):
    leave(unit, unit.hannah, last_day=TODAY - DAY, keepers={unit.yolanda.pk: unit.ruth})
    unit.hannah.refresh_from_db()
    assert not unit.hannah.is_active
    with pytest.raises(Refused, match="Choose yesterday, today or a later day"):
        leave(unit, unit.kwame, last_day=TODAY - 2 * DAY, keepers={unit.arjun.pk: unit.ruth})


def test_whom_nobody_has_to_replace_may_have_left_long_ago(unit):
    beth = make_person(Role.GOAL_TEAM)
    role = GoalRole.objects.create(goal=unit.l1, person=beth, role="team", valid_from=LONG_AGO)
    leave(unit, beth, last_day=TODAY - 30 * DAY)
    role.refresh_from_db()
    assert (role.valid_to, beth.role_assignments.get().valid_to) == (TODAY - 30 * DAY,) * 2
    assert not User.objects.get(pk=beth.pk).is_active
    assert not AccountChange.objects.exists()  # no account was touched
    with pytest.raises(Refused, match="has already left"):
        leave(unit, beth)


def test_sessions_end_with_the_record(client, unit):
    client.force_login(unit.hannah)
    assert client.get("/overview/").status_code == 200
    assert unit.hannah.sessions.exists()
    leave(unit, unit.hannah, last_day=TODAY - DAY, keepers={unit.yolanda.pk: unit.ruth})
    assert client.get("/overview/").status_code == 302
    assert not unit.hannah.sessions.exists()


def test_every_row_says_who_changed_it_when_and_why(unit):
    series = make_series(make_indicator())
    make_goal("C1", leader=unit.arjun, series=series)
    make_steward(series.indicator, unit.hannah)
    below = make_post(make_person(), unit.hannah.positions.get(), title="Assistant")
    meeting = make_stocktake(
        unit.l1, chair=unit.top, prepared_by=unit.hannah, attendees=[unit.hannah],
        starts_at=datetime(2026, 8, 28, 10, tzinfo=UTC),
    )  # fmt: skip
    leave(
        unit, unit.hannah, keepers={unit.yolanda.pk: unit.ruth}, stewards_to=unit.ruth,
        prepare_to=unit.ruth, attend_to=unit.kwame,
    )  # fmt: skip
    changed = [
        unit.of_yolanda, AccountAssignment.objects.get(consultant=unit.ruth), unit.hannah,
        unit.hannah.positions.get(), unit.hannah.role_assignments.get(), below,
        below.person.positions.get(valid_from=GONE), unit.hannah.stewardships.get(),
        unit.ruth.stewardships.get(), meeting, meeting.attendees.get(),
    ]  # fmt: skip
    for row in changed:
        newest = row.history.order_by("-history_id").first()
        told = (newest.history_user, newest.history_change_reason, newest.history_date)
        assert told == (unit.lead, "Moves away", AT), row


@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_let_whom_go_is_the_same_for_one_and_for_many(role):
    user = make_person(*([role] if role else []), org_unit=make_org_unit("U"))
    gone, _other = make_person(), make_person(Role.ADMINISTRATOR)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    found = set(User.objects.to_let_go(user))
    assert found == {each for each in User.objects.all() if can_let_go(user, each)}


def test_a_delivery_leader_neither_lets_administrators_go_nor_gives_roles(client, unit):
    client.force_login(unit.lead)
    assert client.get(f"/unit/leaving/{unit.admin.pk}/").status_code == 403
    assert unit.admin.name not in client.get("/unit/leaving/").content.decode()
    role = unit.top.role_assignments.get()
    data = {
        "last_day": timezone.localdate() + DAY, "reason": "Retires",
        "reports_to": unit.lead.positions.get().pk, f"role_{role.pk}": unit.lead.pk,
    }  # fmt: skip
    page = client.get(f"/unit/leaving/{unit.top.pk}/")
    assert "To give them to somebody else, ask an administrator." in page.content.decode()
    assert client.post(f"/unit/leaving/{unit.top.pk}/", data).status_code == 302
    assert not RoleAssignment.objects.filter(person=unit.lead, role=role.role).exists()
    client.force_login(unit.admin)
    assert f"role_{unit.lead.role_assignments.get().pk}" in (
        client.get(f"/unit/leaving/{unit.lead.pk}/").context["form"].fields
    )


def test_a_last_day_that_is_on_record_is_said(client, unit):
    leave(unit, unit.ruth, last_day=timezone.localdate() + DAY, at=timezone.now())
    client.force_login(unit.admin)
    page = client.get(f"/unit/leaving/{unit.ruth.pk}/").content.decode()
    assert "is on record as the last day already" in page


def test_the_page_lists_what_hangs_there_proposes_and_does_it(client, unit):
    client.force_login(unit.lead)
    series = make_series(make_indicator(name="Reading"))
    make_goal("C1", leader=unit.arjun, series=series)
    make_steward(series.indicator, unit.hannah)
    address = f"/unit/leaving/{unit.hannah.pk}/"
    page = client.get(address)
    assert "Yolanda Freeman" in page.content.decode()
    assert "Reading" in page.content.decode()
    field = f"account_{unit.yolanda.pk}"
    assert page.context["form"].fields[field].initial == unit.kwame.pk  # the backup knows it
    data = {
        "last_day": timezone.localdate() + 5 * DAY, "reason": "", field: unit.kwame.pk,
        "stewards_to": unit.ruth.pk,
    }  # fmt: skip
    assert "Say why, for the history." in client.post(address, data).content.decode()
    done = client.post(address, {**data, "reason": "Moves away"}, follow=True)
    assert "Hannah Lindqvist hands everything over" in done.content.decode()
    assert "Moves away" in client.get("/unit/accounts/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"last_day": "0001-01-01"}, "Choose a day between 2000 and 2100."),
        ({"last_day": "9999-12-31"}, "Choose a day between 2000 and 2100."),
        ({"last_day": "2026-99-99"}, "Write the day like"),
        ({"account": "²"}, "Choose from the list."),
        ({"account": ""}, "Choose somebody."),
    ],
)
def test_wrong_input_gets_a_sentence(client, unit, fields, words):
    client.force_login(unit.lead)
    data = {"last_day": "2030-01-01", "reason": "Moves", "account": unit.kwame.pk, **fields}
    data[f"account_{unit.yolanda.pk}"] = data.pop("account")
    page = client.post(f"/unit/leaving/{unit.hannah.pk}/", data)
    assert words in page.content.decode()
    assert unit.hannah.role_assignments.get().valid_to is None
