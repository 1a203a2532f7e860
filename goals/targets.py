"""Target levels worked out from a rule, and changes said in points and in percent (FORMULAS 7)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from goals.rounding import round_half_up


class TargetError(ValueError):
    """`code` is baseline_required, unit_required or invalid_target_type."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TargetKind(StrEnum):
    LEVEL = "level"
    PP_CHANGE = "pp_change"
    PCT_CHANGE = "pct_change"
    MAINTAIN = "maintain"
    CLOSE_GAP = "close_gap"
    HALVE_DISTANCE = "halve_distance"


@dataclass(frozen=True)
class Level:
    """A target level: the exact result, and as stored, rounded half up to its decimals."""

    raw: Fraction
    stored: Fraction


def level_of(raw: Fraction, decimals: int) -> Level:
    return Level(raw, round_half_up(raw, decimals))


def halve_distance(
    baseline: Fraction, *, limit: Fraction = Fraction(100), decimals: int = 1
) -> Level:
    """Half of the way from the baseline to the limit (100, or 0 for a falling measure)."""
    return level_of(baseline + (limit - baseline) / 2, decimals)


def interim_points(
    baseline: Fraction, target: Fraction, steps: int, decimals: int
) -> list[Fraction]:
    """Even steps from the baseline to the stored target, each rounded."""
    return [
        round_half_up(baseline + (target - baseline) * step / steps, decimals)
        for step in range(1, steps + 1)
    ]


def target_level(  # noqa: PLR0913 - one argument for each part of the rule
    kind: TargetKind,
    *,
    decimals: int,
    baseline: Fraction | None = None,
    parameter: Fraction | None = None,
    fraction: Fraction = Fraction(1, 2),
    reference: Fraction | None = None,
    limit: Fraction = Fraction(100),
) -> Level:
    """The level that a target of this kind asks for. Raises TargetError."""
    if kind is TargetKind.LEVEL:
        return level_of(_needed(parameter), decimals)
    if baseline is None:
        raise TargetError("baseline_required")
    match kind:
        case TargetKind.PP_CHANGE:
            raw = baseline + _needed(parameter)
        case TargetKind.PCT_CHANGE:
            raw = baseline * (1 + _needed(parameter) / 100)
        case TargetKind.MAINTAIN:
            raw = baseline
        case TargetKind.CLOSE_GAP:
            raw = baseline + fraction * (_needed(reference) - baseline)
        case TargetKind.HALVE_DISTANCE:
            return halve_distance(baseline, limit=limit, decimals=decimals)
    return level_of(raw, decimals)


def _needed(value: Fraction | None) -> Fraction:
    if value is None:
        raise TargetError("invalid_target_type")
    return value


@dataclass(frozen=True)
class Change:
    """A change both ways, always labelled. `percent` is None where the start is zero."""

    points: Fraction
    percent: Fraction | None


def change(start: Fraction, end: Fraction) -> Change:
    points = end - start
    return Change(points, 100 * points / abs(start) if start else None)


def implied_baseline(value: Fraction, by: Fraction, unit: str | None) -> Fraction:
    """The value before a change of `by` points (pp) or percent led to `value`."""
    if unit == "pp":
        return value - by
    if unit == "percent":
        return value / (1 + by / 100)
    raise TargetError("unit_required")


def baseline_of_count(count: Fraction, percent: Fraction) -> Fraction:
    """The count before a change that was `count` in number and `percent` in percent."""
    return 100 * count / percent


@dataclass(frozen=True)
class GapChange:
    first: Fraction
    last: Fraction
    ratio_first: Fraction | None
    ratio_last: Fraction | None

    @property
    def movement(self) -> str:
        if self.last == self.first:
            return "unchanged"
        return "widened" if self.last > self.first else "narrowed"


def gap_change(group: tuple[Fraction, Fraction], reference: tuple[Fraction, Fraction]) -> GapChange:
    """How the gap between a group and a reference moved from the first to the last values."""
    ratios = [one / other if other else None for one, other in zip(group, reference, strict=True)]
    return GapChange(
        first=abs(group[0] - reference[0]),
        last=abs(group[1] - reference[1]),
        ratio_first=ratios[0],
        ratio_last=ratios[1],
    )
