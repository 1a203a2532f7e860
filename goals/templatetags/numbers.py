"""Numbers of an indicator, for rows that no measure speaks for."""

import re

from django import template

from goals import wording
from goals.comparing import scale_of
from goals.fields import Exact, exact_text
from goals.models import Indicator

register = template.Library()
_LONG = re.compile(r"(?<![\d.])[1-9]\d{3,}")  # the whole part of a number from 1000 up


@register.filter
def level(value: Exact | None, indicator: Indicator) -> str:
    """Rounded, with its unit: 59.9%."""
    return wording.level(value, scale_of(indicator))


@register.filter
def unit_word(indicator: Indicator) -> str:
    """% or pupils: for the head of a column."""
    return wording.unit_word(scale_of(indicator)) or str(indicator.get_unit_display())


@register.filter
def published(value: Exact | None) -> str:
    """In the very digits that were published, thousands set apart; a dash for none."""
    if value is None:
        return wording.NONE
    return _LONG.sub(lambda found: f"{int(found[0]):,}", exact_text(value), count=1)
