"""What hangs in the air on a day: goals, accounts, indicators, positions and meetings without anybody.

Asked of the day itself, today's or one to come, so that a plan can be looked through.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum, auto
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountAssignment, Position, RoleAssignment
from accounts.roles import CONSULTING_ROLES
from accounts.vocabulary import said
from goals.models import Goal, GoalConsultant, GoalRole, Indicator, IndicatorSteward
from stocktakes.models import Stocktake, StocktakeGoal


class Kind(StrEnum):
    GOAL = auto()
    ACCOUNT = auto()
    CONSULTANT = auto()
    INDICATOR = auto()
    POSITION = auto()
    MEETING = auto()


@dataclass(frozen=True)
class Orphan:
    kind: Kind
    what: str
    text: str


def orphans(on: date, goals: Iterable[Goal] | None = None) -> list[Orphan]:
    """`goals`: those that the reader may see; without it all of them. Seven queries."""
    rows = Goal.objects.active() if goals is None else goals
    held = {goal.pk: goal for goal in rows}
    leading = list(
        GoalRole.objects.current(on)
        .filter(role=GoalRole.Role.LEADER, goal__in=held)
        .select_related("person")
    )
    return [
        *_goals(held, leading),
        *_accounts(on, leading),
        *_consultants(on, held),
        *_indicators(on, held),
        *_positions(on),
        *_meetings(on, None if goals is None else held),
    ]


def _goals(held: dict[int, Goal], leading: list[GoalRole]) -> list[Orphan]:
    led = {row.goal_id for row in leading if row.person.is_active}
    return [
        Orphan(Kind.GOAL, goal.code, _("%s has no leader") % goal)
        for pk, goal in held.items()
        if pk not in led
    ]


def _accounts(on: date, leading: list[GoalRole]) -> list[Orphan]:
    primary = AccountAssignment.objects.current(on).filter(kind="primary")
    kept = set(primary.values_list("goal_leader", flat=True))
    leaders = {row.person_id: row.person for row in leading if row.person_id not in kept}
    return [
        Orphan(
            Kind.ACCOUNT,
            person.name,
            said(_("%(name)s has no primary %(consultant)s"), name=person.name),
        )
        for person in leaders.values()
    ]


def _consultants(on: date, held: dict[int, Goal]) -> list[Orphan]:
    """Accounts and goals of somebody who holds no consulting role, or has left."""
    roles = RoleAssignment.objects.current(on).filter(role__in=CONSULTING_ROLES)
    able = set(roles.filter(person__is_active=True).values_list("person", flat=True))
    accounts = AccountAssignment.objects.current(on).select_related("consultant", "goal_leader")
    special = GoalConsultant.objects.current(on).filter(goal__in=held)
    rows: list[Any] = [*accounts, *special.select_related("consultant", "goal")]
    return [
        Orphan(
            Kind.CONSULTANT,
            row.consultant.name,
            said(_("%(row)s, who is not in the Unit as %(a_consultant)s"), row=row),
        )
        for row in rows
        if row.consultant_id not in able
    ]


def _indicators(on: date, held: dict[int, Goal]) -> list[Orphan]:
    """Those that these goals are measured by, and nobody may enter."""
    stewards = IndicatorSteward.objects.current(on).filter(person__is_active=True)
    used = Indicator.objects.filter(series__goal_uses__goal__in=held).distinct()
    bare = used.exclude(pk__in=stewards.values("indicator"))
    return [
        Orphan(Kind.INDICATOR, each.code, _("Nobody enters the numbers of %s") % each.name)
        for each in bare
    ]


def _positions(on: date) -> list[Orphan]:
    """Jobs that report to one which nobody holds any more."""
    ended = Q(reports_to__valid_to__lt=on)
    rows = Position.objects.current(on).filter(ended).select_related("person", "reports_to")
    return [
        Orphan(
            Kind.POSITION,
            row.person.name,
            _("%(row)s reports to “%(above)s”, which has ended")
            % {"row": row, "above": row.reports_to.title if row.reports_to else ""},
        )
        for row in rows
    ]


def _meetings(on: date, held: dict[int, Goal] | None) -> list[Orphan]:
    """Planned stocktakes that somebody chairs or prepares who has left by then."""
    start = timezone.make_aware(datetime.combine(on, time()))
    rows = Stocktake.objects.ahead(start).select_related("chair", "prepared_by")
    if held is not None:
        unseen = StocktakeGoal.objects.exclude(goal__in=held)
        rows = rows.exclude(pk__in=unseen.values("stocktake"))
    return [
        Orphan(Kind.MEETING, row.title, _("%(title)s: %(name)s has left") % {
            "title": row.title, "name": person.name,
        })
        for row in rows
        for person in (row.chair, row.prepared_by)
        if not person.is_active
    ]  # fmt: skip
