"""Which series a page is about: found from its address, as far as the reader may see it."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.access import PersonRequest
from goals import dictionary
from goals.measures import View
from goals.models import ALL_SUBGROUP, Goal, Indicator, Series


@dataclass(frozen=True)
class Subject:
    goal: Goal | None
    indicator: Indicator
    series: Series | None  # None: no number of this indicator exists yet
    view: View


def find_subject(request: PersonRequest, icode: str, code: str | None) -> Subject:
    """404 for whatever the reader may not see, and for an indicator that is not the goal's."""
    user, goal = request.user, None
    indicators = dictionary.readable_indicators(user)
    if code is not None:
        goal = get_object_or_404(Goal.objects.visible_to(user).select_related("area"), code=code)
        indicators = indicators.filter(series__goal_uses__goal=goal)
    indicator = get_object_or_404(indicators, code=icode)
    view = dictionary.view_for(user, indicator, goal)
    return Subject(goal, indicator, _asked_series(request, indicator, goal, view), view)


def _asked_series(
    request: PersonRequest, indicator: Indicator, goal: Goal | None, view: View
) -> Series | None:
    unit, subgroup = request.GET.get("unit"), request.GET.get("subgroup")
    if not unit and not subgroup:
        return dictionary.first_series(request.user, indicator, goal, view)
    found = dictionary.readable_series(request.user).filter(
        indicator=indicator, subgroup__code=subgroup or ALL_SUBGROUP
    )
    if unit:
        found = found.filter(org_unit__code=unit)
    series = found.select_related("indicator", "org_unit", "subgroup").first()
    if series is None:
        raise Http404
    return series
