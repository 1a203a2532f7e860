"""Accounts change hands: planned as a whole, seen before, taken back until the day it begins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.turns import forget, take_turns
from accounts.models import AccountAssignment, AccountChange, System, User
from accounts.roles import CONSULTING_ROLES
from accounts.vocabulary import said
from goals.models import Goal, GoalConsultant, GoalRole
from stocktakes.unit.actions.rows import DAY, KINDS, Pen, Refused, save_checked
from stocktakes.unit.book import Day, Keeping, book_for
from stocktakes.unit.preview import Preview, compare

PRIMARY, BACKUP = AccountAssignment.Kind.PRIMARY, AccountAssignment.Kind.BACKUP


class Kind(StrEnum):
    ACCOUNT = "account"  # a goal leader gets a primary consultant
    GOAL = "goal"  # one goal gets a consultant other than its leader's
    BACKUP = "backup"  # a goal leader gets one more backup
    NO_BACKUP = "no_backup"  # a backup ends


@dataclass(frozen=True)
class Move:
    kind: Kind
    subject: User | Goal
    to: User
    note: str = ""


@dataclass(frozen=True)
class Order:
    """What somebody wants to change, from which day, and why. `asked`: as the form had it."""

    starts_on: date
    moves: tuple[Move, ...]
    reason: str
    overlap: timedelta = timedelta()
    mitigations: Mapping[str, str] = field(default_factory=dict)
    replaces: AccountChange | None = None
    asked: dict[str, Any] = field(default_factory=dict)


class Stale(Exception):
    """What would happen is no longer what was shown; `preview` says what it is now."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


def preview_moves(*, order: Order, by: User, at: datetime) -> Preview:
    """What would happen, found out by doing it and taking it back. Raises Refused."""
    with transaction.atomic():
        preview = _done(order, by, at)[1]
        transaction.set_rollback(True)
    return preview


@transaction.atomic
def plan_moves(*, order: Order, token: str, by: User, at: datetime) -> AccountChange:
    """Carries out what the preview with this token showed. Raises Refused or Stale."""
    change, preview = _done(order, by, at)
    if preview.token != token:
        raise Stale(preview)
    refuse_open_findings(preview.day, change)
    return change


@transaction.atomic
def give_account(*, order: Order, by: User, at: datetime) -> AccountChange:
    """Carries out what needs no look before: somebody's first account. Raises Refused."""
    change, preview = _done(order, by, at)
    refuse_open_findings(preview.day, change)
    return change


class NotIndependent(Refused):
    """Somebody takes an account without being independent, and how that is met is not written."""


def refuse_open_findings(day: Day, change: AccountChange) -> None:
    """Somebody who is not independent may take an account, with an answer to it in writing."""
    left = [
        found
        for found in day.findings
        if found.is_open and any(row.change_id == change.pk for row in found.rows)
    ]
    if left:
        raise NotIndependent(
            *(
                _("Write how it is met that %(consultant)s is not independent of %(leader)s.")
                % {"consultant": found.consultant.name, "leader": found.leader.name}
                for found in left
            )
        )


def _done(order: Order, by: User, at: datetime) -> tuple[AccountChange, Preview]:
    take_turns()
    _refuse_the_past(order.starts_on, at)
    system = System.objects.current()
    if order.replaces is not None:
        _take_back(order.replaces, by, at)
    before = book_for(by, system=system).day(order.starts_on)
    change = carry_out(order, by=by, at=at)
    after = book_for(by, system=system).day(order.starts_on)
    return change, compare(before, after, change=change)


def carry_out(order: Order, *, by: User, at: datetime) -> AccountChange:
    """All moves of an order, in the transaction of the caller."""
    change = AccountChange.objects.create(
        starts_on=order.starts_on, reason=order.reason, decided_by=by, decided_at=at,
        asked=order.asked,
    )  # fmt: skip
    pen, writer = Pen(change), {
        Kind.ACCOUNT: _hand_over, Kind.GOAL: _split, Kind.BACKUP: _name_backup,
        Kind.NO_BACKUP: _end_backup,
    }  # fmt: skip
    for move in order.moves:
        writer[move.kind](pen, move, order)
    for leader in {move.subject.pk: move.subject for move in order.moves}.values():
        if isinstance(leader, User):
            _refuse_unless_kept(leader, order.starts_on)
    return pen.close()


def _refuse_the_past(starts_on: date, at: datetime) -> None:
    if starts_on < timezone.localdate(at):
        raise Refused(_("Choose today or a later day. What has been stays as it was."))


def _primary(leader: User, pen: Pen) -> AccountAssignment | None:
    """The primary on the day; one that is planned for later stands in the way."""
    rows = leader.consultant_assignments.filter(kind=PRIMARY).overlapping(pen.on, None)
    for row in rows.order_by("-valid_from"):
        if row.valid_from > pen.on:
            pen.shorten(row, str(row))
        return row
    return None


def _hand_over(pen: Pen, move: Move, order: Order) -> None:
    leader = move.subject
    assert isinstance(leader, User)  # noqa: S101 - an account is a goal leader
    old = _primary(leader, pen)
    if old is not None and old.consultant_id == move.to.pk:
        raise Refused(
            said(
                _("%(name)s is the primary %(consultant)s of %(leader)s already."),
                name=move.to.name,
                leader=leader.name,
            )
        )
    if old is not None:
        pen.shorten(old, str(old))
    for row in _backup_rows(leader, move.to, pen.on):
        pen.shorten(row, str(row))
    for special in GoalConsultant.objects.filter(consultant=move.to).current(pen.on):
        if special.goal.roles.current(pen.on).filter(person=leader, role="leader").exists():
            pen.shorten(special, str(special))
    new = AccountAssignment(
        consultant=move.to, goal_leader=leader, kind=PRIMARY, valid_from=pen.on,
        handover_note=move.note, mitigation=_mitigation(order, move.to, leader),
    )  # fmt: skip
    pen.begin(new)
    if old is not None and order.overlap:
        _overlap(pen, old, order.overlap)


def _overlap(pen: Pen, old: AccountAssignment, overlap: timedelta) -> None:
    """Who gives an account away stays as backup for a while, as long as they are in the Unit."""
    held = old.consultant.role_assignments.filter(role__in=CONSULTING_ROLES).current(pen.on)
    ends = [row.valid_to for row in held]
    if not ends:
        return
    last = pen.on + overlap - DAY
    if None not in ends:
        last = min(last, max(day for day in ends if day is not None))
    row = AccountAssignment(
        consultant=old.consultant, goal_leader=old.goal_leader, kind=BACKUP,
        valid_from=pen.on, valid_to=last,
    )  # fmt: skip
    pen.begin(row)


def _split(pen: Pen, move: Move, order: Order) -> None:
    """One goal goes to somebody else than the account of its leader, or comes back to it."""
    goal = move.subject
    assert isinstance(goal, Goal)  # noqa: S101 - an exception is about a goal
    for old in GoalConsultant.objects.filter(goal=goal).overlapping(pen.on, None):
        if old.consultant_id == move.to.pk and old.is_current(pen.on):
            raise Refused(
                _("%(name)s looks after %(goal)s already.")
                % {"name": move.to.name, "goal": goal.code}
            )
        pen.shorten(old, str(old))
    roles = GoalRole.objects.filter(goal=goal, role="leader").current(pen.on)
    leader = next((row.person for row in roles.select_related("person")), None)
    if leader is None:
        raise Refused(_("%s has no leader on that day. Name one first.") % goal.code)
    account = _primary(leader, pen)
    if account is not None and account.consultant_id == move.to.pk:
        return
    row = GoalConsultant(
        goal=goal, consultant=move.to, reason=order.reason, valid_from=pen.on,
        handover_note=move.note, mitigation=_mitigation(order, move.to, leader),
    )  # fmt: skip
    pen.begin(row)


def _name_backup(pen: Pen, move: Move, order: Order) -> None:
    leader = move.subject
    assert isinstance(leader, User)  # noqa: S101 - an account is a goal leader
    row = AccountAssignment(
        consultant=move.to, goal_leader=leader, kind=BACKUP, valid_from=pen.on,
        handover_note=move.note, mitigation=_mitigation(order, move.to, leader),
    )  # fmt: skip
    pen.begin(row)


def _end_backup(pen: Pen, move: Move, order: Order) -> None:  # noqa: ARG001 - as the others
    assert isinstance(move.subject, User)  # noqa: S101 - an account is a goal leader
    rows = _backup_rows(move.subject, move.to, pen.on)
    if not rows:
        raise Refused(
            _("%(name)s is no backup for %(leader)s on that day.")
            % {"name": move.to.name, "leader": move.subject.name}
        )
    for row in rows:
        pen.shorten(row, str(row))


def _backup_rows(leader: User, consultant: User, on: date) -> list[AccountAssignment]:
    rows = leader.consultant_assignments.filter(kind=BACKUP, consultant=consultant)
    return list(rows.overlapping(on, None).select_related("consultant", "goal_leader"))


def _mitigation(order: Order, consultant: User, leader: User) -> str:
    return order.mitigations.get(f"{consultant.pk}_{leader.pk}", "")


def _refuse_unless_kept(leader: User, on: date) -> None:
    """From the day on exactly one primary, without a gap, for whoever leads goals then."""
    leads = leader.goal_roles.filter(role="leader").overlapping(on, None)
    if not leads.exists():
        return
    free, rows = on, leader.consultant_assignments.filter(kind=PRIMARY).overlapping(on, None)
    spans = list(rows.order_by("valid_from").values_list("valid_from", "valid_to"))
    for first, last in spans:
        if first > free:
            break
        if last is None:
            return
        free = last + DAY
    if spans:
        raise Refused(
            said(
                _("%(name)s would be without a primary %(consultant)s for a time."),
                name=leader.name,
            )
        )


@transaction.atomic
def undo_change(*, change: AccountChange, by: User, at: datetime) -> AccountChange:
    """Takes back a plan that has not begun: all that it began goes, all that it ended goes on."""
    take_turns()
    return _take_back(change, by, at)


def _take_back(change: AccountChange, by: User, at: datetime) -> AccountChange:
    change = AccountChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.can_be_undone(timezone.localdate(at)):
        raise Refused(_("This plan has begun or was undone before. Plan the next change instead."))
    _refuse_if_built_upon(change)
    for row in _rows_of(change):
        forget(row, by=by, at=at)
    for kind, pk, last in change.shortened:
        row = KINDS[kind].objects.get(pk=pk)
        row.valid_to = date.fromisoformat(last) if last else None
        save_checked(row, by=by, at=at)
    change.undone_by, change.undone_at = by, at
    change.save()
    return change


def _rows_of(change: AccountChange) -> list[Keeping]:
    return [*change.account_rows.all(), *GoalConsultant.objects.filter(change=change)]


def touches_accounts(change: AccountChange) -> bool:
    """Whether any account or exception begins or ends with it."""
    return bool(change.shortened or _rows_of(change))


def _refuse_if_built_upon(change: AccountChange) -> None:
    """A later plan that ends what this one begins is undone first."""
    mine = {
        (kind, row.pk)
        for kind, model in KINDS.items()
        for row in model.objects.filter(change=change)
    }
    later = AccountChange.objects.filter(undone_at__isnull=True, pk__gt=change.pk)
    for each in later:
        touched = {(kind, pk) for kind, pk, _last in each.shortened}
        same = {(kind, pk) for kind, pk, _last in change.shortened}
        if touched & (mine | same):
            raise Refused(_("A later plan builds upon this one (%s). Undo that one first.") % each)


@transaction.atomic
def write_mitigation(*, row: Keeping, text: str) -> None:
    """How a finding on independence is met; shown beside the assignment."""
    row = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.mitigation = text
    row.save()
