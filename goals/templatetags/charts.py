"""Measures as drawings. What goals/drawing.py returns has every text escaped."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from goals.charts import trajectory_figure
from goals.drawing import sparkline, trajectory_chart
from goals.measures import Measure

register = template.Library()


@register.simple_tag
def spark(measure: Measure) -> SafeString:
    """The measure at a glance, said in words for those who do not see it."""
    return mark_safe(sparkline(measure.chart, measure.words.sentence))  # noqa: S308


@register.inclusion_tag("components/chart.html")
def chart(measure: Measure, chart_id: str) -> dict[str, Any]:
    """The chart of a measure: a drawing that stands by itself, and the figure over it."""
    words = measure.words
    wide, narrow = (
        trajectory_chart(
            measure.chart,
            chart_id=f"{chart_id}-{'wide' if is_wide else 'narrow'}",
            description=words.sentence,
            wide=is_wide,
        )
        for is_wide in (True, False)
    )
    return {
        "wide": mark_safe(wide),  # noqa: S308
        "narrow": mark_safe(narrow),  # noqa: S308
        "figure": trajectory_figure(measure.chart),
        "figure_id": chart_id,
        "sentence": words.sentence,
        "caption": words.source_line,
    }
