"""Whether an indicator stands still or turns back (FORMULAS 4: F8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from goals.definitions import Definition
from goals.policy import Policy
from goals.series import Series, series_of
from goals.trajectory import Trajectory
from goals.variance import Reading, Yardstick

WINDOW = 3  # a plateau is seen over three values, a reversal over the two steps between them


class Reversal(StrEnum):
    NONE = "none"
    WATCH = "watch"
    ALARM = "alarm"


class NoPlateau(StrEnum):
    """Why it is none; the first that holds."""

    NO_TRAJECTORY = "no_trajectory"
    HOLD = "hold"  # a path that asks for no movement
    TOO_FEW = "too_few"
    NO_RISE_EXPECTED = "no_rise_expected"
    MOVES = "moves"
    TARGET_REACHED = "target_reached"


@dataclass(frozen=True)
class Turns:
    """`spread` is the range of the last three values, `limit` what would still be a plateau.

    Values are judged numbers: of a range the distances from it. `worse` are the values of a
    reversal, oldest first: those before and after each worse step.
    """

    series: Series
    policy: Policy
    no_plateau: NoPlateau | None = None
    spread: Fraction | None = None
    limit: Fraction | None = None
    expected_gain: Fraction | None = None
    window: tuple[Reading, ...] = ()
    reversal: Reversal = Reversal.NONE
    worse: tuple[Reading, ...] = ()

    @property
    def n(self) -> int:
        return len(self.series.finals)

    @property
    def plateau(self) -> bool:
        return self.no_plateau is None

    @property
    def is_provisional(self) -> bool:
        """A watch for a provisional value alone: it may still change, so it is never an alarm."""
        return any(row.is_provisional for row in self.worse)


def turns(
    readings: Iterable[Reading],
    path: Trajectory | None,
    yardstick: Yardstick,
    *,
    definitions: Sequence[Definition] = (),
    seasonal: bool = False,
) -> Turns:
    """F8 for all values of one indicator; a seasonal one is compared with its own season only.

    Raises DuplicatePeriodError, and TrajectoryError for a path that a range cannot have.
    """
    judged = (yardstick.judged_reading(each) for each in readings)
    series = series_of(judged, definitions)
    if seasonal and series.finals:
        series = series.in_month(series.finals[-1].period_end.month)
    course = yardstick.judged_path(path) if path else None
    reversal, worse = _reversal(series, yardstick)
    found = Turns(series, yardstick.policy, reversal=reversal, worse=worse)
    return _with_plateau(found, course, yardstick)


def _with_plateau(found: Turns, path: Trajectory | None, yardstick: Yardstick) -> Turns:
    if path is None:
        return replace(found, no_plateau=NoPlateau.NO_TRAJECTORY)
    if path.is_hold:
        return replace(found, no_plateau=NoPlateau.HOLD)
    if found.n < WINDOW:
        return replace(found, no_plateau=NoPlateau.TOO_FEW)
    window = found.series.finals[-WINDOW:]
    values = [Fraction(row.value) for row in window]
    ends = path.expected(window[0].period_end), path.expected(window[-1].period_end)
    expected_gain = yardstick.gain(*ends)
    spread, limit = max(values) - min(values), yardstick.policy.plateau_frac * expected_gain
    why_not: NoPlateau | None = None
    if expected_gain <= 0:
        why_not = NoPlateau.NO_RISE_EXPECTED
    elif spread > limit:
        why_not = NoPlateau.MOVES
    elif yardstick.gain(path.last.value, values[-1]) >= 0:
        why_not = NoPlateau.TARGET_REACHED
    return replace(
        found,
        no_plateau=why_not,
        spread=spread,
        limit=limit,
        expected_gain=expected_gain,
        window=window,
    )


def _reversal(series: Series, yardstick: Yardstick) -> tuple[Reversal, tuple[Reading, ...]]:
    """An equal value is not worse, and provisional data never raise an alarm."""
    rows = series.finals

    def is_worse(before: Reading, after: Reading) -> bool:
        return yardstick.gain(before.value, after.value) < 0

    if len(rows) > 1 and is_worse(*rows[-2:]):
        if len(rows) > 2 and is_worse(*rows[-3:-1]):
            return Reversal.ALARM, rows[-3:]
        return Reversal.WATCH, rows[-2:]
    if rows:
        for newer in reversed(series.newer):
            if is_worse(rows[-1], newer):
                return Reversal.WATCH, (rows[-1], newer)
    return Reversal.NONE, ()
