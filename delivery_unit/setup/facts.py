"""What a step shows besides its form: what is there already, and who is still outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AccessState, AccountAssignment, OrgUnit, RoleAssignment, User
from accounts.roles import CONSULTING_ROLES, UNIT_ROLES, Role
from delivery_unit.setup.steps import Progress
from goals.setup import warning_of_many
from stocktakes.permissions import can_plan_stocktakes

SHOWN = 12  # parts of the organisation, as a reminder of what is there
# Who is listed in the step of people; of a whole organisation the others are a number.
RUNNING = UNIT_ROLES | {Role.SYSTEM_LEADER, Role.GOAL_LEADER, Role.ADMINISTRATOR}


@dataclass(frozen=True)
class Asked:
    user: User
    here: Progress
    on: date


def facts_of(name: str, asked: Asked) -> dict[str, Any]:
    return FACTS[name](asked) if name in FACTS else {}


def _units(asked: Asked) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"units": OrgUnit.objects.exclude(parent=None).order_by("name")[:SHOWN]}


def _people(asked: Asked) -> dict[str, Any]:
    held = RoleAssignment.objects.current(asked.on)
    held = held.filter(person__is_active=True, role__in=RUNNING)
    invited = User.objects.in_state(AccessState.INVITED, timezone.now())
    others = User.objects.filter(is_active=True).exclude(pk__in=held.values("person"))
    return {
        "held": held.select_related("person").order_by("person__name", "role"),
        "invited": set(invited.values_list("pk", flat=True)),
        "others": others.count(),
    }


def _goals(asked: Asked) -> dict[str, Any]:
    return {"warning": warning_of_many(asked.user)}


def _accounts(asked: Asked) -> dict[str, Any]:
    kept = AccountAssignment.objects.current(asked.on).filter(kind="primary")
    return {"kept": kept.select_related("goal_leader", "consultant")}


def _data(asked: Asked) -> dict[str, Any]:  # noqa: ARG001 - as the others
    return {"whole": OrgUnit.objects.whole()}


def _trajectories(asked: Asked) -> dict[str, Any]:
    leaders = [line.leader.pk for line in asked.here.lines if line.leader and line.measure]
    approving = User.objects.holding(frozenset({Role.DELIVERY_LEADER}), asked.on)
    return {"outside": _outside(Q(pk__in=leaders) | Q(pk__in=approving.values("pk")))}


def _stocktake(asked: Asked) -> dict[str, Any]:
    planning = User.objects.holding(CONSULTING_ROLES, asked.on)
    return {
        "may_plan": can_plan_stocktakes(asked.user),
        "outside": _outside(Q(pk__in=planning.values("pk"))),
    }


def _outside(them: Q) -> QuerySet[User]:
    """Those of them who have never signed in, and so cannot do their part."""
    found: QuerySet[User] = User.objects.filter(them, is_active=True, last_login=None)
    return found.order_by("name")


FACTS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "units": _units,
    "people": _people,
    "goals": _goals,
    "accounts": _accounts,
    "data": _data,
    "trajectories": _trajectories,
    "stocktake": _stocktake,
}
