from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goals.milestones import CountedTo, Material, Milestone, Redating, State, index, slip
from goals.policy import DEFAULT_POLICY
from goals.variance import Band

DUE = date(2025, 3, 1)
TODAY = date(2025, 3, 1)
OPEN = Milestone(DUE, last_update_on=TODAY)


def after(days, start=DUE):
    return start + timedelta(days=days)


@pytest.mark.parametrize(
    ("milestone", "today", "days", "counted_to"),
    [
        (OPEN, TODAY, 0, CountedTo.TODAY),
        (OPEN, after(-9), 0, CountedTo.CURRENT_DUE),
        (OPEN, after(1), 1, CountedTo.TODAY),
        (replace(OPEN, current_due=after(20)), after(3), 20, CountedTo.CURRENT_DUE),
        (replace(OPEN, current_due=after(20), forecast_due=after(30)), TODAY, 30, "forecast_due"),
        (replace(OPEN, current_due=after(20), forecast_due=after(5)), TODAY, 20, "current_due"),
        (replace(OPEN, current_due=after(-20)), TODAY, 0, CountedTo.TODAY),
        (
            replace(OPEN, completed_on=after(4), forecast_due=after(90)),
            after(50),
            4,
            "completed_on",
        ),
        (replace(OPEN, completed_on=after(-4)), after(50), 0, CountedTo.COMPLETED),
    ],
)
def test_a_slip_is_counted_from_the_baseline_to_the_last_day_that_is_known(
    milestone, today, days, counted_to
):
    found = slip(milestone, today)
    assert (found.slip_days, found.counted_to) == (days, counted_to)
    assert found.is_slipped == (days > 0)


@pytest.mark.parametrize(
    ("days", "start", "critical", "rule"),
    [
        (14, None, False, None),
        (15, None, False, Material.DAYS),
        (15, after(-140), False, Material.DAYS),  # a tenth of the plan is no more than fourteen
        (15, after(-150), False, None),  # a tenth of the plan, exactly
        (16, after(-150), False, Material.SHARE_OF_PLAN),
        (15, after(-145), False, Material.SHARE_OF_PLAN),
        (7, None, True, None),
        (8, None, True, Material.CRITICAL),
        (8, after(-1000), True, Material.CRITICAL),
        (15, None, True, Material.DAYS),
    ],
)
def test_a_slip_is_material_beyond_what_the_plan_can_bear(days, start, critical, rule):
    milestone = replace(OPEN, current_due=after(days), plan_start=start, is_critical=critical)
    found = slip(milestone, TODAY)
    assert (found.material_by, found.is_material) == (rule, rule is not None)
    assert found.cap == (3 if critical and rule else None)


def test_finishing_lifts_the_cap_and_the_late_finish_stays():
    milestone = replace(OPEN, completed_on=after(40), is_critical=True)
    found = slip(milestone, after(60))
    assert (found.state, found.is_material, found.cap) == (State.DONE_LATE, True, None)


def test_a_cancelled_milestone_has_no_slip_at_all():
    milestone = replace(OPEN, is_cancelled=True, is_critical=True, last_update_on=None)
    found = slip(milestone, after(300))
    assert (found.state, found.slip_days, found.cap) == (State.CANCELLED, None, None)
    assert not any((found.is_slipped, found.is_material, found.is_overdue, found.is_stale))


@pytest.mark.parametrize(
    ("milestone", "today", "state"),
    [
        (OPEN, DUE, State.OPEN),
        (OPEN, after(1), State.OVERDUE),
        (replace(OPEN, current_due=after(5)), after(1), State.OPEN),
        (replace(OPEN, completed_on=DUE), after(99), State.DONE),
        (replace(OPEN, completed_on=after(1), current_due=after(9)), after(99), State.DONE_LATE),
        (replace(OPEN, completed_on=DUE, is_cancelled=True), after(99), State.CANCELLED),
    ],
)
def test_the_state_of_a_milestone(milestone, today, state):
    assert slip(milestone, today).state is state


@pytest.mark.parametrize(
    ("updated", "start", "today", "stale"),
    [
        (after(-31), None, DUE, True),
        (after(-30), None, DUE, False),
        (after(-200), None, after(-60), True),
        (after(-200), None, after(-61), False),  # not yet near
        (after(-200), None, after(100), True),
        (None, after(-30), DUE, False),
        (None, after(-31), DUE, True),
        (None, None, DUE, True),
        (None, None, after(-61), False),
    ],
)
def test_what_is_near_and_has_no_news_is_stale(updated, start, today, stale):
    milestone = Milestone(DUE, last_update_on=updated, plan_start=start)
    assert slip(milestone, today).is_stale is stale
    done = replace(milestone, completed_on=DUE)
    assert slip(done, today).is_stale is False


def test_only_postponements_are_moves():
    later, earlier, same = (Redating(DUE, after(days)) for days in (1, -1, 0))
    found = slip(replace(OPEN, changes=(later, earlier, same, later)), TODAY)
    assert (found.moves, found.serial_redating) == (2, False)
    assert slip(replace(OPEN, changes=(later,) * 3), TODAY).serial_redating


# --- the index ------------------------------------------------------------------------------------


def done(days_late, due=-50):
    return Milestone(after(due), completed_on=after(due + days_late))


@pytest.mark.parametrize(
    ("late", "score", "band"),
    [
        ((0, 0), None, None),
        ((0, -5, 0), "1", Band.G),
        ((0, 1, 14), "2/3", Band.AR),
        ((0, 0, 15), "2/3", Band.AR),
        ((0, 0, 0, 15), "3/4", Band.AG),
        ((0, 15), None, None),
        ((0, 15, 0, 15), "1/2", Band.AR),
        ((1, 15, 15), "1/6", Band.R),
        ((0,) * 8 + (1, 1), "9/10", Band.G),
    ],
)
def test_the_index_and_its_bands(late, score, band):
    found = index([done(days) for days in late], TODAY)
    assert (found.score, found.band) == (score and Fraction(score), band)


def test_the_window_ends_yesterday_and_reaches_half_a_year_back():
    days = [0, -1, -180, -181]
    found = index([Milestone(after(each)) for each in days], TODAY)
    assert (found.n, found.window) == (2, (after(-180), after(-1)))


def test_cancelled_milestones_are_counted_apart_and_nowhere_else():
    gone = [replace(done(0), is_cancelled=True), Milestone(after(300), is_cancelled=True)]
    found = index([done(0), done(0), done(0), *gone], TODAY)
    assert (found.n, found.on_time, found.cancelled) == (3, 3, 2)


def test_a_critical_slip_outside_the_window_caps_all_the_same():
    late = Milestone(after(100), current_due=after(110), is_critical=True, code="M9")
    found = index([done(0)] * 3 + [late], TODAY)
    assert (found.band, found.cap) == (Band.G, 3)
    assert [each.code for each in found.capping] == ["M9"]
    assert index([done(0)] * 3, TODAY).cap is None


def test_the_start_of_the_plan_stands_in_for_milestones_that_name_none():
    late = Milestone(after(-10), current_due=after(10), is_critical=False)
    critical = replace(late, is_critical=True, current_due=after(-3))
    assert index([late, critical], TODAY, plan_start=after(-500)).cap == 3  # seven days and more
    lenient = DEFAULT_POLICY.overridden({"SLIP_CRITICAL_DAYS": 100})
    assert index([critical], TODAY, plan_start=after(-500), policy=lenient).cap is None
    long_ago = replace(critical, current_due=after(20))
    assert index([long_ago], TODAY, policy=lenient).cap == 3
    assert index([long_ago], TODAY, plan_start=after(-500), policy=lenient).cap is None


days = st.integers(-400, 400)
milestones = st.builds(
    Milestone,
    days.map(after),
    current_due=st.none() | days.map(after),
    forecast_due=st.none() | days.map(after),
    completed_on=st.none() | days.map(after),
    plan_start=st.none() | days.map(after),
    is_critical=st.booleans(),
    is_cancelled=st.booleans(),
    last_update_on=st.none() | days.map(after),
)


@given(milestones, days.map(after), st.integers(1, 500))
def test_moving_the_date_ahead_never_removes_a_slip(milestone, today, more):
    moved = replace(milestone, current_due=milestone.due + timedelta(days=more))
    before, later = slip(milestone, today), slip(moved, today)
    if before.slip_days is not None:
        assert later.slip_days >= before.slip_days
        assert later.is_material >= before.is_material


@given(st.lists(milestones, max_size=12), st.randoms(use_true_random=False))
def test_the_index_counts_every_milestone_once_in_any_order(rows, chance):
    found = index(rows, TODAY)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    other = index(shuffled, TODAY)
    assert (found.n, found.score, found.band, found.cap, found.cancelled) == (
        other.n,
        other.score,
        other.band,
        other.cap,
        other.cancelled,
    )
    assert found.on_time + found.half_credit <= found.n <= len(rows) - found.cancelled
    assert found.score is None or 0 <= found.score <= 1
