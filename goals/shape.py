"""The small drawing of a series as text: what a sparkline needs, and nothing else.

A standing keeps it, so that a list of goals reads one row for each series, however many years of
numbers lie behind it; and what the list showed at a moment can be shown again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from goals.fields import Exact, exact_text, parse_exact

MOST_DOTS = 40  # as many as can be told apart at the width of a sparkline

PROVISIONAL, AFTER_GAP = "p", "g"


@dataclass(frozen=True)
class ShapeDot:
    on: date
    value: Exact
    is_provisional: bool = False
    has_gap_before: bool = False


@dataclass(frozen=True)
class Shape:
    """The newest comparable values, oldest first, and where the path bends."""

    dots: tuple[ShapeDot, ...] = ()
    path: tuple[tuple[date, Exact], ...] = ()


def shape_of(dots: Sequence[ShapeDot], path: Iterable[tuple[date, Exact]] = ()) -> Shape:
    return Shape(tuple(dots[-MOST_DOTS:]), tuple(path))


def to_text(shape: Shape) -> str:
    return json.dumps(
        [
            [[each.on.isoformat(), exact_text(each.value), _marks(each)] for each in shape.dots],
            [[on.isoformat(), exact_text(value)] for on, value in shape.path],
        ],
        separators=(",", ":"),
    )


def from_text(text: str) -> Shape:
    """The empty text is a shape without anything. Raises ValueError for what is no shape."""
    if not text:
        return Shape()
    dots, path = json.loads(text)
    return Shape(
        tuple(
            ShapeDot(
                date.fromisoformat(on), parse_exact(value), PROVISIONAL in marks, AFTER_GAP in marks
            )
            for on, value, marks in dots
        ),
        tuple((date.fromisoformat(on), parse_exact(value)) for on, value in path),
    )


def _marks(dot: ShapeDot) -> str:
    return PROVISIONAL * dot.is_provisional + AFTER_GAP * dot.has_gap_before
