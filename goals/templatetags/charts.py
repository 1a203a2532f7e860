"""Measures as drawings. What goals/drawing.py returns has every text escaped."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from goals.chart_data import ChartData
from goals.charts import trajectory_figure
from goals.drawing import sparkline, trajectory_chart
from goals.measures import Measure

register = template.Library()

REMEMBERED_CHARTS = 200  # about forty kilobytes each


@register.simple_tag
def spark(measure: Measure) -> SafeString:
    """The measure at a glance, said in words for those who do not see it."""
    return mark_safe(sparkline(measure.chart, measure.words.sentence))  # noqa: S308


@register.inclusion_tag("components/chart.html")
def chart(measure: Measure, chart_id: str) -> dict[str, Any]:
    """The chart of a measure: a drawing that stands by itself, and the figure over it."""
    words = measure.words
    drawn = _drawn(measure.chart, chart_id, words.sentence, get_language())
    return {**drawn, "sentence": words.sentence, "caption": words.source_line}


@lru_cache(maxsize=REMEMBERED_CHARTS)
def _drawn(data: ChartData, chart_id: str, sentence: str, _language: str | None) -> dict[str, Any]:
    """Equal data look alike, so they are drawn once."""
    wide, narrow = (
        trajectory_chart(
            data,
            chart_id=f"{chart_id}-{'wide' if is_wide else 'narrow'}",
            description=sentence,
            wide=is_wide,
        )
        for is_wide in (True, False)
    )
    return {
        "wide": mark_safe(wide),  # noqa: S308
        "narrow": mark_safe(narrow),  # noqa: S308
        "figure": trajectory_figure(data),
        "figure_id": chart_id,
    }
