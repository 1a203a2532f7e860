"""Loads `everly`: replays its history in the order in which it became known.

Everything goes through the same actions that people use, so a pack issued in the middle of the
history says what was known then. The fictional today is the day of loading.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)
from accounts.roles import Role
from delivery_unit.demo import everly
from delivery_unit.demo.everly import DemoGoal, DemoIndicator, DemoSeries
from delivery_unit.demo.loader import PROFILE, ZONE, Loader
from delivery_unit.demo.meetings import hold_meeting, plan_meetings
from delivery_unit.demo.people import ACCOUNTS, ORG_UNITS, PASSWORD, PEOPLE
from goals.actions.answers import write_answer
from goals.actions.observations import NewValue, record_observations
from goals.actions.standings import refresh_standings
from goals.data_age import MONTHS, Frequency, add_months
from goals.models import (
    Aspiration,
    ContentArea,
    DefinitionVersion,
    Goal,
    GoalIndicator,
    GoalRole,
    Indicator,
    IndicatorSteward,
    Series,
    Subgroup,
    Target,
    Trajectory,
    TrajectoryPoint,
)
from goals.rounding import round_half_up

LATE_BY_DAYS = 9  # how long at least the late indicator has been waited for


@transaction.atomic
def load_everly(on: date) -> Loader:
    """The whole demonstration as of a day, into an empty system."""
    loader = Loader(on)
    _load_system(loader)
    _load_people(loader)
    _load_goals(loader)
    _replay(loader)
    return loader


def _load_system(loader: Loader) -> None:
    System.objects.create(
        name="Everly State Department of Education",
        time_zone=ZONE,
        fiscal_year_start=7,
        weekend=[6, 7],
        words={"system_leader": "State Superintendent"},
        demo_profile=PROFILE,
    )
    for year in range(loader.on.year - 1, loader.on.year + 2):
        for month, day, name in everly.HOLIDAYS:
            Holiday.objects.create(on=date(year, month, day), name=name)
    for code, name, kind, parent in ORG_UNITS:
        loader.units[code] = OrgUnit.objects.create(
            code=code, name=name, kind=kind, valid_from=loader.long_ago,
            parent=loader.units[parent] if parent else None,
        )  # fmt: skip


def _load_people(loader: Loader) -> None:
    positions: dict[str, Position] = {}
    for each in PEOPLE:
        user = User.objects.create_user(each.email, each.name, PASSWORD)
        loader.people[each.email] = user
        unit = loader.units[each.unit]
        positions[each.email] = Position.objects.create(
            person=user, title=each.title, org_unit=unit, valid_from=loader.long_ago,
            reports_to=positions.get(each.boss),
        )  # fmt: skip
        RoleAssignment.objects.create(
            person=user, role=each.role, valid_from=loader.long_ago, fte_percent=each.fte_percent,
            home_unit=loader.units.get(each.home_unit),
            org_unit=unit if each.role == Role.LOCAL_LEADER else None,
        )  # fmt: skip
    for leader, primary, backup in ACCOUNTS:
        for consultant, kind in ((primary, "primary"), (backup, "backup")):
            AccountAssignment.objects.create(
                consultant=loader.person(consultant), goal_leader=loader.person(leader),
                kind=kind, valid_from=loader.long_ago,
            )  # fmt: skip


# --- goals, indicators, series --------------------------------------------------------------------


def _load_goals(loader: Loader) -> None:
    aspiration = Aspiration.objects.create(
        statement=everly.ASPIRATION, why=everly.WHY, approved_by_text="the State Board",
        approved_on=add_months(loader.on, -40), horizon_on=date(loader.on.year + 4, 6, 30),
    )  # fmt: skip
    areas = {
        code: ContentArea.objects.create(
            code=code, name=name, chief=loader.person(chief), rank=rank
        )
        for rank, (code, name, chief) in enumerate(everly.AREAS)
    }
    Subgroup.objects.everybody()
    for code, name, dimension in everly.SUBGROUPS:
        Subgroup.objects.create(code=code, name=name, dimension=dimension)
    for rank, each in enumerate(everly.GOALS):
        goal = Goal.objects.create(
            code=each.code, title=each.title, aim=each.aim, area=areas[each.area], rank=rank,
            aspiration=aspiration, is_for_board=each.for_board,
        )  # fmt: skip
        _load_goal_people(loader, goal, each)
        _load_measures(loader, goal, each)


def _load_goal_people(loader: Loader, goal: Goal, each: DemoGoal) -> None:
    GoalRole.objects.create(
        goal=goal, person=loader.person(each.leader), role="leader", valid_from=loader.long_ago
    )
    if each.leader == "literacy":
        GoalRole.objects.create(
            goal=goal, person=loader.person("team.literacy"), role="team",
            valid_from=loader.long_ago,
        )  # fmt: skip


def _load_measures(loader: Loader, goal: Goal, each: DemoGoal) -> None:
    measures = [("goal", each.main), *each.helpers]
    for rank, (kind, spec) in enumerate(measures):
        series = _load_series(loader, spec, goal)
        GoalIndicator.objects.create(goal=goal, series=series, kind=kind, rank=rank)
    for spec in each.others:
        _load_series(loader, spec, goal)


def _load_indicator(loader: Loader, spec: DemoIndicator) -> Indicator:
    if spec.code in loader.indicators:
        return loader.indicators[spec.code]
    percent = spec.unit == "percent"
    indicator = Indicator.objects.create(
        code=spec.code, name=spec.name, description=spec.description, unit=spec.unit,
        unit_label=spec.unit_label, scale=100 if percent else 1, decimals=spec.decimals,
        direction=spec.direction, frequency=spec.frequency, publication_lag_days=spec.lag,
        grace_days=spec.grace, is_seasonal=spec.seasonal, source=everly.SOURCE,
        minimum=0, maximum=100 if percent else None,
        aggregation="ratio_of_sums" if percent else "none",
    )  # fmt: skip
    newest = newest_period_end(spec, loader.on)
    for number, years, comparable, text in spec.definitions or ((1, None, True, spec.description),):
        DefinitionVersion.objects.create(
            indicator=indicator, number=number, text=text, is_comparable=comparable,
            valid_from=None if years is None else add_months(newest, -12 * years) + timedelta(days=1),
            reason="" if comparable else "The state adopted a harder test.",
        )  # fmt: skip
    IndicatorSteward.objects.create(
        indicator=indicator, person=loader.person("analyst"), valid_from=loader.long_ago
    )
    loader.indicators[spec.code] = indicator
    return indicator


def newest_period_end(spec: DemoIndicator, on: date) -> date:
    """The end of the newest period whose number ought to be here on the day, grace included."""
    months = MONTHS[Frequency(spec.frequency)]
    end = date(on.year + 1, spec.end_month, 1)
    end = add_months(end, 1) - timedelta(days=1)
    while end + timedelta(days=spec.lag + spec.grace) > on:
        end = add_months(end, -months)
    return end


def _load_series(loader: Loader, spec: DemoSeries, goal: Goal) -> Series:
    indicator = _load_indicator(loader, spec.indicator)
    series, _made = Series.objects.get_or_create(
        indicator=indicator, org_unit=loader.units[spec.unit],
        subgroup=Subgroup.objects.get(code=spec.subgroup),
    )  # fmt: skip
    values = spec.values or attendance()
    reference = loader.on - timedelta(days=LATE_BY_DAYS) if spec.is_late else loader.on
    ends = list(period_ends(spec.indicator, reference, len(values), skip=spec.is_late))
    for back, (end, value) in enumerate(zip(reversed(ends), reversed(values), strict=True)):
        _plan_values(loader, series, spec, (back, end, value))
    if spec.path:
        _plan_path(loader, series, spec, ends, values, goal)
    return series


def period_ends(spec: DemoIndicator, on: date, count: int, *, skip: bool = False) -> Iterator[date]:
    """So many period ends, the newest last; without the newest one if it is to be late."""
    months = MONTHS[Frequency(spec.frequency)]
    newest = newest_period_end(spec, on)
    for back in reversed(range(count)):
        yield add_months(newest, -months * (back + skip))


def attendance() -> tuple[str, ...]:
    """Five years of monthly attendance; the newest month is the same month every time."""
    start, step = Fraction(everly.ATTENDANCE_START), Fraction(everly.ATTENDANCE_STEP)
    shape = [Fraction(each) for each in everly.ATTENDANCE_SHAPE]
    values = [
        round_half_up(start + step * month + shape[month % 12], 1)
        for month in range(everly.ATTENDANCE_MONTHS)
    ]
    return tuple(f"{Decimal(value.numerator) / value.denominator:.1f}" for value in values)


def _plan_values(
    loader: Loader, series: Series, spec: DemoSeries, row: tuple[int, date, str | None]
) -> None:
    back, end, value = row
    months = MONTHS[Frequency(spec.indicator.frequency)]
    known = end + timedelta(days=spec.indicator.lag)
    first = next((text for place, text, _why in spec.revised if place == back), value)
    status = spec.newest_status if back == 0 else "final"
    new = new_value(everly.first_of(end, months), end, first, status, spec.counted)
    loader.values.append((loader.moment(known), series, new, ""))
    for place, _text, why in spec.revised:
        if place == back:
            corrected = new_value(new.period_start, end, value, "revised", spec.counted)
            after = loader.moment(known + timedelta(days=35))
            loader.values.append((after, series, corrected, why))


def new_value(start: date, end: date, value: str | None, status: str, counted: int) -> NewValue:
    if value is None:
        return NewValue(start, end, None, missing_reason="not_reported", source=everly.SOURCE)
    numerator = denominator = None
    if counted:
        numerator = Decimal(int(round_half_up(Decimal(value) * counted / 100, 0)))
        denominator = Decimal(counted)
    return NewValue(
        start, end, Decimal(value), numerator, denominator, status,
        published_on=None, source=everly.SOURCE,
    )  # fmt: skip


def _plan_path(
    loader: Loader,
    series: Series,
    spec: DemoSeries,
    ends: list[date],
    values: tuple[str | None, ...],
    goal: Goal,
) -> None:
    path = spec.path
    assert path  # noqa: S101 - the caller asked
    months = MONTHS[Frequency(spec.indicator.frequency)]
    baseline_on = ends[-1 - path.baseline_back]
    due_on = add_months(ends[-1], months * path.due_ahead)
    baseline = Decimal(values[-1 - path.baseline_back] or "0")
    approved_on = baseline_on + timedelta(days=spec.indicator.lag + 20)
    approved = path.state == "approved"
    leader, delivery = loader.person(_leader_of(goal)), loader.person("delivery")
    target = Target.objects.create(
        series=series, kind="level", parameter=Decimal(path.target), baseline_on=baseline_on,
        baseline_value=baseline, due_on=due_on, raw_level=Decimal(path.target),
        level=Decimal(path.target), decimals=spec.indicator.decimals,
        derivation="Set as a level by the goal leader.",
        approved_on=approved_on if approved else None,
        approved_by=delivery if approved else None,
    )  # fmt: skip
    row = Trajectory.objects.create(
        series=series, target=target, method=path.method, state=path.state,
        season_length=12 if path.method == "seasonal" else None,
        assumptions=path.assumptions, drafted_by=leader, submitted_by=leader,
        approved_by=delivery if approved else None, approved_on=approved_on if approved else None,
    )  # fmt: skip
    _load_points(row, path.points, baseline_on, months)
    if path.method == "seasonal":
        history = zip(ends, values, strict=True)
        TrajectoryPoint.objects.bulk_create(
            TrajectoryPoint(trajectory=row, on=on, value=Decimal(value or "0"), kind="history")
            for on, value in history
            if on <= baseline_on
        )
    if approved:
        loader.paths.append((loader.moment(approved_on), row))


def _load_points(row: Trajectory, values: tuple[str, ...], first: date, months: int) -> None:
    TrajectoryPoint.objects.bulk_create(
        TrajectoryPoint(trajectory=row, on=add_months(first, months * step), value=Decimal(value))
        for step, value in enumerate(values)
    )


def _leader_of(goal: Goal) -> str:
    spec = next(each for each in everly.GOALS if each.code == goal.code)
    return spec.leader


# --- history, in the order in which it became known ------------------------------------------------


def _replay(loader: Loader) -> None:
    meetings = plan_meetings(loader)
    _write_answers(loader)
    steps = sorted(loader.values, key=lambda row: (row[0], row[1].pk))
    paths = sorted(loader.paths, key=lambda row: row[0])
    analyst = loader.person("analyst")
    for at, series, value, why in steps:
        while meetings and meetings[0].issued_at <= at:
            hold_meeting(loader, meetings.pop(0))
        while paths and paths[0][0] <= at:
            moment, path = paths.pop(0)
            refresh_standings(series_ids=[path.series_id], at=moment)
        record_observations(series=series, values=[value], by=analyst, known_from=at, reason=why)
    for moment, path in paths:
        refresh_standings(series_ids=[path.series_id], at=moment)
    for meeting in meetings:
        hold_meeting(loader, meeting)


def _write_answers(loader: Loader) -> None:
    at = loader.moment(loader.on - timedelta(days=75), hour=16)
    for place, spec in enumerate(everly.GOALS):
        goal = Goal.objects.get(code=spec.code)
        leader = loader.person(spec.leader)
        primary = next(each for each in ACCOUNTS if each[0] == spec.leader)[1]
        for question, text in spec.answers.items():
            by = loader.person(primary) if question == 5 else leader
            write_answer(
                goal=goal, question=question, text=text, by=by, at=at + timedelta(hours=place)
            )
