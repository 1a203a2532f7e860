"""Accounts change hands: one primary on every day, nothing lost, nothing orphaned."""

from datetime import date, timedelta

import pytest
from django.db.models import Q

from accounts.models import AccountAssignment, AccountChange, RoleAssignment
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.models import GoalConsultant
from goals.tests.factories import make_goal
from stocktakes.tests.unit_world import AT, MONDAY, TODAY, make_post, make_unit
from stocktakes.unit.actions.moves import (
    Kind,
    Move,
    Order,
    Stale,
    plan_moves,
    preview_moves,
    undo_change,
)
from stocktakes.unit.actions.rows import Refused
from stocktakes.unit.orphans import orphans

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def unit():
    return make_unit()


def order(*moves, starts_on=MONDAY, **fields):
    return Order(
        starts_on=starts_on,
        moves=tuple(Move(*move) for move in moves),
        **{"reason": "Ruth joins", **fields},
    )


def plan(unit, *moves, at=AT, **fields):
    wanted = order(*moves, **fields)
    token = preview_moves(order=wanted, by=unit.lead, at=at).token
    return plan_moves(order=wanted, token=token, by=unit.lead, at=at)


def primaries(leader, on):
    rows = AccountAssignment.objects.current(on).filter(goal_leader=leader, kind="primary")
    return [row.consultant for row in rows]


def one_primary_each_day(*leaders):
    """From before today until after everything that is planned."""
    days = (TODAY - DAY + DAY * number for number in range(60))
    return all(len(primaries(leader, day)) == 1 for day in days for leader in leaders)


def test_a_preview_shows_what_changes_and_changes_nothing(unit):
    wanted = order((Kind.ACCOUNT, unit.yolanda, unit.ruth), overlap=timedelta(weeks=2))
    before = list(AccountAssignment.objects.order_by("pk").values())
    preview = preview_moves(order=wanted, by=unit.lead, at=AT)
    assert [(each.codes, each.giver, each.taker) for each in preview.passing] == [
        ("L1 L2", unit.hannah, unit.ruth)
    ]
    assert [(each.person, each.before_text, each.after_text) for each in preview.loads] == [
        (unit.hannah, "2.0", "0.0"),
        (unit.ruth, "0.0", "2.0"),
    ]
    assert list(AccountAssignment.objects.order_by("pk").values()) == before
    assert not AccountChange.objects.exists()
    assert preview.title == "One move, nobody above 4.0."


def test_a_hand_over_ends_the_old_begins_the_new_and_overlaps(unit):
    change = plan(
        unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth, "Calls on Mondays."),
        overlap=timedelta(weeks=2),
    )  # fmt: skip
    assert one_primary_each_day(unit.yolanda, unit.arjun)
    assert primaries(unit.yolanda, MONDAY - DAY) == [unit.hannah]
    assert primaries(unit.yolanda, MONDAY) == [unit.ruth]
    old = AccountAssignment.objects.get(consultant=unit.hannah, kind="backup")
    assert (old.valid_from, old.valid_to) == (MONDAY, MONDAY + 13 * DAY)
    new = AccountAssignment.objects.get(consultant=unit.ruth)
    assert (new.handover_note, new.change) == ("Calls on Mondays.", change)
    assert (change.decided_by, change.decided_at, change.reason) == (unit.lead, AT, "Ruth joins")


def test_a_backup_who_takes_the_account_is_no_backup_any_more(unit):
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.kwame))
    unit.backup.refresh_from_db()
    assert unit.backup.valid_to == MONDAY - DAY


def test_two_accounts_are_swapped_in_one_step(unit):
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.kwame), (Kind.ACCOUNT, unit.arjun, unit.hannah))
    assert primaries(unit.yolanda, MONDAY) == [unit.kwame]
    assert primaries(unit.arjun, MONDAY) == [unit.hannah]
    assert one_primary_each_day(unit.yolanda, unit.arjun)


def test_one_goal_goes_by_exception_and_comes_back(unit):
    plan(unit, (Kind.GOAL, unit.l2, unit.ruth))
    row = GoalConsultant.objects.get()
    assert (row.goal, row.consultant, row.reason) == (unit.l2, unit.ruth, "Ruth joins")
    later = MONDAY + 14 * DAY
    plan(unit, (Kind.GOAL, unit.l2, unit.hannah), starts_on=later)
    row.refresh_from_db()
    assert row.valid_to == later - DAY
    assert GoalConsultant.objects.count() == 1


def test_an_exception_ends_when_its_consultant_gets_the_whole_account(unit):
    plan(unit, (Kind.GOAL, unit.l2, unit.ruth))
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth), starts_on=MONDAY + 7 * DAY)
    assert GoalConsultant.objects.get().valid_to == MONDAY + 6 * DAY


def test_a_leader_without_a_consultant_gets_one(unit):
    newcomer = make_person(Role.GOAL_LEADER, name="Beth Kowalczyk")
    make_goal("C1", leader=newcomer)
    plan(unit, (Kind.ACCOUNT, newcomer, unit.ruth), starts_on=TODAY)
    assert primaries(newcomer, TODAY) == [unit.ruth]


def test_a_backup_is_named_and_ended(unit):
    plan(unit, (Kind.BACKUP, unit.arjun, unit.ruth))
    row = AccountAssignment.objects.get(goal_leader=unit.arjun, kind="backup")
    assert (row.consultant, row.valid_from, row.valid_to) == (unit.ruth, MONDAY, None)
    plan(unit, (Kind.NO_BACKUP, unit.arjun, unit.ruth), starts_on=MONDAY + DAY)
    row.refresh_from_db()
    assert row.valid_to == MONDAY


@pytest.mark.parametrize(
    ("moves", "fields", "words"),
    [
        (lambda u: [(Kind.ACCOUNT, u.yolanda, u.hannah)], {}, "is the primary consultant"),
        (lambda u: [(Kind.ACCOUNT, u.yolanda, u.ruth)], {"starts_on": TODAY - DAY}, "today or"),
        (lambda u: [(Kind.BACKUP, u.yolanda, u.kwame)], {}, "already keeps this account"),
        (lambda u: [(Kind.BACKUP, u.yolanda, u.admin)], {}, "no consulting role"),
        (lambda u: [(Kind.NO_BACKUP, u.arjun, u.ruth)], {}, "is no backup"),
        (lambda u: [(Kind.ACCOUNT, u.yolanda, u.admin)], {}, "no consulting role"),
    ],
)
def test_what_cannot_be_is_refused_with_words(unit, moves, fields, words):
    rows = list(AccountAssignment.objects.values())
    with pytest.raises(Refused, match=words):
        preview_moves(order=order(*moves(unit), **fields), by=unit.lead, at=AT)
    assert list(AccountAssignment.objects.values()) == rows


def test_a_plan_for_later_stands_in_the_way_of_an_earlier_one(unit):
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth))
    wanted = order((Kind.ACCOUNT, unit.yolanda, unit.kwame), starts_on=MONDAY - 5 * DAY)
    with pytest.raises(Refused, match="is planned from 3 Aug 2026"):
        preview_moves(order=wanted, by=unit.lead, at=AT)


def test_a_plan_is_undone_whole(unit):
    before = list(AccountAssignment.objects.order_by("pk").values("pk", "consultant", "valid_to"))
    change = plan(
        unit, (Kind.ACCOUNT, unit.yolanda, unit.kwame), (Kind.GOAL, unit.s1, unit.ruth),
        overlap=timedelta(weeks=2),
    )  # fmt: skip
    undo_change(change=change, by=unit.admin, at=AT)
    rows = AccountAssignment.objects.order_by("pk").values("pk", "consultant", "valid_to")
    assert list(rows) == before
    assert not GoalConsultant.objects.exists()
    change.refresh_from_db()
    assert (change.undone_by, change.undone_at) == (unit.admin, AT)


def test_a_plan_that_has_begun_is_not_undone(unit):
    change = plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth))
    with pytest.raises(Refused, match="has begun"):
        undo_change(change=change, by=unit.lead, at=AT + timedelta(days=13))


def test_a_plan_that_another_builds_upon_is_undone_after_it(unit):
    first = plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth))
    second = plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.kwame), starts_on=MONDAY + 7 * DAY)
    with pytest.raises(Refused, match="later plan builds upon"):
        undo_change(change=first, by=unit.lead, at=AT)
    undo_change(change=second, by=unit.lead, at=AT)
    undo_change(change=first, by=unit.lead, at=AT)
    assert primaries(unit.yolanda, MONDAY + 30 * DAY) == [unit.hannah]


def test_a_plan_is_changed_in_one_step(unit):
    first = plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth))
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.kwame), replaces=first)
    first.refresh_from_db()
    assert first.undone_at == AT
    assert primaries(unit.yolanda, MONDAY) == [unit.kwame]
    assert one_primary_each_day(unit.yolanda)


def test_what_is_no_longer_what_was_shown_is_not_done(unit):
    wanted = order((Kind.ACCOUNT, unit.yolanda, unit.ruth))
    token = preview_moves(order=wanted, by=unit.lead, at=AT).token
    plan(unit, (Kind.GOAL, unit.l2, unit.kwame), starts_on=TODAY)
    with pytest.raises(Stale) as stale:
        plan_moves(order=wanted, token=token, by=unit.lead, at=AT)
    assert [each.codes for each in stale.value.preview.passing] == ["L1"]
    assert primaries(unit.yolanda, MONDAY) == [unit.hannah]


def test_a_consultant_who_is_not_independent_needs_a_written_answer(unit):
    chief = unit.yolanda.positions.get()
    make_post(unit.ruth, chief, title="Coach", last=date(2026, 2, 28))
    wanted = order((Kind.ACCOUNT, unit.yolanda, unit.ruth))
    preview = preview_moves(order=wanted, by=unit.lead, at=AT)
    assert preview.title == "One move, nobody above 4.0, one independence finding to mitigate."
    with pytest.raises(Refused, match="Ruth Okafor is not independent of Yolanda Freeman"):
        plan_moves(order=wanted, token=preview.token, by=unit.lead, at=AT)
    answer = {f"{unit.ruth.pk}_{unit.yolanda.pk}": "Tomás judges L1 and L2 until 2027."}
    answered = order((Kind.ACCOUNT, unit.yolanda, unit.ruth), mitigations=answer)
    plan_moves(order=answered, token=preview.token, by=unit.lead, at=AT)
    row = AccountAssignment.objects.get(consultant=unit.ruth)
    assert row.mitigation == "Tomás judges L1 and L2 until 2027."


def test_somebody_who_leaves_the_unit_overlaps_until_their_last_day(unit):
    last = MONDAY + 3 * DAY
    RoleAssignment.objects.filter(person=unit.hannah).update(valid_to=last)
    plan(unit, (Kind.ACCOUNT, unit.yolanda, unit.ruth), overlap=timedelta(weeks=2))
    assert AccountAssignment.objects.get(consultant=unit.hannah, kind="backup").valid_to == last


def test_orphans_are_found_on_any_day(unit):
    assert orphans(TODAY) == []
    RoleAssignment.objects.filter(person=unit.hannah).update(valid_to=MONDAY - DAY)
    assert [each.kind for each in orphans(MONDAY)] == ["consultant"]
    AccountAssignment.objects.filter(Q(pk=unit.of_yolanda.pk)).update(valid_to=MONDAY - DAY)
    assert [each.text for each in orphans(MONDAY)] == ["Yolanda Freeman has no primary consultant"]
    make_goal("C1")
    unit.lead.positions.update(valid_to=TODAY)
    assert [each.kind for each in orphans(MONDAY)] == [
        "goal", "account", "position", "position", "position",
    ]  # fmt: skip
    make_account(unit.ruth, unit.admin)  # the account of somebody who leads nothing hangs nowhere
    assert len(orphans(MONDAY)) == 5
