"""The data desk: what is due, what was imported, and what a dry run would do to the standings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, ExpressionWrapper, Max, Q, QuerySet

from accounts.models import User
from goals import wording
from goals.comparing import scale_of
from goals.data_age import DataAge, data_age
from goals.dictionary import readable_indicators
from goals.importing.checking import Row
from goals.importing.planning import Change, Plan, Step
from goals.models import Goal, GoalIndicator, Indicator, Observation, Standing, Trajectory
from goals.variance import Comparison

SOON_DAYS = 30


@dataclass(frozen=True)
class DueLine:
    """An indicator that somebody keeps, and when its next number is expected."""

    indicator: Indicator
    newest: date | None
    age: DataAge
    # Whoever enters numbers of a confidential goal need not see the goal, nor its indicator's page.
    has_page: bool = True

    @property
    def is_soon(self) -> bool:
        return self.age.is_late or (
            self.age.due is not None
            and self.age.freshness_days is not None
            and self.days_left <= SOON_DAYS
        )

    @property
    def days_left(self) -> int:
        if self.age.due is None or self.newest is None or self.age.freshness_days is None:
            return 0
        return (self.age.due - self.newest - timedelta(days=self.age.freshness_days)).days


def due_lines(*, user: User, on: date) -> list[DueLine]:
    """The indicators that the person may enter, the latest first. Two queries."""
    has_page = ExpressionWrapper(
        Q(pk__in=readable_indicators(user).values("pk")), output_field=BooleanField()
    )
    indicators = list(Indicator.objects.enterable_by(user).annotate(has_page=has_page))
    newest: dict[int, date] = dict(
        Observation.objects.filter(series__indicator__in=[each.pk for each in indicators])
        .reported()
        .order_by()
        .values_list("series__indicator")
        .annotate(Max("period_end"))
    )
    lines = [
        DueLine(
            each,
            newest.get(each.pk),
            data_age(each.schedule(), newest.get(each.pk), on),
            each.has_page,
        )
        for each in indicators
    ]
    return sorted(
        lines, key=lambda line: (-line.age.late_days, line.age.due or date.max, line.indicator.code)
    )


# --- the effect of a dry run ----------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """How the standing of a goal's indicator would change, in words."""

    goal_code: str
    before: str
    after: str

    @property
    def is_change(self) -> bool:
        return self.before != self.after


def uses_of(indicators: Iterable[Indicator], user: User) -> QuerySet[GoalIndicator]:
    """Where goals that the person may see stand or fall with these indicators."""
    return GoalIndicator.objects.filter(
        kind=GoalIndicator.Kind.GOAL,
        series__indicator__in=[each.pk for each in indicators],
        goal__in=Goal.objects.visible_to(user),
    )


def effects(plan: Plan, *, user: User, on: date) -> list[Effect]:
    """For each goal indicator that the file touches: against the trajectory before and after."""
    newest = _newest_steps(plan)
    uses = (
        uses_of({row.indicator for row in newest.values()}, user)
        .select_related("goal", "series__indicator", "series__org_unit", "series__subgroup")
        .order_by("goal__code")
    )
    touched = [each for each in uses if _key(each) in newest]
    ids = [each.series_id for each in touched]
    standings = {row.series_id: row for row in _standings(ids)}
    paths = {
        row.series_id: row
        for row in Trajectory.objects.filter(series__in=ids).in_force(on).for_drawing()
    }
    return [
        _effect(each, newest[_key(each)], standings.get(each.series_id), paths.get(each.series_id))
        for each in touched
    ]


def _key(use: GoalIndicator) -> tuple[str, str, str]:
    series = use.series
    return (series.indicator.code, series.org_unit.code, series.subgroup.code)


def _newest_steps(plan: Plan) -> dict[tuple[str, str, str], Row]:
    rows: dict[tuple[str, str, str], Row] = {}
    for step in plan.changing:
        if _counts(step) and (
            (held := rows.get(step.row.key[:3])) is None or held.period_end < step.row.period_end
        ):
            rows[step.row.key[:3]] = step.row
    return rows


def _counts(step: Step) -> bool:
    return step.row.value is not None and step.change in (Change.ADDED, Change.REVISED)


def _standings(ids: Iterable[int]) -> Iterable[Standing]:
    return Standing.objects.filter(series__in=list(ids)).current().select_related("observation")


def _effect(
    use: GoalIndicator, row: Row, standing: Standing | None, path: Trajectory | None
) -> Effect:
    before = _said(standing, use) if standing else wording.no_band("no_observation")
    newest = standing.observation if standing else None
    if newest is not None and newest.period_end > row.period_end:
        return Effect(use.goal.code, before, before)
    if path is None:
        return Effect(use.goal.code, before, wording.no_band("no_approved_trajectory"))
    observation = Observation(
        series=use.series,
        period_start=row.period_start,
        period_end=row.period_end,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        status=row.status,
        definition=row.definition,
    )
    return Effect(use.goal.code, before, _words(path.compare(observation), row.period_end, use))


def _said(standing: Standing, use: GoalIndicator) -> str:
    if standing.observation is None or standing.variance is None:
        return wording.no_band(standing.reason)
    scale = scale_of(use.series.indicator)
    gap = wording.gap_at(standing.variance, standing.observation.period_end, scale)
    return f"{wording.band(standing.band) or wording.no_band(standing.reason)}: {gap}"


def _words(outcome: Comparison, on: date, use: GoalIndicator) -> str:
    if outcome.variance is None:
        return wording.no_band(outcome.reason)
    gap = wording.gap_at(outcome.variance, on, scale_of(use.series.indicator))
    return f"{wording.band(outcome.band) or wording.no_band(outcome.reason)}: {gap}"
