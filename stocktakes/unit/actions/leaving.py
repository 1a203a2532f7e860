"""Somebody leaves: all that hangs on the person goes to others, on one day, in one action.

Who judged, wrote, entered or approved something stays named there; those rows are not touched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.leaving import close_sign_ins
from accounts.models import AccountAssignment, AccountChange, Position, RoleAssignment, System, User
from accounts.roles import Role
from goals.models import Goal, GoalRole, IndicatorSteward
from stocktakes.models import StocktakeAttendee
from stocktakes.unit.actions.moves import Kind, Move, Order, carry_out, refuse_open_findings
from stocktakes.unit.actions.rows import DAY, Pen, Refused, save_checked, take_turns
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
def hand_everything_over(
    *, person: User, farewell: Farewell, by: User, at: datetime
) -> AccountChange:
    """Raises Refused; then nothing at all has changed."""
    take_turns()
    today = timezone.localdate(at)
    if farewell.gone < today:
        raise Refused(_("Choose yesterday, today or a later day as the last one."))
    left = hanging(person, farewell.gone)
    _refuse_without_administrator(left, farewell)
    before = {each.text for each in orphans(farewell.gone)}
    change = carry_out(_order(left, farewell), by=by, at=at)
    for step in STEPS:
        step(left, farewell, change)
    _refuse_new_orphans(before, farewell.gone)
    refuse_open_findings(
        open_book(Goal.objects.active(), system=System.objects.current()).day(farewell.gone), change
    )
    close_sign_ins(on=today, at=at)
    return change


def _refuse_without_administrator(left: Hanging, farewell: Farewell) -> None:
    mine = [row for row in left.roles if row.role == Role.ADMINISTRATOR]
    others = RoleAssignment.objects.current(farewell.gone).filter(
        role=Role.ADMINISTRATOR, person__is_active=True
    )
    passed = any(row.pk in farewell.roles for row in mine)
    if mine and not passed and not others.exclude(person=left.person).exists():
        raise Refused(_("Nobody else is administrator on that day. Say who takes the role."))


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


def _end_what_is_kept(left: Hanging, farewell: Farewell, change: AccountChange) -> None:
    """Backups, and exceptions that go back; what was handed over has ended already."""
    pen = Pen(change)
    for row in [*left.backups, *left.exceptions, *left.accounts]:
        row.refresh_from_db()
        if row.valid_to is None or row.valid_to >= farewell.gone:
            _end(row, farewell, pen)
    pen.close()


def _end(row: Any, farewell: Farewell, pen: Pen | None = None) -> None:
    """Ends with the last day; what would have begun later is taken back."""
    if row.valid_from > farewell.last_day:
        row.delete()
    elif pen is not None:
        pen.shorten(row, str(row))
    else:
        row.valid_to = farewell.last_day
        row.save()


# --- goals, numbers, roles, positions -------------------------------------------------------------


def _pass_on_goals(left: Hanging, farewell: Farewell, change: AccountChange) -> None:
    """The next leaders; one who is nobody's account yet gets the consultant of the leaver."""
    keeper = next((row for row in left.kept_by if row.kind == "primary"), None)
    for row in [*left.leads, *left.teams]:
        taker = farewell.leads.get(row.goal_id) or farewell.leads_to
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        _end(row, farewell)
        if row.role == GoalRole.Role.LEADER and taker is not None:
            _end_team_role(row.goal, taker, farewell)
            save_checked(
                GoalRole(
                    goal=row.goal, person=taker, role=row.role, valid_from=first, valid_to=last
                )
            )
            if keeper is not None:
                _keep_new_leader(taker, keeper, farewell, change)
    pen = Pen(change)
    for account in left.kept_by:
        _end(account, farewell, pen)
    pen.close()


def _end_team_role(goal: Goal, taker: User, farewell: Farewell) -> None:
    for row in goal.roles.filter(person=taker, role="team").overlapping(farewell.gone, None):
        _end(row, farewell)


def _keep_new_leader(
    leader: User, keeper: AccountAssignment, farewell: Farewell, change: AccountChange
) -> None:
    rows = leader.consultant_assignments.filter(kind="primary")
    if rows.overlapping(farewell.gone, None).exists():
        return
    row = AccountAssignment(
        consultant=keeper.consultant, goal_leader=leader, kind="primary",
        valid_from=farewell.gone, handover_note=keeper.handover_note,
        mitigation=farewell.mitigation,
    )  # fmt: skip
    Pen(change).begin(row)


def _pass_on_numbers(left: Hanging, farewell: Farewell, change: AccountChange) -> None:  # noqa: ARG001
    taker = farewell.stewards_to
    for row in left.stewardships:
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        _end(row, farewell)
        if taker is None:
            continue
        theirs = taker.stewardships.filter(indicator=row.indicator)
        if not theirs.overlapping(first, last).exists():
            save_checked(
                IndicatorSteward(
                    indicator=row.indicator, person=taker, valid_from=first, valid_to=last
                )
            )


def _pass_on_roles(left: Hanging, farewell: Farewell, change: AccountChange) -> None:  # noqa: ARG001
    for row in left.roles:
        first, last = max(row.valid_from, farewell.gone), row.valid_to
        _end(row, farewell)
        taker = farewell.roles.get(row.pk)
        if taker is not None:
            save_checked(
                RoleAssignment(
                    person=taker, role=row.role, org_unit=row.org_unit, valid_from=first,
                    valid_to=last, fte_percent=row.fte_percent, is_co_lead=row.is_co_lead,
                )
            )  # fmt: skip


def _end_positions(left: Hanging, farewell: Farewell, change: AccountChange) -> None:  # noqa: ARG001
    """Who reported to the person reports to somebody else; whoever that is goes up one step."""
    upper = next((row.reports_to for row in left.positions if row.reports_to), None)
    boss = farewell.reports_to or upper
    for row in sorted(left.reports, key=lambda row: boss is None or row.pk != boss.pk):
        is_boss = boss is not None and row.pk == boss.pk
        moved = _report_elsewhere(row, upper if is_boss else boss, farewell)
        boss = moved if is_boss else boss
    for row in left.positions:
        _end(row, farewell)


def _report_elsewhere(row: Position, boss: Position | None, farewell: Farewell) -> Position:
    """From the day on; what was before stays on record, for questions of independence."""
    if row.valid_from >= farewell.gone:
        row.reports_to = boss
        save_checked(row)
        return row
    new = Position(
        person=row.person, title=row.title, org_unit=row.org_unit, reports_to=boss,
        valid_from=farewell.gone, valid_to=row.valid_to,
    )  # fmt: skip
    _end(row, farewell)
    save_checked(new)
    below = Position.objects.filter(reports_to=row).exclude(pk=new.pk)
    for each in below.overlapping(farewell.gone, None).select_related("person"):
        _report_elsewhere(each, new, farewell)
    return new


# --- meetings and areas ---------------------------------------------------------------------------


def _pass_on_meetings(left: Hanging, farewell: Farewell, change: AccountChange) -> None:  # noqa: ARG001
    """Planned ones after the last day. A chair sits at the table already."""
    for meeting in {each.pk: each for each in [*left.chairs, *left.prepares]}.values():
        if meeting.chair_id == left.person.pk and farewell.chair_to:
            meeting.chair = farewell.chair_to
            meeting.attendees.filter(person=farewell.chair_to).delete()
        if meeting.prepared_by_id == left.person.pk and farewell.prepare_to:
            meeting.prepared_by = farewell.prepare_to
        meeting.save()
    for meeting in left.attends:
        meeting.refresh_from_db()
        seat = meeting.attendees.get(person=left.person)
        part, taker = seat.part, farewell.attend_to
        seat.delete()
        if taker is not None and taker.pk != meeting.chair_id:
            StocktakeAttendee.objects.get_or_create(
                stocktake=meeting, person=taker, defaults={"part": part}
            )


def _pass_on_areas(left: Hanging, farewell: Farewell, change: AccountChange) -> None:  # noqa: ARG001
    for area in left.areas:
        area.chief = farewell.areas_to
        area.save()


STEPS: tuple[Callable[[Hanging, Farewell, AccountChange], None], ...] = (
    _pass_on_goals,
    _end_what_is_kept,
    _pass_on_numbers,
    _pass_on_roles,
    _end_positions,
    _pass_on_meetings,
    _pass_on_areas,
)
