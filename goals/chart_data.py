"""What a chart is made of: plain values and the words on it. No rows, no drawing."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from goals.fields import Exact


@dataclass(frozen=True)
class Dot:
    """A value at the end of its period. One that stands before a break is not comparable."""

    on: date
    value: Exact
    is_provisional: bool = False
    is_comparable: bool = True
    has_gap_before: bool = False  # a period without a value lies between this one and the last


@dataclass(frozen=True)
class Line:
    """The approved path at the dates where it bends, and how far behind still counts as on it."""

    dots: tuple[tuple[date, Exact], ...]
    tolerance: Exact | None = None


@dataclass(frozen=True)
class FanStep:
    """One period to come: four times in five its value lies from low to high."""

    on: date
    low: Exact
    middle: Exact
    high: Exact


@dataclass(frozen=True)
class Break:
    """A day from which another definition holds, whose values do not compare with those before."""

    on: date
    before: str
    after: str


@dataclass(frozen=True)
class Replaced:
    """A version of the path that was in force before."""

    label: str
    dots: tuple[tuple[date, Exact], ...]


@dataclass(frozen=True)
class Labels:
    """The words written into a chart; empty ones are left out."""

    title: str
    latest: str = ""
    latest_note: str = ""
    expected: str = ""
    target: str = ""
    target_note: str = ""
    baseline: str = ""
    old: str = ""
    fan: str = ""
    fan_note: str = ""
    unit: str = ""  # after the highest number of the axis: %, or nothing


@dataclass(frozen=True)
class ChartData:
    labels: Labels
    actual: tuple[Dot, ...] = ()
    line: Line | None = None
    target: tuple[date, Exact] | None = None
    baseline: tuple[date, Exact] | None = None
    expected: Exact | None = None  # by the path at the newest value's own date
    decimals: int = 1
    fan: tuple[FanStep, ...] = ()
    breaks: tuple[Break, ...] = ()
    replaced: tuple[Replaced, ...] = ()

    @property
    def newest(self) -> Dot | None:
        return self.actual[-1] if self.actual else None

    @property
    def falls(self) -> bool:
        """Whether the path leads down from its baseline."""
        if self.baseline is None or self.target is None:
            return False
        return Fraction(self.target[1]) < Fraction(self.baseline[1])

    @property
    def dates(self) -> list[date]:
        """Every date that the chart shows, in order."""
        days = {dot.on for dot in self.actual} | {on for on, _value in self._path}
        days |= {step.on for step in self.fan}
        days |= {on for each in self.replaced for on, _value in each.dots}
        return sorted(days | ({self.target[0]} if self.target else set()))

    @property
    def values(self) -> list[Fraction]:
        """Every value that the chart has to hold, the edges of the tolerance among them."""
        reach = Fraction(self.line.tolerance or 0) if self.line else Fraction(0)
        found = [Fraction(dot.value) for dot in self.actual]
        for _on, value in self._path:
            found += [Fraction(value) - reach, Fraction(value) + reach]
        found += [Fraction(value) for each in self.replaced for _on, value in each.dots]
        found += [Fraction(edge) for step in self.fan for edge in (step.low, step.high)]
        if self.target:
            found.append(Fraction(self.target[1]))
        return found

    @property
    def _path(self) -> tuple[tuple[date, Exact], ...]:
        return self.line.dots if self.line else ()
