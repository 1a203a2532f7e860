"""Numbers of an indicator, for rows that no measure speaks for."""

from django import template

from goals import wording
from goals.comparing import scale_of
from goals.fields import Exact, exact_text
from goals.models import Indicator

register = template.Library()


@register.filter
def level(value: Exact | None, indicator: Indicator) -> str:
    """Rounded, with its unit: 59.9%."""
    return wording.level(value, scale_of(indicator))


@register.filter
def published(value: Exact | None) -> str:
    """In the very digits that were published; a dash for none."""
    return wording.NONE if value is None else exact_text(value)
