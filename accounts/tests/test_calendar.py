from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.calendar import NoWorkingDaysError, WorkingCalendar, gaps

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


def test_whoever_asks_for_working_days_hears_that_there_are_none():
    with pytest.raises(NoWorkingDaysError):
        WorkingCalendar.strictly([1, 2, 3, 4, 5, 6, 7], [])
    assert not WorkingCalendar.strictly([6, 7], []).is_working(date(2026, 8, 1))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 7, 3), date(2026, 7, 6), 1),  # from a holiday to Monday
        (date(2026, 7, 6), date(2026, 7, 3), 0),  # back to it: only Friday, a holiday
        (date(2026, 7, 6), date(2026, 7, 2), -1),
        (date(2026, 7, 4), date(2026, 7, 2), -1),  # from a Saturday: Thursday counts
        (date(2026, 7, 2), date(2026, 7, 4), 0),
    ],
)
def test_distance_counts_the_day_it_leads_to_both_ways(start, end, days):
    assert EVERLY.distance(start, end) == days


@pytest.mark.parametrize(
    ("nth", "expected"),
    [(1, date(2026, 7, 1)), (3, date(2026, 7, 6)), (22, date(2026, 7, 31)), (23, None), (0, None)],
)
def test_nth_working_day_of_a_month(nth, expected):
    assert EVERLY.nth_of_month(2026, 7, nth) == expected


def test_gaps_are_calendar_days():
    assert gaps([date(2026, 1, 30), date(2026, 3, 1), date(2026, 3, 1)]) == [30, 0]
    assert gaps([TUESDAY]) == gaps([]) == []


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(-30, 30).filter(bool),
    st.sets(st.integers(1, 7), max_size=6),
)
def test_calendar_lands_on_a_working_day_and_finds_the_way_back(on, days, days_off):
    calendar = WorkingCalendar.of(days_off, [on + timedelta(days=1)])
    landed = calendar.shift(on, days)
    assert calendar.is_working(landed)
    assert calendar.distance(on, landed) == days
    if calendar.is_working(on):
        assert calendar.shift(landed, -days) == on
