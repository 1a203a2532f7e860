"""The small drawing of a series as text: what a sparkline needs, and nothing else.

A standing keeps it, so that a list of goals reads one row for each series, however many years of
numbers lie behind it; and what the list showed at a moment can be shown again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from goals.chart_data import Dot
from goals.fields import Exact, exact_text, parse_exact

MOST_DOTS = 40  # as many as can be told apart at the width of a sparkline

PROVISIONAL, AFTER_GAP = "p", "g"


@dataclass(frozen=True)
class Shape:
    """The newest comparable values, oldest first, and where the path bends."""

    dots: tuple[Dot, ...] = ()
    path: tuple[tuple[date, Exact], ...] = ()


def shape_of(dots: Iterable[Dot], path: Iterable[tuple[date, Exact]] = ()) -> Shape:
    near = [dot for dot in dots if dot.is_comparable]
    return Shape(tuple(near[-MOST_DOTS:]), tuple(path))


def to_text(shape: Shape) -> str:
    return json.dumps(
        [
            [[dot.on.isoformat(), exact_text(dot.value), _marks(dot)] for dot in shape.dots],
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
        tuple(_dot(on, value, marks) for on, value, marks in dots),
        tuple((date.fromisoformat(on), parse_exact(value)) for on, value in path),
    )


def _dot(on: str, value: str, marks: str) -> Dot:
    return Dot(
        date.fromisoformat(on),
        parse_exact(value),
        is_provisional=PROVISIONAL in marks,
        has_gap_before=AFTER_GAP in marks,
    )


def _marks(dot: Dot) -> str:
    return PROVISIONAL * dot.is_provisional + AFTER_GAP * dot.has_gap_before
