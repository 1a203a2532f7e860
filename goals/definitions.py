"""Which values of an indicator may be compared with one another (FORMULAS 9, breaks)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Definition:
    number: int
    valid_from: date | None = None
    is_comparable: bool = True  # with the definition before it


def number_in_force(definitions: Sequence[Definition], on: date) -> int:
    """The highest number that holds on the day; 1 where nothing was written down."""
    held = [d.number for d in definitions if d.valid_from is None or d.valid_from <= on]
    return max(held, default=1)


def breaks_between(definitions: Sequence[Definition], one: int, other: int) -> tuple[int, ...]:
    """Numbers of the definitions that stand between the two as breaks, lowest first."""
    low, high = sorted((one, other))
    return tuple(
        sorted(d.number for d in definitions if low < d.number <= high and not d.is_comparable)
    )


def is_comparable(definitions: Sequence[Definition], one: int, other: int) -> bool:
    return not breaks_between(definitions, one, other)
