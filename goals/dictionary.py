"""Indicators by themselves: which of their series a person may look at, and where to begin."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Permission
from goals.dashboard import reading, view_of
from goals.measures import View
from goals.models import (
    ALL_SUBGROUP,
    Goal,
    GoalIndicator,
    Indicator,
    IndicatorSteward,
    Observation,
    Series,
)
from goals.permissions import is_on_goal_team


@dataclass(frozen=True)
class Line:
    """One series on the list of an indicator, with its newest value."""

    series: Series
    observation: Observation | None


@dataclass(frozen=True)
class Entry:
    """One indicator on the list, with the goals that it serves as far as the reader sees them."""

    indicator: Indicator
    uses: list[GoalIndicator]
    series_count: int


def readable_series(user: User) -> QuerySet[Series]:
    """Series that the user may look at; whoever keeps an indicator sees all of its series."""
    kept = IndicatorSteward.objects.current(user.access.on).filter(person=user)
    return Series.objects.filter(
        Q(pk__in=Series.objects.visible_to(user).values("pk"))
        | Q(indicator__in=kept.values("indicator"))
    )


def readable_indicators(user: User) -> QuerySet[Indicator]:
    """Indicators with a readable series, and for those who see all, the ones without numbers."""
    seen = Q(pk__in=readable_series(user).values("indicator"))
    if user.may(Permission.SEE_ALL_GOALS):
        seen |= Q(series__isnull=True)
    return Indicator.objects.filter(seen).distinct()


def known_indicators(user: User) -> QuerySet[Indicator]:
    """Those that the user may know of; a file that names another is told that there is none."""
    kept = Indicator.objects.enterable_by(user)
    return Indicator.objects.filter(
        Q(pk__in=readable_indicators(user).values("pk")) | Q(pk__in=kept.values("pk"))
    )


def entries(user: User) -> list[Entry]:
    """The dictionary of indicators, in three queries."""
    found = list(readable_indicators(user))
    readable = readable_series(user).filter(indicator__in=found)
    counts: dict[int, int] = {}
    for indicator_id in readable.values_list("indicator", flat=True):
        counts[indicator_id] = counts.get(indicator_id, 0) + 1
    uses: dict[int, list[GoalIndicator]] = {}
    served = GoalIndicator.objects.filter(goal__in=Goal.objects.visible_to(user))
    for use in served.select_related("goal", "series").order_by("goal__code"):
        uses.setdefault(use.series.indicator_id, []).append(use)
    return [Entry(each, uses.get(each.pk, []), counts.get(each.pk, 0)) for each in found]


def view_for(user: User, indicator: Indicator, goal: Goal | None) -> View:
    """Whose numbers the user reads on the page of an indicator."""
    if goal is not None:
        return view_of(user, goal, is_mine=is_on_goal_team(user, goal))
    if reading(user) is View.WHOLE:
        return View.WHOLE
    kept = indicator.stewards.current(user.access.on).filter(person=user)
    return View.WHOLE if kept.exists() else reading(user)


def first_series(user: User, indicator: Indicator, goal: Goal | None, view: View) -> Series | None:
    """Where the page begins: the series of the goal, or the widest one of the indicator."""
    readable = (
        readable_series(user)
        .filter(indicator=indicator)
        .select_related("indicator", "org_unit", "subgroup")
    )
    if view is View.LOCAL and user.access.org_unit_ids:
        readable = readable.filter(org_unit__in=user.access.org_unit_ids)
    elif goal is not None:
        use = goal.measures.filter(series__indicator=indicator).first()
        return readable.filter(pk=use.series_id).first() if use else None
    widest = F("org_unit__parent").asc(nulls_first=True)
    everybody = readable.filter(subgroup__code=ALL_SUBGROUP).order_by(widest, "org_unit__code")
    return everybody.first() or readable.order_by(widest, "org_unit__code").first()


def lines(series: list[Series], *, view: View, known_at: datetime | None = None) -> list[Line]:
    """Some series with their newest values, as known at a moment, in one query."""
    kept = Observation.objects.all()
    values = (kept.as_known_at(known_at) if known_at else kept.current()).reported()
    if view is View.FINAL:
        values = values.final()
    newest = values.filter(series=OuterRef("series")).order_by("-period_end").values("pk")[:1]
    found = {
        row.series_id: row
        for row in Observation.objects.filter(series__in=series, pk=Subquery(newest))
    }
    return [Line(each, found.get(each.pk)) for each in series]
