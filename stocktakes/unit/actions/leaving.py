"""Somebody leaves: all that hangs on the person goes to others, on one day, in one action.

The only way to leave. Where nothing hangs there, roles and positions end and that is all.

Who judged, wrote, entered or approved something stays named there; those rows are not touched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.people import deactivate
from accounts.actions.turns import take_turns
from accounts.models import AccountAssignment, Position, RoleAssignment, System, User
from goals.models import Goal, GoalRole, IndicatorSteward
from stocktakes.models import StocktakeAttendee
from stocktakes.unit.actions.moves import (
    Kind,
    Move,
    Order,
    carry_out,
    refuse_open_findings,
    touches_accounts,
)
from stocktakes.unit.actions.rows import DAY, Pen, Refused
from stocktakes.unit.book import open_book
from stocktakes.unit.leaving import Hanging, hanging
from stocktakes.unit.orphans import orphans


@dataclass(frozen=True)
class Farewell:
    """Who takes what.

    `keepers`: goal leader to consultant. `exceptions`: row to consultant; without one the goal goes
    back to its leader's. `leads`: goal to its next leader; all others go to `leads_to`.
    """

    last_day: date
    reason: str
    keepers: dict[int, User] = field(default_factory=dict)
    exceptions: dict[int, User | None] = field(default_factory=dict)
    leads: dict[int, User] = field(default_factory=dict)
    leads_to: User | None = None
    stewards_to: User | None = None
    roles: dict[int, User] = field(default_factory=dict)
    reports_to: Position | None = None
    chair_to: User | None = None
    prepare_to: User | None = None
    attend_to: User | None = None
    areas_to: User | None = None
    mitigation: str = ""

    @property
    def gone(self) -> date:
        """The first day without the person."""
        return self.last_day + DAY


@transaction.atomic
def let_go(*, person: User, farewell: Farewell, by: User, at: datetime) -> None:
    """Raises Refused; then nothing at all has changed."""
    take_turns()
    left = hanging(person, farewell.gone)
    if left.needs_takers and farewell.gone < timezone.localdate(at):
        raise Refused(_("Choose yesterday, today or a later day as the last one."))
    before = {each.text for each in orphans(farewell.gone)}
    change = carry_out(_order(left, farewell), by=by, at=at)
    pen = Pen(change)
    for step in STEPS:
        step(left, farewell, pen)
    _end_record(person, farewell, pen)
    _refuse_new_orphans(before, farewell.gone)
    refuse_open_findings(
        open_book(Goal.objects.active(), system=System.objects.current()).day(farewell.gone), change
    )
    if touches_accounts(pen.close()):
        return
    change.delete()  # the history of the person tells it


def _end_record(person: User, farewell: Farewell, pen: Pen) -> None:
    try:
        deactivate(person=person, last_day=farewell.last_day, **pen.signature())
    except ValidationError as refusal:
        raise Refused(*refusal.messages) from refusal


def _refuse_new_orphans(before: set[str], on: date) -> None:
    new = [each.text for each in orphans(on) if each.text not in before]
    if new:
        raise Refused(*(_("%s. Say who takes it.") % text for text in new))


# --- what the person looks after as a consultant --------------------------------------------------


def _order(left: Hanging, farewell: Farewell) -> Order:
    moves: list[Move] = []
    pairs: dict[str, str] = {}
    for row in left.accounts:
        taker = farewell.keepers.get(row.goal_leader_id)
        if taker is not None and row.goal_leader_id != left.person.pk:
            moves.append(Move(Kind.ACCOUNT, row.goal_leader, taker, row.handover_note))
            pairs[f"{taker.pk}_{row.goal_leader_id}"] = farewell.mitigation
    for special in left.exceptions:
        taker = farewell.exceptions.get(special.pk)
        if taker is not None:
            moves.append(Move(Kind.GOAL, special.goal, taker))
            leader = next((row.person_id for row in _leading(special.goal, farewell.gone)), 0)
            pairs[f"{taker.pk}_{leader}"] = farewell.mitigation
    return Order(
        starts_on=farewell.gone, moves=tuple(moves), reason=farewell.reason, mitigations=pairs,
        asked={"leaving": left.person.pk},
    )  # fmt: skip


def _leading(goal: Goal, on: date) -> Any:
    return goal.roles.current(on).filter(role="leader")


def _end_what_is_kept(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    """Backups, and exceptions that go back; what was handed over has ended already."""
    for row in [*left.backups, *left.exceptions, *left.accounts]:
        row.refresh_from_db()
        if row.valid_to is None or row.valid_to >= farewell.gone:
            _end_kept(row, pen)


def _end_kept(row: Any, pen: Pen) -> None:
    """What would have begun later is taken back."""
    if row.valid_from >= pen.on:
        pen.forget(row)
    else:
        pen.shorten(row, str(row))


# --- goals, numbers, roles, positions -------------------------------------------------------------


def _pass_on_goals(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    """The next leaders; one who is nobody's account yet gets the consultant of the leaver."""
    keeper = next((row for row in left.kept_by if row.kind == "primary"), None)
    for row in [*left.leads, *left.teams]:
        taker = farewell.leads.get(row.goal_id) or farewell.leads_to
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        pen.end(row)
        if row.role == GoalRole.Role.LEADER and taker is not None:
            for other in row.goal.roles.filter(person=taker, role="team").overlapping(pen.on, None):
                pen.end(other)
            pen.save(
                GoalRole(
                    goal=row.goal, person=taker, role=row.role, valid_from=first, valid_to=last
                )
            )
            if keeper is not None:
                _keep_new_leader(taker, keeper, farewell, pen)
    for account in left.kept_by:
        _end_kept(account, pen)


def _keep_new_leader(leader: User, keeper: AccountAssignment, farewell: Farewell, pen: Pen) -> None:
    rows = leader.consultant_assignments.filter(kind="primary")
    if rows.overlapping(farewell.gone, None).exists():
        return
    row = AccountAssignment(
        consultant=keeper.consultant, goal_leader=leader, kind="primary",
        valid_from=farewell.gone, handover_note=keeper.handover_note,
        mitigation=farewell.mitigation,
    )  # fmt: skip
    pen.begin(row)


def _pass_on_numbers(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    taker = farewell.stewards_to
    for row in left.stewardships:
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        pen.end(row)
        if taker is None:
            continue
        theirs = taker.stewardships.filter(indicator=row.indicator)
        if not theirs.overlapping(first, last).exists():
            pen.save(
                IndicatorSteward(
                    indicator=row.indicator, person=taker, valid_from=first, valid_to=last
                )
            )


def _pass_on_roles(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    for row in left.roles:
        taker = farewell.roles.get(row.pk)
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        if taker is None:
            continue  # ends with the record of the person
        pen.end(row)
        pen.save(
            RoleAssignment(
                person=taker, role=row.role, org_unit=row.org_unit, valid_from=first,
                valid_to=last, fte_percent=row.fte_percent, is_co_lead=row.is_co_lead,
            )
        )  # fmt: skip


def _pass_on_reports(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    """Who reported to the person reports to somebody else; whoever that is goes up one step."""
    upper = next((row.reports_to for row in left.positions if row.reports_to), None)
    boss = farewell.reports_to or upper
    for row in sorted(left.reports, key=lambda row: boss is None or row.pk != boss.pk):
        is_boss = boss is not None and row.pk == boss.pk
        moved = _report_elsewhere(row, upper if is_boss else boss, pen)
        boss = moved if is_boss else boss


def _report_elsewhere(row: Position, boss: Position | None, pen: Pen) -> Position:
    """From the day on; what was before stays on record, for questions of independence."""
    if row.valid_from >= pen.on:
        row.reports_to = boss
        pen.save(row)
        return row
    new = Position(
        person=row.person, title=row.title, org_unit=row.org_unit, reports_to=boss,
        valid_from=pen.on, valid_to=row.valid_to,
    )  # fmt: skip
    pen.end(row)
    pen.save(new)
    below = Position.objects.filter(reports_to=row).exclude(pk=new.pk)
    for each in below.overlapping(pen.on, None).select_related("person"):
        _report_elsewhere(each, new, pen)
    return new


# --- meetings and areas ---------------------------------------------------------------------------


def _pass_on_meetings(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    """Planned ones after the last day. A chair sits at the table already."""
    for meeting in {each.pk: each for each in [*left.chairs, *left.prepares]}.values():
        if meeting.chair_id == left.person.pk and farewell.chair_to:
            meeting.chair = farewell.chair_to
            for seat in meeting.attendees.filter(person=farewell.chair_to):
                pen.forget(seat)
        if meeting.prepared_by_id == left.person.pk and farewell.prepare_to:
            meeting.prepared_by = farewell.prepare_to
        pen.save(meeting)
    for meeting in left.attends:
        meeting.refresh_from_db()
        seat = meeting.attendees.get(person=left.person)
        taker = farewell.attend_to
        pen.forget(seat)
        if taker is None or taker.pk == meeting.chair_id:
            continue
        if not meeting.attendees.filter(person=taker).exists():
            pen.save(StocktakeAttendee(stocktake=meeting, person=taker, part=seat.part))


def _pass_on_areas(left: Hanging, farewell: Farewell, pen: Pen) -> None:
    for area in left.areas:
        area.chief = farewell.areas_to
        pen.save(area)


STEPS: tuple[Callable[[Hanging, Farewell, Pen], None], ...] = (
    _pass_on_goals,
    _end_what_is_kept,
    _pass_on_numbers,
    _pass_on_roles,
    _pass_on_reports,
    _pass_on_meetings,
    _pass_on_areas,
)
