"""Working days of a system. Values in, values out: no rows and no clock."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

DAYS_IN_WEEK = 7


class NoWorkingDaysError(ValueError):
    """All seven days are off: no working day can be counted."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days count: all but the weekly days off (ISO, Monday is 1) and the holidays.

    A system that never rests would make counting endless, so seven days off count as none.
    """

    days_off: frozenset[int] = frozenset()
    holidays: frozenset[date] = field(default_factory=frozenset)

    @classmethod
    def of(cls, days_off: Iterable[int], holidays: Iterable[date]) -> "WorkingCalendar":
        known = frozenset(day for day in days_off if 1 <= day <= DAYS_IN_WEEK)
        return cls(known if len(known) < DAYS_IN_WEEK else frozenset(), frozenset(holidays))

    @classmethod
    def strictly(cls, days_off: Iterable[int], holidays: Iterable[date]) -> "WorkingCalendar":
        """The same where somebody asks for such days and must hear that there are none.

        Raises NoWorkingDaysError.
        """
        off = frozenset(days_off)
        if off.issuperset(range(1, DAYS_IN_WEEK + 1)):
            raise NoWorkingDaysError
        return cls.of(off, holidays)

    def is_working(self, on: date) -> bool:
        return on.isoweekday() not in self.days_off and on not in self.holidays

    def shift(self, on: date, working_days: int) -> date:
        """The working day so many working days after (or, if negative, before) a day."""
        step = timedelta(days=1 if working_days >= 0 else -1)
        left, day = abs(working_days), on
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def distance(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end`; negative if it lies before.

        The day counted from never counts and the day counted to does, both ways, so that from any
        day the distance to where `shift` landed is what was shifted by.
        """
        if end < start:
            return -self._working(end, start)
        return self._working(start + timedelta(days=1), end + timedelta(days=1))

    def _working(self, first: date, beyond: date) -> int:
        days = (first + timedelta(days=n) for n in range((beyond - first).days))
        return sum(self.is_working(day) for day in days)

    def nth_of_month(self, year: int, month: int, nth: int) -> date | None:
        """The nth working day of a month; None if it has fewer."""
        days = (date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1))
        working = [day for day in days if self.is_working(day)]
        return working[nth - 1] if 1 <= nth <= len(working) else None


def gaps(days: Sequence[date]) -> list[int]:
    """Calendar days from each date to the next."""
    return [(after - before).days for before, after in pairwise(days)]


@dataclass(frozen=True)
class WrittenDays:
    """Days read from a pasted list, and the lines that could not be read, with why."""

    days: tuple[tuple[date, str], ...] = ()
    problems: tuple[tuple[int, str], ...] = ()


NO_DAY, NO_NAME, LONG_NAME = "no_day", "no_name", "long_name"
LONGEST_NAME = 80


def read_days(text: str) -> WrittenDays:
    """`2026-12-25 Christmas Day`, one a line; commas, semicolons or tabs may stand between."""
    days: dict[date, str] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            on, name = _read_day(line.strip())
        except ValueError as problem:
            problems.append((number, str(problem)))
        else:
            days[on] = name
    return WrittenDays(tuple(sorted(days.items())), tuple(problems))


def _read_day(line: str) -> tuple[date, str]:
    try:
        on = date.fromisoformat(line[:10])
    except ValueError as problem:
        raise ValueError(NO_DAY) from problem
    name = line[10:].strip(" \t,;:\"'-–")
    if not name:
        raise ValueError(NO_NAME)
    if len(name) > LONGEST_NAME:
        raise ValueError(LONG_NAME)
    return on, name
