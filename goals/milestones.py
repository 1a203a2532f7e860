"""How far milestones have slipped, and how many come in on time (FORMULAS 6: F11 and F12)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from goals.policy import DEFAULT_POLICY, Policy
from goals.variance import Band

CAP = 3
HALF = Fraction(1, 2)


class State(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"
    CANCELLED = "cancelled"


class CountedTo(StrEnum):
    """The day up to which a slip is counted: the last of those that apply."""

    COMPLETED = "completed_on"
    FORECAST = "forecast_due"
    CURRENT_DUE = "current_due"
    TODAY = "today"


class Material(StrEnum):
    """The rule by which a slip is material."""

    DAYS = "days"
    SHARE_OF_PLAN = "share_of_plan"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Redating:
    old_due: date
    new_due: date


@dataclass(frozen=True)
class Milestone:
    """The baseline date stays; the current one moves with each re-dating."""

    baseline_due: date
    current_due: date | None = None  # the baseline date where it was never moved
    forecast_due: date | None = None
    completed_on: date | None = None
    plan_start: date | None = None
    is_critical: bool = False
    is_cancelled: bool = False
    last_update_on: date | None = None
    changes: tuple[Redating, ...] = ()
    code: str = ""

    @property
    def due(self) -> date:
        return self.current_due or self.baseline_due

    @property
    def is_complete(self) -> bool:
        return self.completed_on is not None


@dataclass(frozen=True)
class Slip:
    """`slip_days` is None for a cancelled milestone. What decided stands beside each verdict."""

    state: State
    policy: Policy
    slip_days: int | None = None
    counted_to: CountedTo | None = None
    until: date | None = None
    allowed_days: Fraction | None = None  # a slip is material beyond this
    material_by: Material | None = None
    is_stale: bool = False
    updated_on: date | None = None  # the last update; where there was none the start of the plan
    moves: int = 0
    serial_redating: bool = False
    cap: int | None = None

    @property
    def is_slipped(self) -> bool:
        return bool(self.slip_days)

    @property
    def is_material(self) -> bool:
        return self.material_by is not None

    @property
    def is_overdue(self) -> bool:
        return self.state is State.OVERDUE


def slip(milestone: Milestone, today: date, policy: Policy = DEFAULT_POLICY) -> Slip:
    """F11. Moving the date never removes a slip, since it is counted from the baseline date."""
    moves = sum(change.new_due > change.old_due for change in milestone.changes)
    told = Slip(
        state=_state(milestone, today),
        policy=policy,
        moves=moves,
        serial_redating=moves >= policy.serial_moves,
    )
    if milestone.is_cancelled:
        return told
    until, counted_to = _counted_to(milestone, today)
    days = max(0, (until - milestone.baseline_due).days)
    allowed, by_share = _allowed(milestone, policy)
    material_by: Material | None = None
    if days > allowed:
        material_by = Material.SHARE_OF_PLAN if by_share else Material.DAYS
    elif milestone.is_critical:
        allowed = min(allowed, Fraction(policy.slip_critical_days))
        material_by = Material.CRITICAL if days > allowed else None
    capped = milestone.is_critical and material_by is not None and not milestone.is_complete
    return replace(
        told,
        slip_days=days,
        counted_to=counted_to,
        until=until,
        allowed_days=allowed,
        material_by=material_by,
        is_stale=_is_stale(milestone, today, policy),
        updated_on=milestone.last_update_on or milestone.plan_start,
        cap=CAP if capped else None,
    )


def _state(milestone: Milestone, today: date) -> State:
    if milestone.is_cancelled:
        return State.CANCELLED
    if milestone.completed_on:
        late = milestone.completed_on > milestone.baseline_due
        return State.DONE_LATE if late else State.DONE
    return State.OVERDUE if milestone.due < today else State.OPEN


def _counted_to(milestone: Milestone, today: date) -> tuple[date, CountedTo]:
    if milestone.completed_on:
        return milestone.completed_on, CountedTo.COMPLETED
    days = {CountedTo.TODAY: today, CountedTo.CURRENT_DUE: milestone.due}
    if milestone.forecast_due:
        days[CountedTo.FORECAST] = milestone.forecast_due
    latest = max(days, key=lambda each: days[each])
    return days[latest], latest


def _allowed(milestone: Milestone, policy: Policy) -> tuple[Fraction, bool]:
    """How many days may be lost, and whether that is by a share of the time planned."""
    days = Fraction(policy.slip_material_days)
    if milestone.plan_start is None:
        return days, False
    planned = (milestone.baseline_due - milestone.plan_start).days
    share = policy.slip_material_frac * planned
    return max(days, share), share > days


def _is_stale(milestone: Milestone, today: date, policy: Policy) -> bool:
    """Nobody has said anything for long about something that is due soon or overdue."""
    left = (milestone.due - today).days
    if milestone.is_complete or left > policy.stale_due_within:
        return False
    updated = milestone.last_update_on or milestone.plan_start
    return updated is None or (today - updated).days > policy.stale_no_update


@dataclass(frozen=True)
class Index:
    """F12. `score` is None for too few. `window` are the first and last due days that count.

    `cancelled` is of all that were given, whenever they were due; they count nowhere else.
    `capping` are the critical milestones whose slip sets the cap, inside the window or not.
    """

    n: int
    on_time: int
    half_credit: int
    cancelled: int
    window: tuple[date, date]
    policy: Policy
    score: Fraction | None = None
    band: Band | None = None
    capping: tuple[Milestone, ...] = ()

    @property
    def cap(self) -> int | None:
        return CAP if self.capping else None


def index(
    milestones: Iterable[Milestone],
    today: date,
    *,
    plan_start: date | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> Index:
    """The share of the milestones due of late that came in on time, a little late counting half.

    `plan_start` stands in where a milestone has none of its own. What is due today is not yet due.
    """
    known = [replace(each, plan_start=each.plan_start or plan_start) for each in milestones]
    window = (today - timedelta(days=policy.mpi_window), today - timedelta(days=1))
    due = [
        each
        for each in known
        if not each.is_cancelled and window[0] <= each.baseline_due <= window[1]
    ]
    late = [_days_late(each) for each in due]
    on_time = sum(days is not None and days <= 0 for days in late)
    half = sum(days is not None and 0 < days <= policy.mpi_half_credit_days for days in late)
    score = (on_time + HALF * half) / len(due) if len(due) >= max(policy.mpi_min_n, 1) else None
    return Index(
        n=len(due),
        on_time=on_time,
        half_credit=half,
        cancelled=sum(each.is_cancelled for each in known),
        window=window,
        policy=policy,
        score=score,
        band=None if score is None else _band(score, policy),
        capping=tuple(each for each in known if slip(each, today, policy).cap),
    )


def _days_late(milestone: Milestone) -> int | None:
    """After the baseline date; None while it is not complete."""
    if milestone.completed_on is None:
        return None
    return (milestone.completed_on - milestone.baseline_due).days


def _band(score: Fraction, policy: Policy) -> Band:
    cuts = ((Band.G, policy.mpi_g), (Band.AG, policy.mpi_ag), (Band.AR, policy.mpi_ar))
    return next((band for band, cut in cuts if score >= cut), Band.R)
