"""The projection fan of a chart: where a series may go if it moves on as it did.

A model of its own, apart from the pace check of the standings; it is only drawn, never stored and
never compared with a target. It says nothing where the data cannot carry it, and says why.
How it was chosen and how good it is: docs/decisions/0028-projection-fan.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from goals.data_age import DAYS, MONTHS, Frequency, add_months
from goals.rounding import text
from goals.series import DuplicatePeriodError
from goals.smoothing import Forecast, forecast
from goals.trajectory import Bounds, Point, TimeAxis

FURTHEST = 8  # periods ahead
FEWEST = 8  # values
MOST = 120  # older values say little of what comes
MOST_MISSING_RUN = 3  # periods in a row; what lies before a longer gap is left out
FEWEST_PER_PERIOD = Fraction(3, 4)  # of the periods must have a value
OFF_STEP = Fraction(1, 4)  # of a step: a value farther from its place is no value of that period
WIDEST = 4  # times the spread of the values seen: a wider range says nothing
WIDEST_OF_POSSIBLE = Fraction(3, 4)
SEASONS = {
    Frequency.DAILY: 7,
    Frequency.MONTHLY: 12,
    Frequency.QUARTERLY: 4,
    Frequency.HALF_YEARLY: 2,
}  # in periods; weeks are too many to a year to learn one from what a chart holds


class Silence(StrEnum):
    """Why there is no fan."""

    TOO_FEW = "too_few"
    TOO_FEW_SINCE_BREAK = "too_few_since_break"
    LESS_THAN_TWO_SEASONS = "less_than_two_seasons"
    TOO_IRREGULAR = "too_irregular"
    NEVER_MOVED = "never_moved"
    TOO_WIDE = "too_wide"


@dataclass(frozen=True)
class Fan:
    """What may be said of one period to come: four times in five it lies from low to high."""

    on: date
    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True)
class Projection:
    """The fan, period by period; or none, and why. `used` values from `first` on carry it."""

    fans: tuple[Fan, ...] = ()
    silence: Silence | None = None
    used: int = 0
    needed: int = FEWEST
    first: date | None = None
    missing: int = 0  # periods between them without a value
    is_seasonal: bool = False
    ends_early: bool = False  # farther ahead the range would say nothing

    def __bool__(self) -> bool:
        return bool(self.fans)


def project(
    points: Sequence[Point],
    frequency: Frequency,
    *,
    bounds: Bounds | None = None,
    comparable_since: date | None = None,
    decimals: int = 1,
    horizon: int = FURTHEST,
) -> Projection:
    """The fan after the newest value. Values before `comparable_since` are of another definition.

    Raises DuplicatePeriodError.
    """
    if len({point.on for point in points}) < len(points):
        raise DuplicatePeriodError
    ordered = sorted(points, key=lambda point: point.on)
    since = [p for p in ordered if comparable_since is None or p.on >= comparable_since]
    if silence := _too_few(ordered, since):
        return Projection(silence=silence, used=len(since))
    kept = evenly_spaced(since, frequency)
    known = [value for value in kept if value is not None]
    season = SEASONS.get(frequency, 1)
    facts = Projection(
        used=len(known),
        needed=max(FEWEST, 2 * season),
        first=since[-len(known)].on if known else None,
        missing=len(kept) - len(known),
    )
    if silence := _unfit(kept, known, facts.needed):
        return replace(facts, silence=silence)
    scale = _Scale(min(known), max(known), bounds or Bounds(), decimals)
    found = forecast([None if v is None else scale.share(v) for v in kept], season, horizon)
    fans = _fans(found, scale, _periods_after(since[-1].on, frequency, horizon))
    if not fans:
        return replace(facts, silence=Silence.TOO_WIDE)
    return replace(facts, fans=fans, is_seasonal=found.is_seasonal, ends_early=len(fans) < horizon)


def _too_few(all_points: Sequence[Point], since: Sequence[Point]) -> Silence | None:
    if len(all_points) < FEWEST:
        return Silence.TOO_FEW
    return Silence.TOO_FEW_SINCE_BREAK if len(since) < FEWEST else None


def _unfit(
    values: Sequence[Fraction | None], known: Sequence[Fraction], needed: int
) -> Silence | None:
    if len(known) < FEWEST or len(known) < FEWEST_PER_PERIOD * len(values):
        return Silence.TOO_IRREGULAR
    if len(values) < needed:
        return Silence.LESS_THAN_TWO_SEASONS
    return Silence.NEVER_MOVED if min(known) == max(known) else None


def evenly_spaced(points: Sequence[Point], frequency: Frequency) -> list[Fraction | None]:
    """The values that a fan builds on, oldest first, with None for a period without one.

    Nothing where they do not fit the steps; after a long gap, only what followed it.
    """
    kept = _after_last_long_gap(_grid(points, frequency))[-MOST:]
    return kept[next((at for at, value in enumerate(kept) if value is not None), 0) :]


def _grid(points: Sequence[Point], frequency: Frequency) -> list[Fraction | None]:
    places: dict[int, Fraction] = {}
    for point in points:
        back = _steps_between(point.on, points[-1].on, frequency)
        if abs(back - round(back)) > OFF_STEP or round(back) in places:
            return []
        places[round(back)] = point.value
    return [places.get(back) for back in range(max(places), -1, -1)]


def _steps_between(one: date, other: date, frequency: Frequency) -> Fraction:
    if days := DAYS.get(frequency):
        return Fraction((other - one).days, days)
    return (TimeAxis.MONTHS.tau(other) - TimeAxis.MONTHS.tau(one)) / MONTHS[frequency]


def _after_last_long_gap(values: list[Fraction | None]) -> list[Fraction | None]:
    gap = 0
    for at in range(len(values) - 1, -1, -1):
        gap = gap + 1 if values[at] is None else 0
        if gap > MOST_MISSING_RUN:
            return values[at + gap :]
    return values


def _periods_after(newest: date, frequency: Frequency, count: int) -> list[date]:
    if days := DAYS.get(frequency):
        return [newest + timedelta(days=days * step) for step in range(1, count + 1)]
    return [add_months(newest, MONTHS[frequency] * step) for step in range(1, count + 1)]


@dataclass(frozen=True)
class _Scale:
    """The model works between 0 (the lowest value seen) and 1 (the highest), whatever the unit."""

    low: Fraction
    high: Fraction
    bounds: Bounds
    decimals: int

    def share(self, value: Fraction) -> float:
        return float((value - self.low) / (self.high - self.low))

    def value(self, share: float) -> Fraction:
        return self.low + Fraction(share) * (self.high - self.low)

    def shown(self, value: Fraction) -> Decimal:
        """Rounded; and where rounding led out of what is possible, the bound itself."""
        rounded = Decimal(text(value, self.decimals))
        if (clipped := self.bounds.clip(Fraction(rounded))) == rounded:
            return rounded
        return Decimal(clipped.numerator) / Decimal(clipped.denominator)

    def says_something(self, width: Fraction) -> bool:
        span = self.bounds.span
        if span is not None and width > WIDEST_OF_POSSIBLE * span:
            return False
        return width <= WIDEST * (self.high - self.low)


def _fans(found: Forecast, scale: _Scale, periods: Sequence[date]) -> tuple[Fan, ...]:
    """As far ahead as the range still says something."""
    least = Fraction(1, 2 * 10**scale.decimals)  # no value is known better than this
    fans = []
    for on, centre, half in zip(periods, found.middles, found.reaches, strict=True):
        middle = scale.value(centre)
        reach = max(least, scale.value(half) - scale.low)
        low, high = scale.bounds.clip(middle - reach), scale.bounds.clip(middle + reach)
        if not scale.says_something(high - low):
            break
        fans.append(Fan(on, scale.shown(low), scale.shown(middle), scale.shown(high)))
    return tuple(fans)
