from datetime import date

import pytest

from goals.definitions import Definition, breaks_between, is_comparable, number_in_force

OLD = Definition(1)
HARDER_TEST = Definition(2, date(2022, 1, 1), is_comparable=False)
CLEARER_WORDS = Definition(3, date(2024, 1, 1))
ALL = [OLD, HARDER_TEST, CLEARER_WORDS]


@pytest.mark.parametrize(
    ("on", "number"),
    [
        (date(2021, 12, 31), 1),
        (date(2022, 1, 1), 2),
        (date(2023, 12, 31), 2),
        (date(2030, 1, 1), 3),
    ],
)
def test_number_in_force_is_the_highest_that_holds(on, number):
    assert number_in_force(ALL, on) == number


def test_number_in_force_without_definitions_is_one():
    assert number_in_force([], date(2024, 1, 1)) == 1


@pytest.mark.parametrize(
    ("one", "other", "breaks"),
    [(1, 1, ()), (1, 2, (2,)), (2, 1, (2,)), (2, 3, ()), (3, 1, (2,))],
)
def test_breaks_between_names_what_stands_in_the_way(one, other, breaks):
    assert breaks_between(ALL, one, other) == breaks
    assert is_comparable(ALL, one, other) == (breaks == ())
