"""Presentation filters that every template may use. The words come from goals/wording.py."""

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import vocabulary
from goals import wording
from goals.spreadsheets import CSV, XLSX

register = template.Library()
OPENING_WORDS = 12


@register.filter
def day(value: Any) -> str:
    """30 Jun 2026; a dash for none."""
    if not value:
        return "–"
    return date_format(_local(value), "j M Y")


@register.filter
def short_day(value: Any) -> str:
    """30 Jun: only where the year is plain from what stands around it."""
    return date_format(_local(value), "j M") if value else "–"


@register.filter
def weekday(value: Any) -> str:
    """Tue 28 Jul 2026."""
    return date_format(_local(value), "D j M Y") if value else "–"


@register.filter
def clock(value: datetime) -> str:
    """07:40, in the zone of the system."""
    return date_format(timezone.localtime(value), "H:i")


@register.filter
def moment(value: datetime | None) -> str:
    """21 Jul 2026, 07:40, in the zone of the system."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return f"{date_format(local, 'j M Y')}, {date_format(local, 'H:i')}"


@register.filter
def spelt(number: int) -> str:
    """Two, up to ten; 11 from there on: the first word of a sentence."""
    return wording.count(number).capitalize()


@register.filter
def opening(text: str) -> str:
    """The first words of a text; what is left out shows as an ellipsis."""
    words = text.split()
    if len(words) <= OPENING_WORDS:
        return " ".join(words)
    return " ".join(words[:OPENING_WORDS]).rstrip(",;:.") + "…"


@register.filter
def seconds(value: timedelta | None) -> str:
    """12 s, 9 min; a dash where it is not known."""
    if value is None:
        return "–"
    whole = round(value.total_seconds())
    return (
        _("%(number)s s") % {"number": whole}
        if whole < 100
        else (_("%(number)s min") % {"number": round(whole / 60)})
    )


@register.filter
def lookup(table: dict[str, Any], key: str) -> Any:
    """What a table says for a key; the key itself where it says nothing."""
    return table.get(key, key)


@register.filter
def word(code: str) -> str:
    """What the organisation calls a role or a level, as it stands inside a sentence."""
    return vocabulary.word(code)


@register.filter
def short_word(code: str) -> str:
    """The same, shorter where it is plain who is meant."""
    return vocabulary.short(code)


@register.filter
def plural_word(code: str) -> str:
    """More than one of them."""
    return vocabulary.plural(code)


@register.filter
def a_word(code: str) -> str:
    """One of them, with its article."""
    return vocabulary.a(code)


@register.inclusion_tag("components/table_files.html")
def table_files(name: str, *places: Any, query: str = "") -> dict[str, Any]:
    """The links by which a table is taken away; `query` keeps what the page asks for."""
    asked = query.strip("?&")
    urls = [reverse(name, args=[*places, ending]) for ending in (CSV, XLSX)]
    csv_url, xlsx_url = [f"{url}?{asked}" if asked else url for url in urls]
    return {"csv_url": csv_url, "xlsx_url": xlsx_url}


@register.filter
def iso(value: date | datetime) -> str:
    """For the datetime attribute."""
    return value.isoformat()


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) else value
