from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.rounding import ratio, round_half_up, sum_text, text


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.5", 0, "1"),
        ("-0.04", 1, "0.0"),
        ("73.05", 1, "73.1"),
        ("1.005", 2, "1.01"),
        ("100", 2, "100.00"),
        ("0.045", 2, "0.05"),
    ],
)
def test_text_rounds_half_away_from_zero(value, decimals, expected):
    assert text(Decimal(value), decimals) == expected


def test_text_of_a_fraction_that_no_decimal_holds():
    assert text(Fraction(10, 3), 3) == "3.333"


def test_ratio_is_exact():
    assert text(ratio(Decimal("1.7"), Decimal("8.0"), 100), 1) == "21.3"


def test_a_total_is_rounded_from_the_unrounded_sum():
    parts = [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert [text(each, 1) for each in parts] == ["33.3", "33.3", "33.3"]
    assert sum_text(parts, 1) == "100.0"


@given(st.fractions(), st.integers(0, 6))
def test_rounding_moves_by_at_most_half_a_unit(value, decimals):
    assert abs(round_half_up(value, decimals) - value) <= Fraction(1, 2 * 10**decimals)


@given(st.fractions(), st.integers(0, 6))
def test_rounding_mirrors_at_zero(value, decimals):
    assert round_half_up(-value, decimals) == -round_half_up(value, decimals)
