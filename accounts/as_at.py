"""The day that a page is read as at: today, or as things were known at the end of an earlier day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

PARAMETER = "as_at"
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class AsAt:
    """`known_at` is None for today; `problem` says why a day that was asked for is not shown."""

    on: date
    moment: datetime
    known_at: datetime | None = None
    problem: str = ""

    @property
    def is_past(self) -> bool:
        return self.known_at is not None

    @property
    def query(self) -> str:
        """What keeps a link in the same day: as_at=2026-06-30, or nothing."""
        return f"{PARAMETER}={self.on.isoformat()}" if self.is_past else ""

    @property
    def asked(self) -> str:
        """The same as the end of an address that asks for nothing else."""
        return f"?{self.query}" if self.query else ""


def as_at(text: str, *, now: datetime) -> AsAt:
    """The day that somebody asked for, in the current time zone. What is no past day is today."""
    today = timezone.localdate(now)
    if not text:
        return AsAt(today, now)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return AsAt(today, now, problem=_("Write the day like 2026-06-30. This page is of today."))
    if day > today:
        return AsAt(today, now, problem=_("That day has not come yet. This page is of today."))
    if day < EARLIEST:
        return AsAt(today, now, problem=_("Nothing was kept so early. This page is of today."))
    if day == today:
        return AsAt(today, now)
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    # In UTC, since clocks that are set back may show the last hour of a day twice.
    known = (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(end.tzinfo)
    return AsAt(day, known, known)
