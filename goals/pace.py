"""Movement, required rate and pace check (FORMULAS 3: F5 to F7), with what they were made of.

Whether the recent pace is enough to reach the target. It is not the projection fan of a chart,
which is a statistical model of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from goals.definitions import Definition
from goals.policy import Policy
from goals.series import Series, series_of
from goals.trajectory import Bounds, Point, TimeAxis, Trajectory
from goals.variance import Band, Reading, Yardstick, square_root

T = TypeVar("T")
TWELFTH = Fraction(1, 12)  # the variance of what rounding to a whole unit leaves open


class Movement(StrEnum):
    IMPROVING = "improving"
    FLAT = "flat"
    WORSENING = "worsening"


class Mode(StrEnum):
    PURSUE = "pursue"
    HOLD = "hold"  # the target is reached; the question is whether it stays so


class NoForecast(StrEnum):
    TOO_EARLY = "too_early"
    TARGET_DATE_REACHED = "target_date_reached"
    NO_SAME_SEASON_OBSERVATION = "no_same_season_observation"


class NoInterval(StrEnum):
    TOO_EARLY = "too_early"
    TARGET_DATE_REACHED = "target_date_reached"
    SEASONAL = "seasonal"
    TOO_FEW = "too_few"
    HORIZON_BEYOND_DATA = "horizon_beyond_data"


class Confidence(StrEnum):
    """How much a page may say: nothing, words without a projected number, or the number too."""

    NONE = "none"
    LOW = "low"
    NORMAL = "normal"


@dataclass(frozen=True)
class Line:
    """A line by least squares, with what an interval around it needs."""

    n: int
    mean_x: Fraction
    mean_y: Fraction
    slope: Fraction
    sxx: Fraction
    sse: Fraction

    @classmethod
    def through(cls, points: Sequence[tuple[Fraction, Fraction]]) -> "Line":
        """At least two points, not all at one place."""
        n = len(points)
        mean_x = sum((x for x, _y in points), Fraction(0)) / n
        mean_y = sum((y for _x, y in points), Fraction(0)) / n
        sxx = sum(((x - mean_x) ** 2 for x, _y in points), Fraction(0))
        sxy = sum(((x - mean_x) * (y - mean_y) for x, y in points), Fraction(0))
        syy = sum(((y - mean_y) ** 2 for _x, y in points), Fraction(0))
        return cls(n, mean_x, mean_y, sxy / sxx, sxx, syy - sxy**2 / sxx)

    def at(self, x: Fraction) -> Fraction:
        return self.mean_y + self.slope * (x - self.mean_x)


@dataclass(frozen=True)
class Interval:
    """Four times in five the value at the target date should lie inside, if all goes on alike."""

    low: Fraction
    high: Fraction
    centre: Fraction
    n: int
    factor: Fraction
    rounding_decides: bool  # the values lie closer to the line than rounding lets one see


@dataclass(frozen=True)
class YearOnYear:
    """A value and the one of the same month a year before."""

    before: Reading
    after: Reading

    @property
    def change(self) -> Fraction:
        return Fraction(self.after.value) - Fraction(self.before.value)


@dataclass(frozen=True)
class Basis:
    """What a forecast was made of, in judged numbers (of a range: distances from it)."""

    series: Series
    policy: Policy
    target: Point
    fitted: tuple[Reading, ...] = ()  # the values under the slope
    differences: tuple[YearOnYear, ...] = ()  # for a seasonal indicator instead of a line
    base: Reading | None = None  # the value from which the way to the target is counted
    years_left: Fraction | None = None
    threshold: Fraction | None = None  # a slope up to this, either way, is no movement
    threshold_by_plan: bool = False  # as a share of the planned rate; else the tolerance, per year


@dataclass(frozen=True)
class Forecast:
    """Everything is None, with the reason, where the data cannot say it.

    Slope and projection are in the indicator's own sense; required rate and rho are positive where
    something is still to be gained; a positive shortfall is a miss.
    """

    basis: Basis
    reason: NoForecast | None = None
    slope_per_year: Fraction | None = None
    direction: Movement | None = None
    required_per_year: Fraction | None = None
    rho: Fraction | None = None
    mode: Mode | None = None
    projection: Fraction | None = None
    projection_shown: Fraction | None = None
    shortfall: Fraction | None = None
    band: Band | None = None
    interval: Interval | None = None
    interval_reason: NoInterval | None = None

    @property
    def n(self) -> int:
        return len(self.basis.series.finals)

    @property
    def confidence(self) -> Confidence:
        if self.reason:
            return Confidence.NONE
        return Confidence.NORMAL if self.interval else Confidence.LOW


def forecast(
    readings: Iterable[Reading],
    path: Trajectory,
    yardstick: Yardstick,
    *,
    definitions: Sequence[Definition] = (),
    seasonal: bool = False,
    bounds: Bounds | None = None,
) -> Forecast:
    """F5 to F7 of all values of one indicator, at the newest comparable final.

    Of the path only its ends and its time axis count; of a range the bounds are those of distances.
    Raises DuplicatePeriodError, and TrajectoryError for a path that a range cannot have.
    """
    check = _Check(path, yardstick, bounds or Bounds(), seasonal=seasonal)
    return check.of(series_of((yardstick.judged_reading(each) for each in readings), definitions))


@dataclass(frozen=True, kw_only=True)
class _Slope:
    per_year: Fraction
    fitted: tuple[Reading, ...] = ()
    differences: tuple[YearOnYear, ...] = ()


class _Check:
    """One pace check: the way to go, and the yardstick."""

    def __init__(
        self, path: Trajectory, yardstick: Yardstick, bounds: Bounds, *, seasonal: bool
    ) -> None:
        self.path = yardstick.judged_path(path)
        self.target = self.path.last
        self.yardstick, self.policy = yardstick, yardstick.policy
        self.bounds, self.seasonal = bounds, seasonal

    def of(self, series: Series) -> Forecast:
        rows = series.finals
        none = Forecast(Basis(series, self.policy, self.target))
        if not series.carries_a_slope(self.policy):
            return _without(none, NoForecast.TOO_EARLY)
        if rows[-1].period_end >= self.target.on:
            return _without(none, NoForecast.TARGET_DATE_REACHED)
        slope = self._seasonal_slope(rows) if self.seasonal else self._slope(rows)
        if slope is None:
            return _without(none, NoForecast.TOO_EARLY, seasonal=self.seasonal)
        base = self._base(rows)
        if base is None:
            return _without(none, NoForecast.NO_SAME_SEASON_OBSERVATION, seasonal=True)
        return self._judged(none, slope, base)

    def _years(self, row: Reading | Point) -> Fraction:
        on = row.on if isinstance(row, Point) else row.period_end
        return self._axis.years(on, self.policy.days_per_year)

    @property
    def _axis(self) -> TimeAxis:
        return self.path.time_axis

    def _line(self, rows: Sequence[Reading]) -> Line:
        return Line.through([(self._years(row), Fraction(row.value)) for row in rows])

    # --- F5: movement ----------------------------------------------------------------------------

    def _slope(self, rows: tuple[Reading, ...]) -> _Slope | None:
        fitted = _last(rows, self.policy.k_slope)
        if len(fitted) < 2:
            return None
        return _Slope(per_year=self._line(fitted).slope, fitted=fitted)

    def _seasonal_slope(self, rows: tuple[Reading, ...]) -> _Slope | None:
        """The mean of the last year-on-year differences, so that no season is taken for a trend."""
        found = {(row.period_end.year, row.period_end.month): row for row in rows}
        pairs = [
            YearOnYear(found[year - 1, month], row)
            for (year, month), row in found.items()
            if (year - 1, month) in found
        ]
        taken = _last(tuple(pairs), self.policy.k_slope)
        if not taken or len(taken) < self.policy.k_slope:
            return None
        mean = sum((each.change for each in taken), Fraction(0)) / len(taken)
        return _Slope(per_year=mean, differences=taken)

    def _threshold(self) -> tuple[Fraction, bool]:
        """m0, and whether it is a share of the planned rate."""
        first = self.path.first
        if first and self.path.movement and first.on < self.target.on:
            planned = self.path.movement / (self._years(self.target) - self._years(first))
            return self.policy.movement_frac * planned, True
        return self.yardstick.fixed_tolerance, False

    # --- F6 and F7: required rate, projection, band ----------------------------------------------

    def _base(self, rows: tuple[Reading, ...]) -> Reading | None:
        """The newest value; of a seasonal indicator the newest of the target's own month."""
        if not self.seasonal:
            return rows[-1]
        same = [row for row in rows if row.period_end.month == self.target.on.month]
        return same[-1] if same else None

    def _judged(self, none: Forecast, slope: _Slope, base: Reading) -> Forecast:
        threshold, by_plan = self._threshold()
        years_left = self._years(self.target) - self._years(base)
        projection = base.value + slope.per_year * years_left
        required = self.yardstick.gain(base.value, self.target.value) / years_left
        achieved = self.yardstick.direction.sign * slope.per_year
        mode = Mode.PURSUE if required > 0 else Mode.HOLD
        rho = achieved / required if mode is Mode.PURSUE else None
        shortfall = self.yardstick.gain(projection, self.target.value)
        interval, why_not = self._interval(none.basis.series.finals, years_left)
        return replace(
            none,
            slope_per_year=slope.per_year,
            direction=_movement(achieved, threshold),
            required_per_year=required,
            rho=rho,
            mode=mode,
            projection=projection,
            projection_shown=self.bounds.clip(projection),
            shortfall=shortfall,
            band=self._band(rho, shortfall),
            interval=interval,
            interval_reason=why_not,
            basis=replace(
                none.basis,
                fitted=slope.fitted,
                differences=slope.differences,
                base=base,
                years_left=years_left,
                threshold=threshold,
                threshold_by_plan=by_plan,
            ),
        )

    def _band(self, rho: Fraction | None, shortfall: Fraction) -> Band:
        """By the pace; where the target is reached already, by whether it would stay so."""
        if rho is None:
            return Band.G if shortfall <= 0 else Band.AG
        for band, cut in (
            (Band.G, self.policy.rho_g),
            (Band.AG, self.policy.rho_ag),
            (Band.AR, self.policy.rho_ar),
        ):
            if rho >= cut:
                return band
        return Band.R

    # --- the interval ----------------------------------------------------------------------------

    def _interval(
        self, rows: tuple[Reading, ...], years_left: Fraction
    ) -> tuple[Interval | None, NoInterval | None]:
        if self.seasonal:
            return None, NoInterval.SEASONAL
        window = _last(rows, self.policy.interval_max_n)
        factor = self.policy.t90_for(len(window) - 2)
        if len(rows) < self.policy.interval_min_n or factor is None:
            return None, NoInterval.TOO_FEW
        if years_left > self._years(window[-1]) - self._years(window[0]):
            return None, NoInterval.HORIZON_BEYOND_DATA
        return self._around(self._line(window), factor), None

    def _around(self, line: Line, factor: Fraction) -> Interval:
        """Student's interval for one new value; rounding of the values is the least variance."""
        at = self._years(self.target)
        rounding = TWELFTH / Fraction(10) ** (2 * self.yardstick.decimals)
        scatter = line.sse / (line.n - 2)
        spread = 1 + Fraction(1, line.n) + (at - line.mean_x) ** 2 / line.sxx
        half = factor * square_root(max(scatter, rounding) * spread)
        centre = line.at(at)
        return Interval(
            low=self.bounds.clip(centre - half),
            high=self.bounds.clip(centre + half),
            centre=centre,
            n=line.n,
            factor=factor,
            rounding_decides=scatter < rounding,
        )


def _without(none: Forecast, reason: NoForecast, *, seasonal: bool = False) -> Forecast:
    why = NoInterval.SEASONAL if seasonal else NoInterval(reason.value)
    return replace(none, reason=reason, interval_reason=why)


def _movement(achieved: Fraction, threshold: Fraction) -> Movement:
    """Equality is flat."""
    if achieved > threshold:
        return Movement.IMPROVING
    return Movement.WORSENING if achieved < -threshold else Movement.FLAT


def _last(rows: tuple[T, ...], count: int) -> tuple[T, ...]:
    return rows[max(len(rows) - count, 0) :]
