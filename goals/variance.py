"""A value against its path, at the value's own date: variance, tolerance, band (FORMULAS 2)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction

from goals.policy import DEFAULT_POLICY, Policy
from goals.rounding import Number
from goals.trajectory import Direction, Range, Trajectory

_EXACT_ROOTS = Context(prec=60)
PROVISIONAL = frozenset({"provisional", "estimated"})
FINAL = frozenset({"final", "revised"})


class Band(StrEnum):
    """A computed band. It is not the agreed rating, which people give."""

    G = "G"
    AG = "AG"
    AR = "AR"
    R = "R"


class NoBand(StrEnum):
    """Why there is none."""

    NO_OBSERVATION = "no_observation"
    NO_APPROVED_TRAJECTORY = "no_approved_trajectory"
    NOT_COMPARABLE = "not_comparable"
    AT_OR_BEFORE_BASELINE = "at_or_before_baseline"
    RESULT_REPLACES_BAND = "result_replaces_band"
    NOT_CALCULABLE = "not_calculable"  # of rows whose counts or points contradict the indicator


class ProportionError(ValueError):
    """A share below nothing or above everything: no noise can be worked out."""


class PreviousIsZeroError(ValueError):
    """A rise in percent of nothing."""


@dataclass(frozen=True)
class Reading:
    """A value with what its judgement needs besides: status, and the number counted.

    `definition` is its own number, if it has one; else its period says which definition it is of.
    """

    period_end: date
    value: Fraction
    status: str = "final"
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    definition: int | None = None

    @property
    def is_provisional(self) -> bool:
        return self.status in PROVISIONAL

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True)
class Yardstick:
    """How values of an indicator are judged, whatever the value."""

    direction: Direction
    decimals: int = 1
    within: Range | None = None
    counts_noise: bool = False
    scale: Fraction = Fraction(100)
    tolerance: Fraction | None = None
    policy: Policy = DEFAULT_POLICY

    @property
    def floor(self) -> Fraction:
        """Half a unit of the last decimal: no difference smaller than this can be seen."""
        return Fraction(1, 2 * 10**self.decimals)

    @property
    def fixed_tolerance(self) -> Fraction:
        """What counts as no difference, whatever the path and the noise."""
        return max(self.floor, Fraction(self.tolerance or 0))

    def judged(self, value: Number) -> Fraction:
        """The number that is judged: of a range the distance from it, else the value itself."""
        if self.direction is Direction.RANGE and self.within:
            return self.within.distance(Fraction(value))
        return Fraction(value)

    def judged_reading(self, reading: Reading) -> Reading:
        return replace(reading, value=self.judged(reading.value))

    def judged_path(self, path: Trajectory) -> Trajectory:
        """Raises TrajectoryError for a path that a range cannot have."""
        if self.direction is Direction.RANGE and self.within:
            return path.outside(self.within)
        return path

    def gain(self, start: Fraction, end: Fraction) -> Fraction:
        """How much better the second of two judged numbers is; negative is worse."""
        return self.direction.sign * (end - start)


@dataclass(frozen=True)
class Comparison:
    """The outcome with every number behind it; positive variance is ahead, negative behind."""

    expected: Fraction | None = None
    variance: Fraction | None = None
    movement: Fraction | None = None
    share: Fraction | None = None
    tolerance: Fraction | None = None
    noise: Fraction | None = None
    band: Band | None = None
    reason: NoBand | None = None
    within_noise: bool = False
    provisional: bool = False


def compare(
    reading: Reading | None,
    trajectory: Trajectory | None,
    yardstick: Yardstick,
    *,
    comparable: bool = True,
) -> Comparison:
    """F2 to F4 for one value and the approved path (None without one).

    `comparable` says whether value and baseline stand on comparable definitions. Raises
    ProportionError, and TrajectoryError for a path that a range cannot have.
    """
    if reading is None:
        return Comparison(reason=NoBand.NO_OBSERVATION)
    provisional = reading.is_provisional
    if trajectory is None:
        return Comparison(reason=NoBand.NO_APPROVED_TRAJECTORY, provisional=provisional)
    if not comparable:
        return Comparison(reason=NoBand.NOT_COMPARABLE, provisional=provisional)

    path, value = yardstick.judged_path(trajectory), yardstick.judged(reading.value)
    expected = path.expected(reading.period_end)
    variance = yardstick.gain(expected, value)
    noise = noise_of(reading, yardstick)
    tolerance = tolerance_of(path, yardstick, noise)
    share = None if path.is_hold or not path.movement else variance / path.movement
    reason = _why_no_band(path, reading.period_end)
    band = None if reason else _band(variance, share, tolerance, yardstick.policy)
    within_noise = bool(band) and -variance > tolerance and abs(variance) <= noise
    return Comparison(
        expected=expected,
        variance=variance,
        movement=path.movement,
        share=share,
        tolerance=tolerance,
        noise=noise,
        band=Band.AG if within_noise else band,
        reason=reason,
        within_noise=within_noise,
        provisional=provisional,
    )


def noise_of(reading: Reading, yardstick: Yardstick) -> Fraction:
    """F3: half the width of the Wilson interval, in the unit of the value; 0 if all are counted."""
    if not yardstick.counts_noise or not reading.denominator or reading.denominator < 0:
        return Fraction(0)
    n, z = Fraction(reading.denominator), yardstick.policy.noise_z
    if reading.numerator is None:
        p = Fraction(reading.value) / yardstick.scale
    else:
        p = Fraction(reading.numerator) / n
    if not 0 <= p <= 1:
        raise ProportionError
    root = square_root(p * (1 - p) / n + z**2 / (4 * n**2))
    return yardstick.scale * z / (1 + z**2 / n) * root


def square_root(value: Fraction) -> Fraction:
    """To sixty digits; a root of a fraction is the only number here that is not exact."""
    quotient = _EXACT_ROOTS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(_EXACT_ROOTS.sqrt(quotient))


def tolerance_of(path: Trajectory, yardstick: Yardstick, noise: Fraction) -> Fraction:
    """F3: how far behind still counts as on the path."""
    policy, movement = yardstick.policy, path.movement
    fixed = yardstick.fixed_tolerance
    if path.is_hold or not movement:
        return max(fixed, noise)
    return max(fixed, policy.tol_frac * movement, min(noise, policy.noise_tol_cap_frac * movement))


def _why_no_band(path: Trajectory, on: date) -> NoBand | None:
    start = path.start_on
    if start and (on < start or (on == start and not path.is_hold)):
        return NoBand.AT_OR_BEFORE_BASELINE
    if not path.is_hold and on >= path.last.on:
        return NoBand.RESULT_REPLACES_BAND
    return None


def _band(variance: Fraction, share: Fraction | None, tolerance: Fraction, policy: Policy) -> Band:
    """F4. Without a movement to share in, by multiples of the tolerance."""
    if variance >= -tolerance:
        return Band.G
    if share is not None:
        if share >= policy.cut_ag:
            return Band.AG
        return Band.AR if share >= policy.cut_ar else Band.R
    if variance >= -policy.hold_mult_ag * tolerance:
        return Band.AG
    return Band.AR if variance >= -policy.hold_mult_ar * tolerance else Band.R


@dataclass(frozen=True)
class MapColour:
    colour: str
    change_percent: Fraction


def map_colour(
    *, direction: Direction, target: Fraction, previous: Fraction, current: Fraction
) -> MapColour:
    """The district map of Kentucky: by the rise since the last value, in percent of it."""
    if not previous:
        raise PreviousIsZeroError
    rise = direction.sign * (current - previous) / abs(previous)
    if direction.sign * (current - target) >= 0:
        colour = "none"
    elif rise >= Fraction(1, 10):
        colour = "green"
    else:
        colour = "yellow" if rise >= 0 else "red"
    return MapColour(colour, 100 * rise)
