"""Rates over several units, small groups kept hidden, and shares of goals (FORMULAS 11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from goals.policy import DEFAULT_POLICY, Policy


class AggregationError(ValueError):
    """`code` is invalid_counts, duplicate_unit or overlapping_categories."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Shown(StrEnum):
    SHOWN = "shown"
    SUPPRESSED = "suppressed"
    SUPPRESSED_COMPLEMENTARY = "suppressed_complementary"
    EMPTY = "empty"
    MISSING = "missing"


@dataclass(frozen=True)
class Part:
    """The counts of one unit; a missing one is None, which is not zero."""

    code: str
    numerator: Fraction | None
    denominator: Fraction | None

    @property
    def is_missing(self) -> bool:
        return self.numerator is None or self.denominator is None


@dataclass(frozen=True)
class PartRate:
    code: str
    status: Shown
    rate: Fraction | None


@dataclass(frozen=True)
class Total:
    """Numbers are None where the total is too small to be shown or nothing was counted."""

    numerator: Fraction | None
    denominator: Fraction | None
    rate: Fraction | None
    status: Shown
    missing: int
    parts: tuple[PartRate, ...]


def total_rate(
    parts: Sequence[Part],
    *,
    scale: Fraction = Fraction(100),
    proportion: bool = True,
    show_total: bool = True,
    policy: Policy = DEFAULT_POLICY,
) -> Total:
    """The rate of sums, never a mean of rates, with small units hidden.

    A unit with a missing count is left out of both sums and counted as missing; a small one is
    hidden but stays in the total. Raises AggregationError.
    """
    _check(parts, proportion=proportion)
    counted = [part for part in parts if not part.is_missing]
    numerator = sum((part.numerator or Fraction(0) for part in counted), Fraction(0))
    denominator = sum((part.denominator or Fraction(0) for part in counted), Fraction(0))
    rates = [_rate(part, scale, policy) for part in parts]
    if policy.complementary and show_total:
        rates = _hide_second(rates, {part.code: part.denominator for part in parts})
    status = _status(denominator, policy)
    if status is Shown.SUPPRESSED:
        return Total(None, None, None, status, len(parts) - len(counted), tuple(rates))
    return Total(
        numerator=numerator,
        denominator=denominator,
        rate=scale * numerator / denominator if denominator else None,
        status=status,
        missing=len(parts) - len(counted),
        parts=tuple(rates),
    )


def _check(parts: Iterable[Part], *, proportion: bool) -> None:
    seen: set[str] = set()
    for part in parts:
        if part.code in seen:
            raise AggregationError("duplicate_unit")
        seen.add(part.code)
        counts = [count for count in (part.numerator, part.denominator) if count is not None]
        if any(count < 0 for count in counts):
            raise AggregationError("invalid_counts")
        if proportion and not part.is_missing and counts[0] > counts[1]:
            raise AggregationError("invalid_counts")


def _status(denominator: Fraction, policy: Policy) -> Shown:
    if not denominator:
        return Shown.EMPTY
    return Shown.SUPPRESSED if denominator < policy.min_cell else Shown.SHOWN


def _rate(part: Part, scale: Fraction, policy: Policy) -> PartRate:
    if part.numerator is None or part.denominator is None:
        return PartRate(part.code, Shown.MISSING, None)
    status = _status(part.denominator, policy)
    rate = scale * part.numerator / part.denominator if status is Shown.SHOWN else None
    return PartRate(part.code, status, rate)


def _hide_second(
    rates: list[PartRate], denominators: Mapping[str, Fraction | None]
) -> list[PartRate]:
    """One hidden unit alone could be found by subtraction, so the smallest shown one goes too."""
    shown = [each for each in rates if each.status is Shown.SHOWN]
    if sum(each.status is Shown.SUPPRESSED for each in rates) != 1 or not shown:
        return rates
    smallest = min(shown, key=lambda each: (denominators[each.code] or 0, each.code))
    hidden = replace(smallest, status=Shown.SUPPRESSED_COMPLEMENTARY, rate=None)
    return [hidden if each is smallest else each for each in rates]


def categories_rate(
    numerators: Sequence[Fraction], denominator: Fraction, *, overlap: bool
) -> Fraction:
    """Categories of one whole may be added only if nobody can be in two of them."""
    if overlap:
        raise AggregationError("overlapping_categories")
    return 100 * sum(numerators, Fraction(0)) / denominator


@dataclass(frozen=True)
class Headline:
    """Shares of rated goals, in percent, always with how many they are of."""

    n: int
    unrated: int
    at_3_or_4: Fraction | None
    at_4: Fraction | None


def headline(ratings: Sequence[int | None]) -> Headline:
    """F16 for the active goals; 0 or None is no rating, which is not a low one."""
    rated = [rating for rating in ratings if rating]
    n = len(rated)
    return Headline(
        n=n,
        unrated=len(ratings) - n,
        at_3_or_4=Fraction(100 * sum(rating >= 3 for rating in rated), n) if n else None,
        at_4=Fraction(100 * sum(rating == 4 for rating in rated), n) if n else None,
    )


@dataclass(frozen=True)
class Distribution:
    total: int
    stated: int

    @property
    def difference(self) -> int:
        return self.stated - self.total

    @property
    def is_consistent(self) -> bool:
        return not self.difference


def distribution(counts: Iterable[int], stated: int) -> Distribution:
    """Whether counts add up to the total that was stated with them."""
    return Distribution(sum(counts), stated)
