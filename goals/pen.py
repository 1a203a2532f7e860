"""What every drawing is made with: where things lie, how a mark is dressed, how words are set.

Coordinates are pixels, so floats. Every text is escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from html import escape

LETTER = 7.8  # how wide a character is, in pixels; drawn text cannot be measured here

# Presentation attributes for paper, where no style sheet reaches into the drawing.
PRINT = {
    "c-grid": 'stroke="#e6e4dc" stroke-width="1"',
    "c-axis": 'stroke="#828890" stroke-width="1"',
    "c-hist": 'fill="none" stroke="#828890" stroke-width="2.25"',
    "c-hist-pt": 'fill="#828890"',
    "c-act": 'fill="none" stroke="#15202b" stroke-width="3" stroke-linejoin="round"',
    "c-pt": 'fill="#15202b" stroke="#ffffff" stroke-width="1.5"',
    "c-prov": 'fill="#ffffff" stroke="#15202b" stroke-width="2.75"',
    "c-traj": 'fill="none" stroke="#2a3590" stroke-width="2" stroke-dasharray="7 4"',
    "c-band": 'fill="#e4e6f4"',
    "c-target": 'fill="#2a3590"',
    "c-old": 'fill="none" stroke="#2a3590" stroke-width="1" stroke-dasharray="1 4"',
    "c-fan": 'fill="#f4dfc4" fill-opacity="0.75"',
    "c-fanline": 'fill="none" stroke="#a65300" stroke-width="2" stroke-dasharray="2 4"',
    "c-fan-t": 'fill="#a65300"',
    "c-break": 'stroke="#46525e" stroke-width="1.5" stroke-dasharray="3 3"',
    "c-gap": 'stroke="#a5113a" stroke-width="2"',
    "lbl": 'fill="#15202b"',
    "strong": 'fill="#15202b" font-weight="700"',
    "c-traj-t": 'fill="#2a3590"',
    "": 'fill="#5d6973"',
}


@dataclass(frozen=True)
class Frame:
    """Where things lie: the drawing's size, its margins, and the ranges of both axes."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    days: tuple[int, int]
    values: tuple[float, float]

    def x(self, on: date) -> float:
        first, last = self.days
        return self.left + (on.toordinal() - first) / (last - first) * self.inner_width

    def y(self, value: object) -> float:
        low, high = self.values
        share = (float(Fraction(str(value))) - low) / (high - low)
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    @property
    def inner_width(self) -> float:
        return self.width - self.left - self.right


def span(days: Sequence[date]) -> tuple[int, int]:
    first, last = days[0].toordinal(), days[-1].toordinal()
    if first == last:
        return first - 183, last + 183
    room = max(1, (last - first) // 40)
    return first - room, last + room


def place(number: float) -> str:
    """A coordinate with one decimal, so that the same data give the same text."""
    text = f"{number:.1f}"
    return "0.0" if text == "-0.0" else text


def points(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{place(x)},{place(y)}" for x, y in pairs)


def room(words: str) -> float:
    return len(words) * LETTER


def style(kind: str, styles: dict[str, str]) -> str:
    """The class, and for paper the attributes that the class would bring."""
    name = f' class="{kind}"' if kind else ""
    return f"{name} {styles[kind]}" if kind in styles else name


def text(
    x: float, y: float, words: str, kind: str, styles: dict[str, str], anchor: str = "start"
) -> str:
    if not words:
        return ""
    return (
        f"<text{style(kind, styles)}"
        f' x="{place(x)}" y="{place(y)}" text-anchor="{anchor}">{escape(words)}</text>'
    )
