from datetime import UTC, date, datetime

import pytest

from stocktakes.timetable import Due, due_routines, is_new_reminder, reminder_step

DENVER = "America/Denver"


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 7, 21, 11, 59, tzinfo=UTC), []),  # 05:59 in Denver
        (datetime(2026, 7, 21, 12, 0, tzinfo=UTC), [date(2026, 7, 21)]),
        (datetime(2026, 7, 22, 3, 0, tzinfo=UTC), [date(2026, 7, 21)]),  # still the 21st there
        (datetime(2026, 11, 1, 13, 0, tzinfo=UTC), [date(2026, 11, 1)]),  # the clocks went back
    ],
)
def test_the_daily_routine_is_due_from_its_local_hour_on(moment, due):
    assert due_routines(moment, DENVER, 6) == [Due("daily", on) for on in due]


@pytest.mark.parametrize(
    ("late_days", "step"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (7, 3), (14, 4), (20, 4), (21, 5), (28, 6)],
)
def test_reminders_come_at_growing_distances_and_then_weekly(late_days, step):
    assert reminder_step(late_days) == step


@pytest.mark.parametrize(
    ("late_days", "since", "is_new"),
    [
        (5, None, True),
        (0, None, False),
        (5, date(2026, 7, 20), False),  # told at four days late, next at seven
        (7, date(2026, 7, 20), True),
        (8, date(2026, 7, 20), False),
        (8, date(2026, 7, 17), True),  # the step was reached on a day without a digest
    ],
)
def test_nobody_is_told_the_same_thing_every_day(late_days, since, is_new):
    assert is_new_reminder(late_days, since, date(2026, 7, 21)) is is_new
