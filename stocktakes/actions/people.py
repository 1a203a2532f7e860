"""What changes people and touches their goals, too."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import people, positions, roles
from accounts.actions.turns import one_after_another
from accounts.models import Position, RoleAssignment, User, as_address
from goals.models import GoalRole


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
    person = people.add_person(email=typed["email"], name=typed["name"], by=by, at=at)
    _settle(person, typed, by, at)
    return person


def bring_in_or_give_role(*, typed: dict[str, Any], by: User, at: datetime) -> User:
    """As bring_in; whoever is here already keeps name and position. Raises ValidationError."""
    with one_after_another():
        address = as_address(typed["email"])
        person: User | None = User.objects.filter(email=address).first()
        if person is None:
            return bring_in(typed=typed, by=by, at=at)
        has_position = Position.objects.current(typed["valid_from"]).filter(person=person).exists()
        _settle(person, {**typed, "title": ""} if has_position else typed, by, at)
        return person


def _settle(person: User, typed: dict[str, Any], by: User, at: datetime) -> None:
    first, reason = typed["valid_from"], typed.get("reason", "")
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
