from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.aggregation import (
    AggregationError,
    Part,
    Shown,
    categories_rate,
    distribution,
    headline,
    total_rate,
)


def part(code, numerator, denominator):
    return Part(
        code,
        None if numerator is None else Fraction(numerator),
        None if denominator is None else Fraction(denominator),
    )


def test_a_rate_is_the_ratio_of_sums_never_a_mean_of_rates():
    total = total_rate([part("big", 900, 1000), part("small", 5, 10)])
    assert total.rate == Fraction(90500, 1010)


def test_a_missing_count_is_no_zero():
    total = total_rate([part("a", None, 40), part("b", 12, 40)])
    assert (total.rate, total.missing) == (30, 1)
    assert [each.status for each in total.parts] == [Shown.MISSING, Shown.SHOWN]


def test_a_small_unit_is_hidden_but_counts_and_hides_a_second_one():
    total = total_rate([part("A", 60, 100), part("B", 5, 7), part("C", 30, 50)])
    assert (total.numerator, total.denominator) == (95, 157)
    assert [each.status for each in total.parts] == [
        Shown.SHOWN,
        Shown.SUPPRESSED,
        Shown.SUPPRESSED_COMPLEMENTARY,
    ]


def test_a_total_of_few_is_hidden_itself():
    total = total_rate([part("a", 2, 4), part("b", 1, 5)])
    assert (total.status, total.rate, total.numerator) == (Shown.SUPPRESSED, None, None)


def test_nothing_counted_is_empty():
    assert total_rate([part("a", 0, 0)]).status is Shown.EMPTY


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([part("a", 12, 10)], "invalid_counts"),
        ([part("a", -9999, 10)], "invalid_counts"),
        ([part("a", 1, 10), part("a", 1, 10)], "duplicate_unit"),
    ],
)
def test_impossible_counts_are_refused(parts, code):
    with pytest.raises(AggregationError) as refusal:
        total_rate(parts)
    assert refusal.value.code == code


def test_categories_that_overlap_are_not_added():
    assert categories_rate([Fraction(50), Fraction(31)], Fraction(200), overlap=False) == Fraction(
        "40.5"
    )
    with pytest.raises(AggregationError):
        categories_rate([Fraction(1)], Fraction(2), overlap=True)


def test_the_headline_says_how_many_it_speaks_of():
    shares = headline([4, 0, None, 2])
    assert (shares.n, shares.unrated, shares.at_3_or_4, shares.at_4) == (2, 2, 50, 50)
    assert headline([]).at_4 is None


def test_counts_that_do_not_add_up_are_seen():
    counts = distribution([5, 23, 71, 34, 4, 5], 143)
    assert (counts.total, counts.is_consistent, counts.difference) == (142, False, 1)


units = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=1,
    max_size=9,
)


@given(units)
def test_no_hidden_unit_can_be_found_by_subtraction(counts):
    parts = [part(f"u{place}", n, d) for place, (n, d) in enumerate(counts)]
    total = total_rate(parts)
    hidden = [
        each
        for each in total.parts
        if each.status in (Shown.SUPPRESSED, Shown.SUPPRESSED_COMPLEMENTARY)
    ]
    shown = [each for each in total.parts if each.status is Shown.SHOWN]
    if total.status is Shown.SHOWN and (shown or len(hidden) > 1):
        assert len(hidden) != 1


@given(units)
def test_the_rate_lies_between_the_rates_of_its_parts(counts):
    parts = [part(f"u{place}", n, d) for place, (n, d) in enumerate(counts)]
    total = total_rate(parts)
    rates = [Fraction(100 * n, d) for n, d in counts if d]
    if total.rate is not None:
        assert min(rates) <= total.rate <= max(rates)
