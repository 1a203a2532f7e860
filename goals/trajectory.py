"""The expected path of an indicator from baseline to target (FORMULAS 0, 0.2 and 1).

Everything here is exact: values are Fractions, and no formula reads the clock.
"""

from bisect import bisect_right
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from goals.rounding import Number

MONTHS = 12
QUARTERS = 4


class TrajectoryError(ValueError):
    """No path can be drawn: `code` is invalid_trajectory, insufficient_history or invalid_axis."""

    def __init__(self, code: str = "invalid_trajectory") -> None:
        super().__init__(code)
        self.code = code


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    RANGE = "range"

    @property
    def sign(self) -> int:
        """+1 if higher is better. A range counts the distance outside it, so less is better."""
        return 1 if self is Direction.UP else -1


class Method(StrEnum):
    LINEAR = "linear"
    CUSTOM = "custom"
    STEP = "step"
    SEASONAL = "seasonal"
    HOLD = "hold"
    HALVE_DISTANCE = "halve_distance"

    @property
    def fits_a_range(self) -> bool:
        """Whether there is such a path of distances outside a range."""
        return self not in (Method.SEASONAL, Method.HALVE_DISTANCE)


class TimeAxis(StrEnum):
    DAYS = "days"
    MONTHS = "months"

    def tau(self, on: date) -> Fraction:
        """The place of a day on the axis. On the months axis month ends are whole numbers."""
        if self is TimeAxis.DAYS:
            return Fraction(on.toordinal())
        length = monthrange(on.year, on.month)[1]
        return MONTHS * on.year + (on.month - 1) + Fraction(on.day, length)

    def years(self, on: date, days_per_year: Fraction) -> Fraction:
        """The same place in years, so that what is said per year is said on the same axis."""
        return self.tau(on) / (MONTHS if self is TimeAxis.MONTHS else days_per_year)


@dataclass(frozen=True)
class Point:
    on: date
    value: Fraction

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", Fraction(self.value))


@dataclass(frozen=True)
class Range:
    """A value should lie between `low` and `high`, both included."""

    low: Fraction
    high: Fraction

    @classmethod
    def between(cls, low: Number | None, high: Number | None) -> "Range | None":
        """None where there is no range."""
        return None if low is None or high is None else cls(Fraction(low), Fraction(high))

    def distance(self, value: Fraction) -> Fraction:
        """How far a value lies outside; zero inside."""
        return max(Fraction(self.low) - value, value - Fraction(self.high), Fraction(0))


@dataclass(frozen=True)
class Bounds:
    """The values that there can be: a percentage from 0 to 100, a count from 0."""

    low: Fraction | None = None
    high: Fraction | None = None

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, Fraction(value))

    def clip(self, value: Fraction) -> Fraction:
        if self.low is not None:
            value = max(value, self.low)
        return value if self.high is None else min(value, self.high)

    @property
    def span(self) -> Fraction | None:
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True)
class Trajectory:
    """A path by one of six methods. What a method does not use is left out or ignored.

    linear and seasonal go from `baseline` to `target`; halve_distance to a computed target at the
    target's date; custom and step go through `points`; hold stays at the target from `start`.
    Raises TrajectoryError when it is made of values that no path can be drawn through.
    """

    method: Method
    time_axis: TimeAxis = TimeAxis.DAYS
    baseline: Point | None = None
    target: Point | None = None
    points: tuple[Point, ...] = ()
    season_length: int | None = None
    history: tuple[Point, ...] = ()
    start: date | None = None
    limit: Fraction | None = None
    decimals: int = 1

    def __post_init__(self) -> None:
        match self.method:
            case Method.CUSTOM | Method.STEP:
                self._check_points()
            case Method.HOLD:
                self._check(self.target is not None)
            case _:
                self._check(self._runs_forward)
        if self.method is Method.SEASONAL:
            self._check(self.season_length in (QUARTERS, MONTHS))
            self._check(len(self.seasons) == self.season_length, "insufficient_history")

    def _check(self, holds: bool, code: str = "invalid_trajectory") -> None:  # noqa: FBT001 - private
        if not holds:
            raise TrajectoryError(code)

    def _check_points(self) -> None:
        self._check(len(self.points) > 1)
        self._check(all(one.on < other.on for one, other in pairwise(self.points)))

    @property
    def _runs_forward(self) -> bool:
        return bool(self.baseline and self.target and self.baseline.on < self.target.on)

    @property
    def is_hold(self) -> bool:
        return self.method is Method.HOLD

    @cached_property
    def first(self) -> Point | None:
        """Where the path starts: b and t_b of the formulas. A hold starts without a baseline."""
        if self.method in (Method.CUSTOM, Method.STEP):
            return self.points[0]
        return self.baseline

    @cached_property
    def last(self) -> Point:
        """What is to be reached, and when: T and t_T of the formulas."""
        if self.method in (Method.CUSTOM, Method.STEP):
            return self.points[-1]
        assert self.target is not None  # noqa: S101 - checked when the path was made
        if self.method is Method.HALVE_DISTANCE:
            return Point(self.target.on, self._halved)
        return self.target

    @cached_property
    def _halved(self) -> Fraction:
        from goals.targets import halve_distance  # noqa: PLC0415 - targets know no path

        assert self.baseline is not None  # noqa: S101 - checked when the path was made
        limit = Fraction(100) if self.limit is None else Fraction(self.limit)
        return halve_distance(self.baseline.value, limit=limit, decimals=self.decimals).stored

    @property
    def start_on(self) -> date | None:
        """The first day for which the path says something."""
        if self.is_hold:
            return self.start
        return self.first.on if self.first else None

    @property
    def movement(self) -> Fraction:
        """M: how much is to change in all; nothing for a hold without a baseline."""
        if self.first is None:
            return Fraction(0)
        return abs(self.last.value - self.first.value)

    def expected(self, on: date) -> Fraction:
        """E(d): the value that the path asks for on a day."""
        match self.method:
            case Method.HOLD:
                return self.last.value
            case Method.STEP:
                before = [point for point in self.points if point.on <= on]
                return (before[-1] if before else self.points[0]).value
            case Method.SEASONAL:
                return self._between(self._ends, on) + self.seasons[self._season(on)]
            case Method.CUSTOM:
                return self._between(self.points, on)
            case _:
                return self._between(self._ends, on)

    @property
    def _ends(self) -> tuple[Point, ...]:
        assert self.first is not None  # noqa: S101 - checked when the path was made
        return (self.first, self.last)

    def _between(self, points: tuple[Point, ...], on: date) -> Fraction:
        """Straight lines through the points; before the first and after the last it is flat."""
        place = bisect_right([point.on for point in points], on)
        if place == 0:
            return points[0].value
        if place == len(points):
            return points[-1].value
        before, after = points[place - 1], points[place]
        tau = self.time_axis.tau
        share = (tau(on) - tau(before.on)) / (tau(after.on) - tau(before.on))
        return before.value + (after.value - before.value) * share

    # --- seasons ---------------------------------------------------------------------------------

    def _period(self, on: date) -> int:
        assert self.season_length  # noqa: S101 - checked when the path was made
        return (MONTHS * on.year + on.month - 1) // (MONTHS // self.season_length)

    def _season(self, on: date) -> int:
        assert self.season_length  # noqa: S101 - checked when the path was made
        return self._period(on) % self.season_length

    @cached_property
    def seasons(self) -> Mapping[int, Fraction]:
        """S of every season: mean distance from the centred mean of a year; they sum to zero."""
        length = self.season_length
        if not length:
            return {}
        values = {self._period(point.on): point.value for point in self.history}
        distances: dict[int, list[Fraction]] = defaultdict(list)
        for period, value in values.items():
            around = [values.get(period + step) for step in range(-length // 2, length // 2 + 1)]
            whole = [each for each in around if each is not None]
            if len(whole) == length + 1:
                centre = (sum(whole, Fraction(0)) - (whole[0] + whole[-1]) / 2) / length
                distances[period % length].append(value - centre)
        raw = {season: sum(each, Fraction(0)) / len(each) for season, each in distances.items()}
        mean = sum(raw.values(), Fraction(0)) / length
        return {season: value - mean for season, value in raw.items()}

    # --- other views of the same path ------------------------------------------------------------

    def outside(self, within: Range) -> "Trajectory":
        """The same path of distances outside a range. Seasons and halving have no such path."""
        if not self.method.fits_a_range:
            raise TrajectoryError

        def moved(point: Point | None) -> Point | None:
            return point and Point(point.on, within.distance(point.value))

        return replace(
            self,
            baseline=moved(self.baseline),
            target=moved(self.target),
            points=tuple(Point(p.on, within.distance(p.value)) for p in self.points),
        )

    def bends(self, until: date | None = None) -> tuple[Point, ...]:
        """The points through which the path is drawn, from its start to its end.

        A step has two points on each jump; a hold runs from its start to `until`.
        """
        match self.method:
            case Method.CUSTOM:
                return self.points
            case Method.STEP:
                return self._stairs()
            case Method.SEASONAL:
                return self._season_ends()
            case Method.HOLD:
                first = self.start or self.last.on
                last = max(first, until or first, self.last.on)
                return (Point(first, self.last.value), Point(last, self.last.value))
            case _:
                return self._ends

    def _stairs(self) -> tuple[Point, ...]:
        stairs = [self.points[0]]
        for before, after in pairwise(self.points):
            stairs += [Point(after.on, before.value), after]
        return tuple(stairs)

    def _season_ends(self) -> tuple[Point, ...]:
        first, last = self._ends
        ends = {first.on, last.on}
        day = first.on
        while day < last.on:
            ends.add(day)
            day = self._next_period_end(day)
        return tuple(Point(on, self.expected(on)) for on in sorted(ends) if on <= last.on)

    def _next_period_end(self, on: date) -> date:
        assert self.season_length  # noqa: S101 - checked when the path was made
        index = MONTHS * on.year + on.month - 1 + MONTHS // self.season_length
        following = date((index + 1) // MONTHS, (index + 1) % MONTHS + 1, 1)
        return following - timedelta(days=1)
