"""Positions: a new one from a day on, the end of one, and what was entered wrongly."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.actions.roles import check_may_hold
from accounts.actions.turns import (
    check_unchanged,
    keep,
    need_reason_for_past,
    one_after_another,
)
from accounts.models import Position, User, runs_in_circle


def change_position(
    *,
    person: User,
    fields: dict[str, Any],
    by: User | None,
    at: datetime,
    reason: str = "",
    seen: int = 0,
) -> Position:
    """The position of now ends the day before; whoever reported to it reports to the new one.

    `seen` is the position that the form was drawn beside. Raises ValidationError or
    ChangedMeanwhile.
    """
    new = Position(person=person, **fields)
    with one_after_another():
        check_may_hold(person)
        need_reason_for_past([new.valid_from, new.valid_to], reason=reason, at=at)
        old = Position.objects.newest_of(person, new.valid_from)
        check_same_position(old, seen)
        check_line(person, new.reports_to, Position.objects.boss_of(new.valid_from))
        new.full_clean()
        if old is not None:
            end_the_day_before(old, new.valid_from, by=by, reason=reason, at=at)
        keep(new, by=by, reason=reason, at=at)
        if old is not None:
            move_reports(old, new, by=by, reason=reason, at=at)
    return new


def check_same_position(old: Position | None, seen: int) -> None:
    if seen and (old is None or old.pk != seen):
        raise ValidationError(
            _("On that day the person holds another position than the one shown here. Look again.")
        )


def check_line(person: User, above: Position | None, boss_of: Mapping[int, int]) -> None:
    if above is not None and runs_in_circle({**boss_of, person.pk: above.person_id}, person.pk):
        raise ValidationError(
            {"reports_to": _("This would make the reporting line run in a circle.")}
        )


def end_the_day_before(
    old: Position, first: date, *, by: User | None, reason: str, at: datetime
) -> None:
    if old.valid_from >= first:
        raise ValidationError(
            {
                "valid_from": _(
                    "The position of now begins on that day or later. Correct that one instead."
                )
            }
        )
    old.valid_to = first - timedelta(days=1)
    keep(old, by=by, reason=reason, at=at)


def move_reports(
    old: Position, new: Position, *, by: User | None, reason: str, at: datetime
) -> None:
    """Those who report to the person keep doing so: from the day on, in a position like theirs."""
    for row in old.reports.overlapping(new.valid_from, None):
        if row.valid_from >= new.valid_from:
            row.reports_to = new
            keep(row, by=by, reason=reason, at=at)
            continue
        last = row.valid_to
        row.valid_to = new.valid_from - timedelta(days=1)
        keep(row, by=by, reason=reason, at=at)
        follows = Position(
            person=row.person, title=row.title, org_unit=row.org_unit, reports_to=new,
            valid_from=new.valid_from, valid_to=last,
        )  # fmt: skip
        keep(follows, by=by, reason=reason, at=at)
        move_reports(row, follows, by=by, reason=reason, at=at)


def correct_position(
    *,
    row: Position,
    fields: dict[str, Any],
    by: User | None,
    at: datetime,
    reason: str,
    seen: int,
) -> None:
    """Also how a position ends without a next one. Raises ValidationError or ChangedMeanwhile."""
    with one_after_another():
        check_unchanged(row, seen)
        for name, value in fields.items():
            setattr(row, name, value)
        check_line(row.person, row.reports_to, Position.objects.boss_of(row.valid_from))
        row.full_clean()
        keep(row, by=by, reason=reason, at=at)
