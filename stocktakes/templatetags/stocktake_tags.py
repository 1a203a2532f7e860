"""Panels on pages of goals. Each asks one question; none may stand in a loop."""

from typing import Any

from django import template
from django.utils import timezone

from goals.models import Goal
from stocktakes.models import Pack, Stocktake

register = template.Library()


@register.inclusion_tag("stocktakes/tag_next_stocktake.html", takes_context=True)
def next_stocktake(context: Any, goal: Goal) -> dict[str, Any]:
    """The next planned stocktake of the goal that the reader may see. One query."""
    seen = Stocktake.objects.visible_to(context.request.user).ahead(timezone.now())
    return {"stocktake": seen.filter(agenda__goal=goal).order_by("starts_at").first()}


@register.inclusion_tag("stocktakes/tag_goal_packs.html", takes_context=True)
def goal_packs(context: Any, goal: Goal) -> dict[str, Any]:
    """The newest packs that speak of the goal and that the reader may read. One query."""
    seen = Pack.objects.visible_to(context.request.user).without_files()
    packs = seen.filter(goals=goal).select_related("stocktake").order_by("-issued_at")
    return {"packs": packs[:5]}
