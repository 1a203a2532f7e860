from datetime import date
from fractions import Fraction

import pytest

from goals.definitions import Definition
from goals.policy import DEFAULT_POLICY
from goals.series import DuplicatePeriodError, compare_readings, definition_of, series_of
from goals.variance import Reading

BROKEN = [
    Definition(1),
    Definition(2, date(2020, 1, 1)),
    Definition(3, date(2022, 1, 1), is_comparable=False),
    Definition(4, date(2024, 1, 1)),
]


def value(year, number=5, status="final", definition=None):
    return Reading(date(year, 12, 31), Fraction(number), status, definition=definition)


def test_an_observation_is_of_its_own_definition_or_of_the_one_in_force():
    assert [definition_of(value(year), BROKEN) for year in (2019, 2020, 2023, 2024)] == [1, 2, 3, 4]
    assert definition_of(value(2024, definition=2), BROKEN) == 2
    assert definition_of(value(2024), []) == 1


@pytest.mark.parametrize(
    ("start", "end", "blocked_by", "change"),
    [
        (2019, 2021, (), 2),
        (2021, 2019, (), 2),
        (2019, 2024, (3,), None),
        (2024, 2019, (3,), None),
        (2022, 2024, (), 2),
        (2021, 2022, (3,), None),
    ],
)
def test_a_change_across_a_break_is_refused_both_ways(start, end, blocked_by, change):
    found = compare_readings(value(start, 5), value(end, 7), BROKEN)
    assert (found.blocked_by, found.change) == (blocked_by, change)
    assert found.is_comparable == (not blocked_by)
    assert found.reason == ("not_comparable" if blocked_by else None)
    assert found.since == ((date(2022, 1, 1),) if blocked_by else ())


def test_a_series_is_what_can_be_compared_with_the_newest_final():
    rows = [value(year) for year in (2024, 2021, 2023, 2022)]
    found = series_of([*rows, value(2025, status="provisional")], BROKEN)
    assert [row.period_end.year for row in found.finals] == [2022, 2023, 2024]
    assert [row.period_end.year for row in found.left_out] == [2021]
    assert [row.period_end.year for row in found.newer] == [2025]


def test_three_values_carry_a_slope():
    rows = [value(year) for year in (2021, 2022, 2023)]
    assert not series_of(rows, BROKEN).carries_a_slope()
    assert series_of(rows, []).carries_a_slope()
    least = DEFAULT_POLICY.overridden({"MIN_N_FORECAST": 2})
    assert series_of(rows, BROKEN).carries_a_slope(least)


def test_a_revised_value_is_final_and_two_finals_of_one_period_are_refused():
    assert series_of([value(2021, status="revised")]).finals
    with pytest.raises(DuplicatePeriodError):
        series_of([value(2021), value(2021, status="revised")])
    assert series_of([value(2021), value(2021, status="provisional")]).newer == ()


def test_no_values_are_an_empty_series():
    assert series_of([], BROKEN).finals == ()
    assert not series_of([]).carries_a_slope()
