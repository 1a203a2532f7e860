"""The arithmetic under the projection fan.

A trend (the mean of a damped one and of theta), held back towards the last value as far as that was
the better forecast in the past; and how far all of it was off, for the width of the fan.

Floats, on purpose: nothing from here is stored or compared with a target (docs/decisions/0028).
A series is a list of values at even steps, oldest first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

LEVELS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)  # how much of a surprise the level takes up
TRENDS = (0.05, 0.1, 0.2, 0.4, 0.7)  # how much of that the trend takes up
DAMPINGS = (0.8, 0.9, 0.97)  # what is left of the trend after each step
FIRST_SLOPE = 4  # the trend starts with the slope over so many steps

# Chosen on one half of the series and held against the other: docs/decisions/0028.
GROWTH = 0.5  # errors grow with the root of the steps, as those of a random walk do,
GROWTH_WEIGHT = 20.0  # unless the series itself says otherwise with more weight than this
GROWTHS = (0.1, 1.2)
NEARER = 6  # how sharply the nearer of trend and last value is preferred
FEW_ERRORS = 8  # a step ahead with fewer past errors counts less
FITTED = 1.0  # the trend's errors count more on a short series, to which it was fitted
ERRORS_BORROWED = 3  # as many one-step errors are taken from the plain steps of the series
REACH, REACH_OF_SHORT = 1.5, 8.0  # 80 % of what comes lies within so many typical errors


@dataclass(frozen=True)
class Smoothed:
    """Level and trend after each value, by one choice of how fast both follow."""

    level_share: float
    damping: float
    levels: list[float]
    trends: list[float]

    def ahead(self, at: int, steps: int) -> float:
        trend = sum(self.damping**step for step in range(1, steps + 1)) * self.trends[at]
        return self.levels[at] + trend

    def squares(self, values: Sequence[float]) -> float:
        """What each value was off from the forecast made just before it, squared and added up."""
        return sum((values[at + 1] - self.ahead(at, 1)) ** 2 for at in range(len(values) - 1))


@dataclass(frozen=True)
class Forecast:
    """Middles and half widths for one step ahead, two steps, and so on."""

    middles: list[float]
    reaches: list[float]
    is_seasonal: bool


def filled(values: Sequence[float | None]) -> list[float]:
    """Missing values on the straight line between their neighbours. Both ends must be known."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    whole = [known[0][1]]
    for (start, low), (end, high) in pairwise(known):
        step = (high - low) / (end - start)
        whole += [low + step * (place - start) for place in range(start + 1, end)] + [high]
    return whole


def forecast(values: Sequence[float | None], season: int, horizon: int) -> Forecast:
    """What may come, after a season of so many steps (1: none) is taken out."""
    whole = filled(values)
    offsets = seasonal_offsets(whole, season)
    was_known = [value is not None for value in values]
    plain = [value - offsets[at % season] for at, value in enumerate(whole)]
    model = _Model(plain, was_known, horizon)
    newest = len(whole) - 1
    middles = [
        model.ahead(newest, step) + offsets[(newest + step) % season]
        for step in range(1, horizon + 1)
    ]
    return Forecast(middles, model.reaches(), any(offsets))


class _Model:
    """For values without their season."""

    def __init__(self, values: list[float], was_known: Sequence[bool], horizon: int) -> None:
        self.values = values
        self.was_known = was_known
        self.horizon = horizon
        self.flat = _best(values, ((share, 0.0, 0.0) for share in LEVELS))
        self.damped = _best(
            values, ((a, a * b, kept) for a in LEVELS for b in TRENDS for kept in DAMPINGS)
        )
        self.slopes = _slopes_so_far(values)
        self.still = self._weight_of_last()

    def ahead(self, at: int, steps: int) -> float:
        return self.still * self.values[at] + (1 - self.still) * self.trend(at, steps)

    def trend(self, at: int, steps: int) -> float:
        """The mean of the damped trend and of theta: the level, and half the slope of the whole."""
        share = self.flat.level_share
        lag = (1 - (1 - share) ** (at + 1)) / share  # the smoothed level trails a line by this
        theta = self.flat.levels[at] + self.slopes[at] / 2 * (steps - 1 + lag)
        return (theta + self.damped.ahead(at, steps)) / 2

    def _weight_of_last(self) -> float:
        """How much of the forecast is the last value: more, the nearer that was in the past."""
        trend, last = (
            sum(
                sum(map(abs, errors)) / len(errors) * min(len(errors), FEW_ERRORS)
                for errors in self._errors(ahead)
                if errors
            )
            for ahead in (self.trend, lambda at, _steps: self.values[at])
        )
        trend *= 1 + FITTED / len(self.values)
        if not trend or not last:
            return 0.0 if last else 1.0
        return 1 / (1 + (last / trend) ** NEARER)

    def reaches(self) -> list[float]:
        errors = self._errors(self.ahead)
        moves = [abs(after - before) for before, after in pairwise(self.values)]
        plain = sum(moves) / len(moves)
        count = len(errors[0])
        typical = (_root_mean_square(errors[0]) * count + plain * ERRORS_BORROWED) / (
            count + ERRORS_BORROWED
        )
        if not typical:
            return [0.0] * self.horizon
        growth = _growth(errors, typical)
        reach = typical * (REACH + REACH_OF_SHORT / len(self.values))
        return [reach * step**growth for step in range(1, self.horizon + 1)]

    def _errors(self, ahead: Callable[[int, int], float]) -> list[list[float]]:
        """How far forecasts one step ahead, two and so on were off, after the first few moments."""
        first, length = _first_moment(len(self.values)), len(self.values)
        return [
            [
                self.values[at + step] - ahead(at, step)
                for at in range(first, length - step)
                if self.was_known[at + step]
            ]
            for step in range(1, self.horizon + 1)
        ]


def _first_moment(length: int) -> int:
    if length > 70:
        return length - 60
    return min(max(3, length // 4) if length < 40 else 10, length - 2)


def _best(values: Sequence[float], choices: Iterable[tuple[float, float, float]]) -> Smoothed:
    return min((_smoothed(values, *choice) for choice in choices), key=lambda s: s.squares(values))


def _smoothed(values: Sequence[float], share: float, trend_share: float, kept: float) -> Smoothed:
    steps = min(FIRST_SLOPE, len(values) - 1)
    level = values[0]
    trend = (values[steps] - level) / steps if trend_share else 0.0
    levels, trends = [level], [trend]
    for value in values[1:]:
        before = level
        level = share * value + (1 - share) * (before + kept * trend)
        trend = trend_share * (level - before) + (1 - trend_share) * kept * trend
        levels.append(level)
        trends.append(trend)
    return Smoothed(share, kept, levels, trends)


def _slopes_so_far(values: Sequence[float]) -> list[float]:
    """The slope of the least-squares line through the values up to each one."""
    slopes, mean_place, mean, places, products = [0.0], 0.0, values[0], 0.0, 0.0
    for at, value in enumerate(values[1:], start=1):
        off_place = at - mean_place
        mean_place += off_place / (at + 1)
        products += off_place * (value - mean) * at / (at + 1)
        mean += (value - mean) / (at + 1)
        places += off_place * (at - mean_place)
        slopes.append(products / places)
    return slopes


def _root_mean_square(errors: Sequence[float]) -> float:
    return sqrt(sum(error * error for error in errors) / len(errors)) if errors else 0.0


def _growth(errors: Sequence[Sequence[float]], typical: float) -> float:
    """The power of the number of steps with which errors grow, by this series and by experience."""
    total, weights = GROWTH * GROWTH_WEIGHT, GROWTH_WEIGHT
    for step, found in enumerate(errors[1:], start=2):
        size = _root_mean_square(found)
        if len(found) > 1 and size:
            weight = len(found) / step * log(step) ** 2
            total += weight * min(2.0, max(-0.5, log(size / typical) / log(step)))
            weights += weight
    low, high = GROWTHS
    return min(high, max(low, total / weights))


def seasonal_offsets(values: Sequence[float], season: int) -> list[float]:
    """How far each place in the season lies from the trend; less so, the less sure that is.

    The offsets shrink by the share of their differences that chance alone would make.
    """
    if season < 2 or len(values) < 2 * season:
        return [0.0] * season
    trend = _moving_average(values, season)
    apart = [value - line for value, line in zip(values, trend, strict=True)]
    places = [apart[place::season] for place in range(season)]
    means = [sum(place) / len(place) for place in places]
    middle = sum(means) / season
    within = sum((v - mean) ** 2 for place, mean in zip(places, means, strict=True) for v in place)
    between = sum(len(p) * (mean - middle) ** 2 for p, mean in zip(places, means, strict=True))
    if not between:
        return [0.0] * season
    chance = within / max(1, len(values) - season) / (between / (season - 1))
    return [max(0.0, 1 - chance) * (mean - middle) for mean in means]


def _moving_average(values: Sequence[float], season: int) -> list[float]:
    """The mean over one whole season around each value, carried on straight at both ends."""
    half = season // 2
    lines = {}
    for at in range(half, len(values) - half):
        around = values[at - half : at + half + 1]
        ends = (around[0] + around[-1]) / 2 if season % 2 == 0 else 0.0
        lines[at] = (sum(around) - ends) / season
    first, last = min(lines), max(lines)
    span = min(season, last - first)
    before = (lines[first + span] - lines[first]) / span if span else 0.0
    after = (lines[last] - lines[last - span]) / span if span else 0.0
    return [
        lines[first] + (at - first) * before
        if at < first
        else lines.get(at, lines[last] + (at - last) * after)
        for at in range(len(values))
    ]
