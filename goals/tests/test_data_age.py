from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.data_age import AgeStatus, Frequency, Schedule, add_months, data_age, next_period_end
from goals.policy import DEFAULT_POLICY

MONTHLY = Schedule(Frequency.MONTHLY, 20, 5)
AUGUST = date(2025, 8, 31)


@pytest.mark.parametrize(
    ("today", "late_days", "status", "cap"),
    [
        (date(2025, 10, 17), 0, AgeStatus.FRESH, None),
        (date(2025, 10, 18), 0, AgeStatus.DUE_SOON, None),
        (date(2025, 10, 25), 0, AgeStatus.DUE_SOON, None),  # on the due day nothing is late
        (date(2025, 11, 1), 7, AgeStatus.LATE, 3),
        (date(2025, 11, 25), 31, AgeStatus.LATE, 3),
        (date(2025, 11, 26), 32, AgeStatus.VERY_LATE, 2),  # a second number is missing
    ],
)
def test_late_is_about_the_due_day(today, late_days, status, cap):
    age = data_age(MONTHLY, AUGUST, today)
    assert (age.late_days, age.status, age.cap) == (late_days, status, cap)
    assert age.due == date(2025, 10, 25)


def test_a_yearly_measure_can_be_old_without_being_late():
    age = data_age(Schedule(Frequency.ANNUAL, 240, 30), date(2024, 6, 30), date(2025, 10, 1))
    assert (age.freshness_days, age.is_late) == (458, False)


def test_substitute_evidence_lifts_the_cap_of_late_data_but_not_of_very_late():
    late = data_age(MONTHLY, AUGUST, date(2025, 11, 1), substitute_evidence=True)
    very = data_age(MONTHLY, AUGUST, date(2025, 11, 26), substitute_evidence=True)
    assert (late.cap, very.cap) == (None, 2)


def test_in_strict_mode_late_data_count_as_unknown():
    strict = DEFAULT_POLICY.overridden({"STRICT_DATA_MODE": True})
    assert data_age(MONTHLY, AUGUST, date(2025, 11, 1), policy=strict).cap == 1


def test_before_the_first_number_the_first_expected_period_counts():
    schedule = Schedule(Frequency.ANNUAL, 60, 10, date(2025, 6, 30))
    age = data_age(schedule, None, date(2025, 9, 15))
    assert (age.due, age.late_days, age.freshness_days) == (date(2025, 9, 8), 7, None)


def test_without_any_expectation_nothing_is_scheduled():
    age = data_age(Schedule(Frequency.ANNUAL), None, date(2025, 9, 15))
    assert (age.status, age.due) == (AgeStatus.NOT_SCHEDULED, None)


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2024, 3, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 3, 15), -1, date(2024, 2, 15)),
    ],
)
def test_months_are_added_by_the_calendar(on, months, expected):
    assert add_months(on, months) == expected


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.sampled_from(Frequency))
def test_the_next_period_always_ends_later(on, frequency):
    assert next_period_end(frequency, on) > on
