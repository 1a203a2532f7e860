"""Roles are given, ended and corrected. A change has a date and never rewrites the past."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions.people import check_another_administrator
from accounts.actions.turns import (
    check_unchanged,
    keep,
    need_reason_for_past,
    one_after_another,
)
from accounts.models import RoleAssignment, User
from accounts.roles import Role


def give_role(
    *, person: User, fields: dict[str, Any], by: User | None, at: datetime, reason: str = ""
) -> RoleAssignment:
    """`fields` are those of the assignment. Raises ValidationError."""
    row = RoleAssignment(person=person, **fields)
    with one_after_another():
        check_may_hold(person)
        need_reason_for_past([row.valid_from, row.valid_to], reason=reason, at=at)
        row.full_clean()
        keep(row, by=by, reason=reason, at=at)
    return row


def check_may_hold(person: User) -> None:
    if not person.is_active:
        raise ValidationError(_("%s has left. Bring the person back first.") % person.name)


def end_role(
    *, row: RoleAssignment, last_day: date, by: User | None, at: datetime, reason: str, seen: int
) -> None:
    """Raises ValidationError or ChangedMeanwhile."""
    with one_after_another():
        check_unchanged(row, seen)
        need_reason_for_past([last_day], reason=reason, at=at)
        if row.role == Role.ADMINISTRATOR:
            check_another_administrator(row.person, last_day)
        row.valid_to = last_day
        row.full_clean()
        keep(row, by=by, reason=reason, at=at)


def correct_role(
    *,
    row: RoleAssignment,
    fields: dict[str, Any],
    by: User | None,
    at: datetime,
    reason: str,
    seen: int,
) -> None:
    """What was entered wrongly; the history keeps what stood there. Raises as above."""
    with one_after_another():
        check_unchanged(row, seen)
        ends_earlier = fields.get("valid_to") is not None
        if row.role == Role.ADMINISTRATOR and ends_earlier:
            check_another_administrator(row.person, fields["valid_to"])
        for name, value in fields.items():
            setattr(row, name, value)
        row.full_clean()
        keep(row, by=by, reason=reason, at=at)
