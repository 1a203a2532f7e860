"""The values of one indicator that may be told as one story (FORMULAS 3 and 9).

Finals that are comparable with the newest final, oldest first. What is left out is kept beside
them, so that a page can say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from goals.definitions import Definition, breaks_between, is_comparable, number_in_force
from goals.policy import DEFAULT_POLICY, Policy
from goals.variance import Reading


class DuplicatePeriodError(ValueError):
    """Two values of the same period: nobody can say which of them counts."""


@dataclass(frozen=True)
class Series:
    """`newer` are provisional values after the newest final; `left_out` finals across a break."""

    finals: tuple[Reading, ...] = ()
    newer: tuple[Reading, ...] = ()
    left_out: tuple[Reading, ...] = ()

    def in_month(self, month: int) -> "Series":
        """Only the values whose periods end in one month of the year."""

        def those(rows: tuple[Reading, ...]) -> tuple[Reading, ...]:
            return tuple(row for row in rows if row.period_end.month == month)

        return replace(self, finals=those(self.finals), newer=those(self.newer))

    def carries_a_slope(self, policy: Policy = DEFAULT_POLICY) -> bool:
        return len(self.finals) >= max(policy.min_n_forecast, 1)


def series_of(readings: Iterable[Reading], definitions: Sequence[Definition] = ()) -> Series:
    """The story that the values tell, in whatever order they come. Raises DuplicatePeriodError."""
    rows = sorted(readings, key=lambda row: row.period_end)
    finals = [row for row in rows if row.is_final]
    if any(one.period_end == other.period_end for one, other in pairwise(finals)):
        raise DuplicatePeriodError
    if not finals:
        return Series(newer=tuple(row for row in rows if row.is_provisional))
    newest = finals[-1]

    last = definition_of(newest, definitions)
    known: dict[int, bool] = {}  # few definitions, many values

    def belongs(row: Reading) -> bool:
        number = definition_of(row, definitions)
        if number not in known:
            known[number] = is_comparable(definitions, number, last)
        return known[number]

    return Series(
        finals=tuple(row for row in finals if belongs(row)),
        newer=tuple(
            row
            for row in rows
            if row.is_provisional and row.period_end > newest.period_end and belongs(row)
        ),
        left_out=tuple(row for row in finals if not belongs(row)),
    )


def definition_of(reading: Reading, definitions: Sequence[Definition]) -> int:
    """Its own number, or that of the definition in force at the end of its period."""
    if reading.definition is not None:
        return reading.definition
    return number_in_force(definitions, reading.period_end)


@dataclass(frozen=True)
class ComparedReadings:
    """What changed between two values, or the definitions across which nobody may say."""

    change: Fraction | None
    blocked_by: tuple[int, ...] = ()
    since: tuple[date, ...] = ()  # when the blocking definitions came into force, where known

    @property
    def is_comparable(self) -> bool:
        return not self.blocked_by

    @property
    def reason(self) -> str | None:
        return "not_comparable" if self.blocked_by else None


def compare_readings(
    start: Reading, end: Reading, definitions: Sequence[Definition]
) -> ComparedReadings:
    numbers = definition_of(start, definitions), definition_of(end, definitions)
    blocked_by = breaks_between(definitions, *numbers)
    since = tuple(d.valid_from for d in definitions if d.number in blocked_by and d.valid_from)
    change = None if blocked_by else Fraction(end.value) - Fraction(start.value)
    return ComparedReadings(change, blocked_by, since)
