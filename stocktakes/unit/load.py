"""How much a consultant carries (F22): goals held as primary, heavier off course, by share of time.

A goal counts 1; 0.5 more if its rating is 1 or 2; 1 more on level 3 or 4. The sum is divided by the
share of full time. Backups and paused goals weigh nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

ALARM = Fraction(4)
HEAVY_RATINGS = frozenset({1, 2})
INTENSIVE_LEVEL = 3


@dataclass(frozen=True)
class Held:
    """A goal that somebody looks after. `lod`: the agreed rating 1 to 4; none or 0 is unrated."""

    lod: int | None = None
    level: int | None = None
    is_primary: bool = True
    is_active: bool = True

    @property
    def points(self) -> Fraction:
        if not (self.is_primary and self.is_active):
            return Fraction(0)
        heavy = Fraction(1, 2) if self.lod in HEAVY_RATINGS else Fraction(0)
        intensive = 1 if self.level is not None and self.level >= INTENSIVE_LEVEL else 0
        return 1 + heavy + intensive


@dataclass(frozen=True)
class Load:
    """`load` is none for somebody without any time for the Unit."""

    points: Fraction
    load: Fraction | None
    alarm: bool


def load_of(
    goals: Iterable[Held], *, fte_percent: Fraction | int, alarm: Fraction | int = ALARM
) -> Load:
    points = sum((goal.points for goal in goals), Fraction(0))
    if fte_percent == 0:
        return Load(points, None, alarm=points > 0)
    load = points / (Fraction(fte_percent) / 100)
    return Load(points, load, alarm=load > alarm)
