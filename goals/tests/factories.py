"""Goals and numbers for tests: plain functions, nothing happens that the call does not say."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from accounts.tests.factories import LONG_AGO, make_org_unit
from goals.models import (
    ALL_SUBGROUP,
    ContentArea,
    Goal,
    GoalIndicator,
    GoalRole,
    Indicator,
    IndicatorSteward,
    Observation,
    Series,
    Subgroup,
    Target,
    Trajectory,
    TrajectoryPoint,
)

_numbers = count(1)


def make_indicator(code="", **fields):
    code = code or f"indicator-{next(_numbers)}"
    return Indicator.objects.create(code=code, **{"name": f"Indicator {code}", **fields})


def make_subgroup(code=ALL_SUBGROUP, **fields):
    subgroup, _ = Subgroup.objects.get_or_create(
        code=code, defaults={"name": code.capitalize(), **fields}
    )
    return subgroup


def make_series(indicator=None, *, org_unit=None, subgroup=ALL_SUBGROUP, **indicator_fields):
    series, _ = Series.objects.get_or_create(
        indicator=indicator or make_indicator(**indicator_fields),
        org_unit=org_unit or make_org_unit(),
        subgroup=make_subgroup(subgroup),
    )
    return series


def make_observation(series, period_end, value, **fields):
    """One year up to `period_end`, known the day after, unless said otherwise."""
    value = None if value is None else Decimal(str(value))
    known = datetime(period_end.year, period_end.month, period_end.day, 23, tzinfo=UTC)
    defaults = {
        "period_start": date(period_end.year, 1, 1),
        "known_from": known,
        "missing_reason": "" if value is not None else "not_reported",
        "source": "Test office",
    }
    return Observation.objects.create(
        series=series, period_end=period_end, value=value, **{**defaults, **fields}
    )


def make_target(series, *, baseline, target, version=1, **fields):
    """`baseline` and `target` are (date, value) pairs."""
    return Target.objects.create(
        series=series,
        version=version,
        baseline_on=baseline[0],
        baseline_value=Decimal(str(baseline[1])),
        due_on=target[0],
        level=Decimal(str(target[1])),
        raw_level=Decimal(str(target[1])),
        **{"approved_on": LONG_AGO, **fields},
    )


def make_trajectory(series, *, baseline, target, points=(), version=1, **fields):
    """An approved path from `baseline` to `target`, each a (date, value) pair."""
    row = Trajectory.objects.create(
        series=series,
        version=version,
        target=make_target(series, baseline=baseline, target=target, version=version),
        **{
            "state": Trajectory.State.APPROVED,
            "approved_on": LONG_AGO,
            "method": Trajectory.Method.CUSTOM if points else Trajectory.Method.LINEAR,
            **fields,
        },
    )
    for on, value in points:
        TrajectoryPoint.objects.create(trajectory=row, on=on, value=Decimal(str(value)))
    return row


def make_goal(code="", *, leader=None, team=(), series=None, area="AREA", **fields):
    code = code or f"G{next(_numbers)}"
    content_area, _ = ContentArea.objects.get_or_create(code=area, defaults={"name": area})
    goal = Goal.objects.create(code=code, area=content_area, **{"title": f"Goal {code}", **fields})
    if leader:
        GoalRole.objects.create(goal=goal, person=leader, role="leader", valid_from=LONG_AGO)
    for person in team:
        GoalRole.objects.create(goal=goal, person=person, role="team", valid_from=LONG_AGO)
    if series:
        GoalIndicator.objects.create(goal=goal, series=series, kind="goal")
    return goal


def make_steward(indicator, person):
    return IndicatorSteward.objects.create(indicator=indicator, person=person, valid_from=LONG_AGO)
