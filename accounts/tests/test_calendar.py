from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.calendar import WorkingCalendar

TUESDAY = date(2026, 7, 28)
INDEPENDENCE = date(2026, 7, 3)
EVERLY = WorkingCalendar.of([6, 7], [INDEPENDENCE])


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, TUESDAY),
        (-3, date(2026, 7, 23)),
        (-7, date(2026, 7, 17)),
        (-10, date(2026, 7, 14)),
        (-17, date(2026, 7, 2)),  # over the holiday of 3 July
        (2, date(2026, 7, 30)),
        (4, date(2026, 8, 3)),
    ],
)
def test_calendar_counts_working_days(days, expected):
    assert EVERLY.shift(TUESDAY, days) == expected
    assert EVERLY.distance(TUESDAY, expected) == days


def test_calendar_without_rest_counts_every_day():
    assert WorkingCalendar.of([], []).shift(TUESDAY, -10) == date(2026, 7, 18)


def test_calendar_that_only_rests_is_taken_for_one_without_rest():
    assert WorkingCalendar.of([1, 2, 3, 4, 5, 6, 7, 9], []).shift(TUESDAY, 1) == date(2026, 7, 29)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(-30, 30).filter(bool),
    st.sets(st.integers(1, 7), max_size=6),
)
def test_calendar_lands_on_a_working_day_and_finds_the_way_back(on, days, days_off):
    calendar = WorkingCalendar.of(days_off, [on + timedelta(days=1)])
    landed = calendar.shift(on, days)
    assert calendar.is_working(landed)
    if calendar.is_working(on):
        assert calendar.shift(landed, -days) == on
