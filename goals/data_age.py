"""How old a number is, when the next one is due, and whether it is late (FORMULAS 5).

Late is about the due date, not about age: a yearly measure can be old without being late.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from goals.policy import DEFAULT_POLICY, Policy


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    ANNUAL = "annual"
    COHORT = "cohort"
    BIENNIAL = "biennial"


DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}
MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.ANNUAL: 12,
    Frequency.COHORT: 12,
    Frequency.BIENNIAL: 24,
}


class AgeStatus(StrEnum):
    FRESH = "fresh"
    DUE_SOON = "due_soon"
    LATE = "late"
    VERY_LATE = "very_late"
    NOT_SCHEDULED = "not_scheduled"


@dataclass(frozen=True)
class Schedule:
    """When numbers of an indicator are expected."""

    frequency: Frequency
    publication_lag_days: int = 0
    grace_days: int = 0
    first_expected_period_end: date | None = None

    def due(self, period_end: date) -> date:
        return period_end + timedelta(days=self.publication_lag_days + self.grace_days)


@dataclass(frozen=True)
class DataAge:
    next_period_end: date | None
    due: date | None
    late_days: int
    freshness_days: int | None
    status: AgeStatus
    cap: int | None
    data_problem_case: bool = False

    @property
    def is_late(self) -> bool:
        return self.late_days > 0


def add_months(on: date, months: int) -> date:
    """The last day of a month goes to the last day; any other day is kept, cut to the month."""
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    length = monthrange(year, month)[1]
    is_last = on.day == monthrange(on.year, on.month)[1]
    return date(year, month, length if is_last else min(on.day, length))


def next_period_end(frequency: Frequency, period_end: date) -> date:
    if days := DAYS.get(frequency):
        return period_end + timedelta(days=days)
    return add_months(period_end, MONTHS[frequency])


def data_age(
    schedule: Schedule,
    last_period_end: date | None,
    today: date,
    *,
    substitute_evidence: bool = False,
    policy: Policy = DEFAULT_POLICY,
) -> DataAge:
    """F9 and F10: the age of the newest number, and how high a rating it still allows."""
    freshness = (today - last_period_end).days if last_period_end else None
    if last_period_end:
        following: date | None = next_period_end(schedule.frequency, last_period_end)
    else:
        following = schedule.first_expected_period_end
    if following is None:
        return DataAge(None, None, 0, freshness, AgeStatus.NOT_SCHEDULED, None)
    due = schedule.due(following)
    second_due = schedule.due(next_period_end(schedule.frequency, following))
    status = _status(today, due, second_due, policy)
    return DataAge(
        next_period_end=following,
        due=due,
        late_days=max(0, (today - due).days),
        freshness_days=freshness,
        status=status,
        cap=_cap(status, policy, substitute_evidence=substitute_evidence),
        data_problem_case=status is AgeStatus.VERY_LATE,
    )


def _status(today: date, due: date, second_due: date, policy: Policy) -> AgeStatus:
    if today > second_due:
        return AgeStatus.VERY_LATE
    if today > due:
        return AgeStatus.LATE
    if (due - today).days <= policy.due_soon_days:
        return AgeStatus.DUE_SOON
    return AgeStatus.FRESH


def _cap(status: AgeStatus, policy: Policy, *, substitute_evidence: bool) -> int | None:
    if status not in (AgeStatus.LATE, AgeStatus.VERY_LATE):
        return None
    if policy.strict_data_mode:
        return 1
    if status is AgeStatus.VERY_LATE:
        return 2
    return None if substitute_evidence else 3
