"""Goals of a demonstration with what they are measured by: indicators, series, paths."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from delivery_unit.demo.loader import Loader, PlannedValue
from delivery_unit.demo.shapes import (
    SOURCE,
    DemoGoal,
    DemoIndicator,
    DemoPath,
    DemoSeries,
    counted_part,
    first_of,
)
from goals.actions.observations import NewValue
from goals.data_age import MONTHS, Frequency, add_months
from goals.fields import Exact
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
from goals.targets import Level, TargetKind, target_level

LATE_BY_DAYS = 9  # how long at least a late indicator has been waited for
REVISED_AFTER_DAYS = 35


def load_goals(loader: Loader) -> None:
    demo = loader.demo
    aspiration = Aspiration.objects.create(
        statement=demo.aspiration.statement, why=demo.aspiration.why,
        approved_by_text=demo.aspiration.approved_by, approved_on=add_months(loader.on, -40),
        horizon_on=date(loader.on.year + 4, 6, 30),
    )  # fmt: skip
    areas = {
        code: ContentArea.objects.create(
            code=code, name=name, chief=loader.person(chief), rank=rank
        )
        for rank, (code, name, chief) in enumerate(demo.areas)
    }
    Subgroup.objects.everybody()
    for code, name, dimension in demo.subgroups:
        Subgroup.objects.create(code=code, name=name, dimension=dimension)
    for rank, each in enumerate(demo.goals):
        goal = Goal.objects.create(
            code=each.code, title=each.title, aim=each.aim, area=areas[each.area], rank=rank,
            aspiration=aspiration, is_for_board=each.for_board,
            is_confidential=each.is_confidential,
        )  # fmt: skip
        _load_goal_people(loader, goal, each)
        _load_measures(loader, goal, each)


def _load_goal_people(loader: Loader, goal: Goal, each: DemoGoal) -> None:
    for short, role in ((each.leader, "leader"), *((name, "team") for name in each.team)):
        GoalRole.objects.create(
            goal=goal, person=loader.person(short), role=role, valid_from=loader.long_ago
        )


def _load_measures(loader: Loader, goal: Goal, each: DemoGoal) -> None:
    measures = [("goal", each.main), *each.helpers]
    for rank, (kind, spec) in enumerate(measures):
        series = _load_series(loader, spec, each)
        GoalIndicator.objects.create(goal=goal, series=series, kind=kind, rank=rank)
    for spec in each.others:
        _load_series(loader, spec, each)


# --- what is measured -----------------------------------------------------------------------------


def _load_indicator(loader: Loader, spec: DemoIndicator) -> Indicator:
    if spec.code in loader.indicators:
        return loader.indicators[spec.code]
    percent = spec.unit == "percent"
    low, high = spec.within or (None, None)
    indicator = Indicator.objects.create(
        code=spec.code, name=spec.name, description=spec.description, unit=spec.unit,
        unit_label=spec.unit_label, scale=100 if percent else 1, decimals=spec.decimals,
        direction=spec.direction, range_low=low, range_high=high, frequency=spec.frequency,
        publication_lag_days=spec.lag, grace_days=spec.grace, is_seasonal=spec.seasonal,
        source=SOURCE, minimum=0, maximum=100 if percent else None,
        aggregation="ratio_of_sums" if percent else "none",
    )  # fmt: skip
    _load_definitions(loader, indicator, spec)
    IndicatorSteward.objects.create(
        indicator=indicator, person=loader.person(spec.steward), valid_from=loader.long_ago
    )
    loader.indicators[spec.code], loader.stewards[spec.code] = indicator, spec.steward
    return indicator


def _load_definitions(loader: Loader, indicator: Indicator, spec: DemoIndicator) -> None:
    newest = newest_period_end(spec, loader.on)
    for number, years, comparable, text in spec.definitions or ((1, None, True, spec.description),):
        DefinitionVersion.objects.create(
            indicator=indicator, number=number, text=text, is_comparable=comparable,
            valid_from=None if years is None else add_months(newest, -12 * years) + timedelta(days=1),
            reason="" if comparable else spec.why_redefined,
        )  # fmt: skip


def newest_period_end(spec: DemoIndicator, on: date) -> date:
    """The end of the newest period whose number ought to be here on the day, grace included."""
    months = MONTHS[Frequency(spec.frequency)]
    end = date(on.year + 1, spec.end_month, 1)
    end = add_months(end, 1) - timedelta(days=1)
    while end + timedelta(days=spec.lag + spec.grace) > on:
        end = add_months(end, -months)
    return end


def period_ends(spec: DemoIndicator, on: date, count: int, *, skip: bool = False) -> Iterator[date]:
    """So many period ends, the newest last; without the newest one if it is to be late."""
    months = MONTHS[Frequency(spec.frequency)]
    newest = newest_period_end(spec, on)
    for back in reversed(range(count)):
        yield add_months(newest, -months * (back + skip))


# --- numbers --------------------------------------------------------------------------------------


def _load_series(loader: Loader, spec: DemoSeries, goal: DemoGoal) -> Series:
    indicator = _load_indicator(loader, spec.indicator)
    series, _made = Series.objects.get_or_create(
        indicator=indicator, org_unit=loader.units[spec.unit or loader.demo.root],
        subgroup=Subgroup.objects.get(code=spec.subgroup),
    )  # fmt: skip
    reference = loader.on - timedelta(days=LATE_BY_DAYS) if spec.is_late else loader.on
    ends = list(period_ends(spec.indicator, reference, len(spec.values), skip=spec.is_late))
    if not spec.is_total:
        for back, (end, value) in enumerate(
            zip(reversed(ends), reversed(spec.values), strict=True)
        ):
            _plan_values(loader, series, spec, (back, end, value))
    for version, path in enumerate(spec.paths, 1):
        _plan_path(loader, series, PlannedPath(spec, path, version, tuple(ends), goal.leader))
    return series


def _plan_values(
    loader: Loader, series: Series, spec: DemoSeries, row: tuple[int, date, str | None]
) -> None:
    back, end, value = row
    months = MONTHS[Frequency(spec.indicator.frequency)]
    known = end + timedelta(days=spec.indicator.lag)
    first = next((text for place, text, _why in spec.revised if place == back), value)
    status = spec.newest_status if back == 0 else "final"
    new = new_value(first_of(end, months), end, first, status, spec.counted)
    loader.values.append(PlannedValue(loader.moment(known), series, new))
    for place, _text, why in spec.revised:
        if place == back:
            corrected = new_value(new.period_start, end, value, "revised", spec.counted)
            after = loader.moment(known + timedelta(days=REVISED_AFTER_DAYS))
            loader.values.append(PlannedValue(after, series, corrected, why))


def new_value(start: date, end: date, value: str | None, status: str, counted: int) -> NewValue:
    if value is None:
        return NewValue(start, end, None, missing_reason="not_reported", source=SOURCE)
    numerator = denominator = None
    if counted:
        numerator, denominator = Decimal(counted_part(value, counted)), Decimal(counted)
    return NewValue(
        start, end, Decimal(value), numerator, denominator, status,
        published_on=None, source=SOURCE,
    )  # fmt: skip


# --- paths ----------------------------------------------------------------------------------------


class PlannedPath:
    """One version of the path of a series, with the days and values that follow from its counts."""

    def __init__(
        self, spec: DemoSeries, path: DemoPath, version: int, ends: tuple[date, ...], leader: str
    ) -> None:
        self.spec, self.path, self.version, self.leader = spec, path, version, leader
        self.ends, self.months = ends, MONTHS[Frequency(spec.indicator.frequency)]
        self.baseline_on = ends[-1 - path.baseline_back]
        self.baseline = Decimal(spec.values[-1 - path.baseline_back] or "0")
        self.due_on = add_months(ends[-1], self.months * path.due_ahead)
        self.approved_on = self.baseline_on + timedelta(days=spec.indicator.lag + 20)

    @property
    def is_approved(self) -> bool:
        return self.path.state == "approved"

    @property
    def state(self) -> str:
        return self.path.state if self.version == len(self.spec.paths) else "superseded"

    def level(self) -> Level:
        """As the rule of the target says; a distance to a falling measure's limit is to nothing."""
        return target_level(
            TargetKind(self.path.kind),
            decimals=self.spec.indicator.decimals,
            baseline=Fraction(self.baseline),
            parameter=Fraction(self.path.target) if self.path.target else None,
            limit=Fraction(0 if self.spec.indicator.direction == "down" else 100),
        )


def _plan_path(loader: Loader, series: Series, plan: PlannedPath) -> None:
    delivery = loader.person("delivery")
    approval = {
        "approved_on": plan.approved_on if plan.is_approved else None,
        "approved_by": delivery if plan.is_approved else None,
    }
    target = _target(series, plan, approval)
    path, leader = plan.path, loader.person(plan.leader)
    row = Trajectory.objects.create(
        series=series, target=target, version=plan.version, method=path.method, state=plan.state,
        season_length=12 if path.method == "seasonal" else None,
        start_on=plan.baseline_on if path.method == "hold" else None, assumptions=path.assumptions,
        reason=path.reason, drafted_by=leader, submitted_by=leader, **approval,
    )  # fmt: skip
    _load_points(row, plan)
    if plan.is_approved:
        loader.paths.append((loader.moment(plan.approved_on), row))


def _target(series: Series, plan: PlannedPath, approval: Mapping[str, Any]) -> Target:
    level, decimals = plan.level(), plan.spec.indicator.decimals
    raw: Exact = level.raw
    stored: Exact = level.stored
    if plan.path.kind == "level":
        raw = stored = Decimal(plan.path.target)
    return Target.objects.create(
        series=series, version=plan.version, kind=plan.path.kind,
        parameter=Decimal(plan.path.target) if plan.path.target else None,
        baseline_on=plan.baseline_on, baseline_value=plan.baseline, due_on=plan.due_on,
        raw_level=raw, level=stored, decimals=decimals, derivation=plan.path.derivation, **approval,
    )  # fmt: skip


def _load_points(row: Trajectory, plan: PlannedPath) -> None:
    points = [
        TrajectoryPoint(
            trajectory=row, on=add_months(plan.baseline_on, plan.months * step),
            value=Decimal(value),
        )
        for step, value in enumerate(plan.path.points)
    ]  # fmt: skip
    if plan.path.method == "seasonal":
        history = zip(plan.ends, plan.spec.values, strict=True)
        points += [
            TrajectoryPoint(trajectory=row, on=on, value=Decimal(value or "0"), kind="history")
            for on, value in history
            if on <= plan.baseline_on
        ]
    TrajectoryPoint.objects.bulk_create(points)
