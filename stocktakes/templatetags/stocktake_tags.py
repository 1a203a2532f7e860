"""Panels on pages of goals. Each asks one question; none may stand in a loop."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from goals.glances import Glance
from goals.models import Goal
from stocktakes.models import Pack, Stocktake
from stocktakes.overview import OverviewRow, RowFacts

register = template.Library()

REMEMBERED_ROWS = 2000  # about six kilobytes each


@register.simple_tag
def overview_row(row: OverviewRow) -> SafeString:
    """A row of the wall. One whose facts have not changed since it was last drawn is not redrawn."""
    facts = row.facts
    if facts.measure is None or isinstance(facts.measure, Glance):
        return _remembered(facts, get_language())
    return _drawn(facts)  # of rows of the database, which are equal when only their ids are


@lru_cache(maxsize=REMEMBERED_ROWS)
def _remembered(facts: RowFacts, _language: str | None) -> SafeString:
    return _drawn(facts)


def _drawn(facts: RowFacts) -> SafeString:
    return render_to_string("stocktakes/overview_row.html", {"facts": facts})


@register.inclusion_tag("stocktakes/tag_next_stocktake.html", takes_context=True)
def next_stocktake(context: Any, goal: Goal) -> dict[str, Any]:
    """The next planned stocktake of the goal that the reader may see. One query."""
    request = context.request
    seen = Stocktake.objects.visible_to(request.user).ahead(request.as_at.moment)
    return {"stocktake": seen.filter(agenda__goal=goal).order_by("starts_at").first()}


@register.inclusion_tag("stocktakes/tag_goal_packs.html", takes_context=True)
def goal_packs(context: Any, goal: Goal) -> dict[str, Any]:
    """The newest packs that speak of the goal and that the reader may read. One query."""
    request = context.request
    seen = Pack.objects.visible_to(request.user).without_files()
    seen = seen.filter(goals=goal, issued_at__lte=request.as_at.moment)
    packs = seen.select_related("stocktake").order_by("-issued_at")
    return {"packs": packs[:5]}
