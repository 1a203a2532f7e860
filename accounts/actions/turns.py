"""How rows with a history are changed: one after another, with who, when and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

REASON_LENGTH = 100  # what the history keeps of it


class ChangedMeanwhile(Exception):
    """Somebody else changed the row after the form was drawn."""

    def __str__(self) -> str:
        return _(
            "Somebody changed this in the meantime. Look at what is here now, then save again."
        )


def take_turns() -> None:
    """Whoever changes people, roles or accounts does so after whoever began before.

    The row of the first person, which is always there, is the key to that room. It is given back
    at the end of the transaction.
    """
    User.objects.select_for_update().order_by("pk").first()


@contextmanager
def one_after_another() -> Iterator[None]:
    """What only one person may hold at a time is looked up before it is written."""
    with transaction.atomic():
        take_turns()
        yield


def keep(row: Any, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Saves the row; its history says who changed it, when, and why."""
    _sign(row, by=by, at=at, reason=reason)
    row.save()


def end(row: Any, *, last_day: date, by: User | None, reason: str, at: datetime) -> None:
    """The row holds until that day at the latest; one that would only begin later never does."""
    if row.valid_from > last_day:
        forget(row, by=by, reason=reason, at=at)
    elif row.valid_to is None or row.valid_to > last_day:
        row.valid_to = last_day
        keep(row, by=by, reason=reason, at=at)


def forget(row: Any, *, by: User | None, at: datetime, reason: str = "") -> None:
    """Deletes a row that never came to hold; its history stays."""
    _sign(row, by=by, at=at, reason=reason)
    row.delete()


def _sign(row: Any, *, by: User | None, at: datetime, reason: str) -> None:
    row._history_user, row._history_date = by, at  # noqa: SLF001 - names of the history package
    row._change_reason = reason[:REASON_LENGTH]  # noqa: SLF001


def version_of(row: Any) -> int:
    """Rises with every change; a form carries the one that it was drawn from."""
    newest = row.history.order_by("-history_id").values_list("history_id", flat=True).first()
    return int(newest or 0)


def check_unchanged(row: Any, seen: int | None) -> None:
    if seen is not None and seen != version_of(row):
        raise ChangedMeanwhile


def need_reason_for_past(days: list[date | None], *, reason: str, at: datetime) -> None:
    """A day that is over is corrected, and a correction says why."""
    today = timezone.localdate(at)
    if not reason and any(day is not None and day < today for day in days):
        raise ValidationError(
            {"reason": _("This changes what held in the past. Say why it is corrected.")}
        )
