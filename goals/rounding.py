"""Rounding, half away from zero, and only where a number is shown (FORMULAS 0).

The one exception, a target level worked out from a rule, is stored rounded (goals/targets.py).
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int


def round_half_up(value: Number, decimals: int) -> Fraction:
    """The value to so many decimals: 2.5 becomes 3, and -2.5 becomes -3."""
    scaled = abs(Fraction(value)) * 10**decimals
    units = (scaled + Fraction(1, 2)).__floor__()
    return Fraction(units if value >= 0 else -units, 10**decimals)


def text(value: Number, decimals: int) -> str:
    """The rounded value in digits: "100.00", "-3", and never "-0.0"."""
    rounded = round_half_up(value, decimals)
    digits = str(abs(int(rounded * 10**decimals))).rjust(decimals + 1, "0")
    sign = "-" if rounded < 0 else ""
    if not decimals:
        return f"{sign}{digits}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def ratio(numerator: Number, denominator: Number, scale: Number = 1) -> Fraction:
    """scale * numerator / denominator, exact. Raises ZeroDivisionError."""
    return Fraction(scale) * Fraction(numerator) / Fraction(denominator)


def sum_text(values: Iterable[Number], decimals: int) -> str:
    """A total is rounded from the unrounded sum, never added up from rounded parts."""
    return text(sum((Fraction(value) for value in values), Fraction(0)), decimals)
