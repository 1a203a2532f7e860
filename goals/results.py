"""Whether a target was met, once it is due (FORMULAS 8: F15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from enum import StrEnum
from fractions import Fraction

from goals.rounding import round_half_up
from goals.trajectory import Direction, Range
from goals.variance import FINAL, Yardstick
from goals.vintages import Basis, Vintage, as_known, end_of


class MeasuredOn(StrEnum):
    """Which value decides: that of the due period, or what was published by the due day."""

    PERIOD_END = "period_end"
    PUBLICATION = "publication"


class Result(StrEnum):
    NOT_DUE = "NOT_DUE"
    PENDING = "PENDING"
    NOT_MEASURABLE = "NOT_MEASURABLE"
    MET = "MET"
    MET_AT_PUBLISHED_PRECISION = "MET_AT_PUBLISHED_PRECISION"
    MISSED = "MISSED"


class MeasuredOnRuleRequiredError(ValueError):
    """Without the rule nobody can say which value decides."""


@dataclass(frozen=True)
class Aim:
    """A target as it is to be judged: level, due day, and the rule that picks the value."""

    level: Fraction
    due_on: date
    measured_on: MeasuredOn | None
    direction: Direction = Direction.UP
    decimals: int = 1
    within: Range | None = None


@dataclass(frozen=True)
class TargetResult:
    """`used` is the value that decided. Numbers are judged ones: of a range the distances from it.

    `rounded` is the value at the decimals of the target, where the exact one missed it.
    """

    result: Result
    aim: Aim
    read_on: date
    used: Vintage | None = None
    variance: Fraction | None = None
    rounded: Fraction | None = None

    @property
    def is_inside_range(self) -> bool:
        if not self.used or self.used.value is None or self.aim.within is None:
            return False
        return self.aim.direction is Direction.RANGE and not self.aim.within.distance(
            self.used.value
        )

    @property
    def is_settled(self) -> bool:
        return self.variance is not None

    def corrects(self, earlier: "TargetResult") -> bool:
        """Whether it must be issued again: a revision changed a result that was already told."""
        return earlier.is_settled and (
            self.result is not earlier.result or self.variance != earlier.variance
        )


def target_result(
    rows: Iterable[Vintage], aim: Aim, as_of: date, *, zone: tzinfo = UTC
) -> TargetResult:
    """F15 at the end of a day, from all revisions of the values, read as they were published.

    Raises MeasuredOnRuleRequiredError.
    """
    if aim.measured_on is None:
        raise MeasuredOnRuleRequiredError
    if as_of < aim.due_on:
        return TargetResult(Result.NOT_DUE, aim, as_of)
    if aim.measured_on is MeasuredOn.PERIOD_END:
        read_on, absent = as_of, Result.PENDING
    else:  # what was known on the due day; later revisions do not count
        read_on, absent = aim.due_on, Result.NOT_MEASURABLE
    known = as_known(rows, end_of(read_on, zone), basis=Basis.PUBLISHED, zone=zone)
    used = _deciding(known, aim)
    if used is None or used.value is None:
        return TargetResult(absent, aim, read_on)
    return _judged(used, used.value, aim, read_on)


def _deciding(known: Iterable[Vintage], aim: Aim) -> Vintage | None:
    """The final value of the due period, or the newest final one of a period up to the due day."""
    finals = [row for row in known if row.status in FINAL and row.value is not None]
    if aim.measured_on is MeasuredOn.PERIOD_END:
        finals = [row for row in finals if row.period_end == aim.due_on]
    else:
        finals = [row for row in finals if row.period_end <= aim.due_on]
    return max(finals, key=lambda row: row.period_end, default=None)


def _judged(used: Vintage, value: Fraction, aim: Aim, read_on: date) -> TargetResult:
    yardstick = Yardstick(aim.direction, aim.decimals, within=aim.within)
    target, judged = yardstick.judged(aim.level), yardstick.judged(value)
    variance = yardstick.gain(target, judged)
    rounded: Fraction | None = None
    if variance >= 0:
        result = Result.MET
    else:
        rounded = round_half_up(judged, aim.decimals)
        met = yardstick.gain(target, rounded) >= 0
        result = Result.MET_AT_PUBLISHED_PRECISION if met else Result.MISSED
    return TargetResult(result, aim, read_on, used, variance, rounded)
