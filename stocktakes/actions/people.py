"""What changes people and touches their goals, too."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions import people, positions, roles
from accounts.actions.turns import forget, keep
from accounts.models import AccountAssignment, RoleAssignment, User
from goals.models import GoalConsultant, GoalRole, IndicatorSteward


class HandOverFirst(Exception):
    """The person still holds goals, accounts or indicators that somebody must take over."""


def on_goal_teams(first: date) -> frozenset[int]:
    """Who may hold no role in the Unit from a day on."""
    rows = GoalRole.objects.overlapping(first, None).order_by()
    return frozenset(rows.values_list("person", flat=True))


def give_role(
    *, person: User, fields: dict[str, Any], by: User, at: datetime, reason: str = ""
) -> RoleAssignment:
    """Raises ValidationError."""
    check_not_barred(RoleAssignment(person=person, **fields))
    return roles.give_role(person=person, fields=fields, by=by, at=at, reason=reason)


def correct_role(
    *,
    row: RoleAssignment,
    fields: dict[str, Any],
    by: User,
    at: datetime,
    reason: str,
    seen: int,
) -> None:
    """Raises ValidationError or ChangedMeanwhile."""
    check_not_barred(RoleAssignment(person=row.person, role=row.role, **fields))
    roles.correct_role(row=row, fields=fields, by=by, at=at, reason=reason, seen=seen)


def check_not_barred(row: RoleAssignment) -> None:
    if GoalRole.objects.barring(row).exists():
        raise ValidationError(
            {"role": _("This person is on the team of a goal then, and nobody of the Unit is.")}
        )


@transaction.atomic
def bring_in(*, typed: dict[str, Any], by: User, at: datetime) -> User:
    """Somebody new, with position and role if they are told. Raises ValidationError."""
    first = typed["valid_from"]
    person = people.add_person(email=typed["email"], name=typed["name"], by=by, at=at)
    reason = typed.get("reason", "")
    if typed["title"]:
        place = {name: typed[name] for name in ("title", "org_unit", "reports_to")}
        positions.change_position(
            person=person, fields={**place, "valid_from": first}, by=by, at=at, reason=reason
        )
    if typed["role"]:
        fields = {name: typed[name] for name in ("role", "fte_percent", "home_unit")}
        leads = typed["org_unit"] if typed["role"] == "local_leader" else None
        fields |= {"org_unit": leads, "valid_from": first}
        give_role(person=person, fields=fields, by=by, at=at, reason=reason)
    return person


def left_to_hand_over(person: User, on: date) -> list[tuple[str, int]]:
    """What somebody must take over after the day: (what, how many)."""
    account = AccountAssignment.objects.filter(consultant=person, kind="primary")
    lead = GoalRole.objects.filter(person=person, role=GoalRole.Role.LEADER)
    held = (
        (_("Goals led"), lead),
        (_("Accounts kept"), account),
        (_("Goals kept by exception"), GoalConsultant.objects.filter(consultant=person)),
        (_("Indicators stewarded"), IndicatorSteward.objects.filter(person=person)),
    )
    counted = [(words, _after(rows, on).count()) for words, rows in held]
    return [(words, count) for words, count in counted if count]


def _after(rows: Any, on: date) -> Any:
    return rows.overlapping(on, None).exclude(valid_to=on)


@transaction.atomic
def let_go(*, person: User, last_day: date, reason: str, by: User, at: datetime) -> None:
    """Ends all that nobody must take over. Raises ValidationError or HandOverFirst."""
    if left_to_hand_over(person, last_day):
        raise HandOverFirst
    with_others = AccountAssignment.objects.filter(Q(consultant=person) | Q(goal_leader=person))
    for rows in (with_others, GoalRole.objects.filter(person=person)):
        for row in _after(rows, last_day):
            if row.valid_from > last_day:
                forget(row, by=by, reason=reason, at=at)
            else:
                row.valid_to = last_day
                keep(row, by=by, reason=reason, at=at)
    people.deactivate(person=person, last_day=last_day, reason=reason, by=by, at=at)
