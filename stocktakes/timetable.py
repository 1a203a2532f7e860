"""What is due when: the whole timetable, as plain values. No rows, no clock, no settings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAILY = "daily"

# How many days late a number is when another reminder is due; after the last step, weekly.
LADDER = (1, 3, 7, 14)
WEEK = 7

# The tick comes every five minutes; a worker that missed three has stopped.
SILENT_AFTER = timedelta(minutes=15)
# Somebody should have made a copy of the system since.
BACKUP_WANTED_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Due:
    routine: str
    on: date


@dataclass(frozen=True)
class Morning:
    """A day that has begun in a zone."""

    zone: str
    on: date

    @property
    def key(self) -> str:
        return f"{self.on.isoformat()} {self.zone}"

    @classmethod
    def from_key(cls, key: str) -> "Morning":
        day, _space, zone = key.partition(" ")
        return cls(zone, date.fromisoformat(day))

    def is_over(self, moment: datetime) -> bool:
        return moment.astimezone(ZoneInfo(self.zone)).date() > self.on


def due_routines(moment: datetime, zone: str, hour: int) -> list[Due]:
    """What ought to have run by now today. A day on which nothing ran is not made up for.

    The hour is local: on the day the clocks change the routine still runs once.
    """
    local = moment.astimezone(ZoneInfo(zone))
    return [Due(DAILY, local.date())] if local.hour >= hour else []


def due_mornings(moment: datetime, zones: Iterable[str], hour: int) -> list[Morning]:
    """Where in the world it is past the hour by now, and of which day there; by zone.

    The same rule as that of the routine, told by each zone's own clock.
    """
    return [
        Morning(zone, due.on) for zone in sorted(zones) for due in due_routines(moment, zone, hour)
    ]


def next_daily(moment: datetime, zone: str, hour: int) -> datetime:
    """When the daily routine is due next."""
    local = moment.astimezone(ZoneInfo(zone))
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due > local else due + timedelta(days=1)


def reminder_step(late_days: int) -> int:
    """Which reminder a number that is so many days late has reached; 0 while it is not late."""
    steps = sum(late_days >= step for step in LADDER)
    return steps + max(0, late_days - LADDER[-1]) // WEEK


def is_new_reminder(late_days: int, since: date | None, on: date) -> bool:
    """Whether a step was reached since the person was last written to."""
    if since is None:
        return late_days > 0
    before = late_days - (on - since).days
    return reminder_step(late_days) > reminder_step(max(0, before))


def week_of(on: date) -> date:
    return on - timedelta(days=on.weekday())
