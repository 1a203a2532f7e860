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


@contextmanager
def one_after_another() -> Iterator[None]:
    """What only one person may hold at a time is looked up before it is written.

    The row of the first person, which is always there, is the key to that room.
    """
    with transaction.atomic():
        User.objects.select_for_update().order_by("pk").first()
        yield


def keep(row: Any, *, by: User | None, reason: str, at: datetime) -> None:
    """Saves the row; its history says who changed it, when, and why."""
    row._history_user, row._history_date = by, at  # noqa: SLF001 - names of the history package
    row._change_reason = reason[:REASON_LENGTH]  # noqa: SLF001
    row.save()


def forget(row: Any, *, by: User | None, reason: str, at: datetime) -> None:
    """Deletes a row that never came to hold; its history stays."""
    row._history_user, row._history_date = by, at  # noqa: SLF001
    row._change_reason = reason[:REASON_LENGTH]  # noqa: SLF001
    row.delete()


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
