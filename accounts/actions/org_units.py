"""Organisation units are added, renamed, moved and ended."""

from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.turns import (
    check_unchanged,
    keep,
    need_reason_for_past,
    one_after_another,
)
from accounts.models import OrgUnit, Position, User


def add_org_unit(
    *, fields: dict[str, Any], by: User | None, at: datetime, reason: str = ""
) -> OrgUnit:
    """Raises ValidationError."""
    unit = OrgUnit(**fields)
    with one_after_another():
        unit.full_clean()
        keep(unit, by=by, reason=reason, at=at)
    return unit


def change_org_unit(  # noqa: PLR0913 - who, when, why, and since when
    *,
    unit: OrgUnit,
    fields: dict[str, Any],
    on: date,
    by: User | None,
    at: datetime,
    reason: str,
    seen: int,
) -> None:
    """Name, kind and place in the tree, since a day; the history keeps what held before.

    Raises ValidationError or ChangedMeanwhile.
    """
    with one_after_another():
        check_unchanged(unit, seen)
        need_reason_for_past([on], reason=reason, at=at)
        today = timezone.localdate(at)
        if on > today:
            raise ValidationError({"on": _("That day lies ahead. Change it when it has come.")})
        for name, value in fields.items():
            setattr(unit, name, value)
        unit.full_clean()
        since = at if on == today else timezone.make_aware(datetime.combine(on, time.min))
        keep(unit, by=by, reason=reason, at=since)


def end_org_unit(
    *, unit: OrgUnit, last_day: date, by: User | None, at: datetime, reason: str, seen: int
) -> None:
    """Raises ValidationError or ChangedMeanwhile."""
    with one_after_another():
        check_unchanged(unit, seen)
        need_reason_for_past([last_day], reason=reason, at=at)
        _check_is_left(unit, last_day)
        unit.valid_to = last_day
        unit.full_clean()
        keep(unit, by=by, reason=reason, at=at)


def _check_is_left(unit: OrgUnit, last_day: date) -> None:
    stay = {"valid_from__lte": last_day}
    parts = unit.parts.overlapping(last_day, None).exclude(valid_to=last_day).count()
    held = Position.objects.filter(org_unit=unit, **stay).overlapping(last_day, None)
    people = held.exclude(valid_to=last_day).count()
    if people:
        words = ngettext(
            "%(n)s person still works here then. Give them another position first.",
            "%(n)s people still work here then. Give them other positions first.",
            people,
        )
        raise ValidationError({"valid_to": words % {"n": people}})
    if parts:
        words = ngettext(
            "%(n)s part is still here then. Move or end it first.",
            "%(n)s parts are still here then. Move or end them first.",
            parts,
        )
        raise ValidationError({"valid_to": words % {"n": parts}})
