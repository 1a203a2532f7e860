"""The pages of a pack, drawn from its text alone: no row is read, no clock is asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goals.drawing import trajectory_chart
from stocktakes.snapshot import Goal, Measure, Number, Pack, from_text, sha256

TABLE_ROWS = 12  # the newest periods in the table of a goal; the chart shows all
AHEAD_ROWS = 6


@dataclass(frozen=True)
class GoalSheets:
    """A goal with what its pages need besides its words."""

    goal: Goal
    page: str  # the name of its pages in the style sheet
    chart: SafeString
    rows: tuple[Number, ...]
    earlier: int
    newest: Number | None

    @property
    def measure(self) -> Measure | None:
        return self.goal.measure


def sheets(text: str) -> SafeString:
    """All pages of a pack as HTML, without the frame around them."""
    with _as_issued(text) as pack:
        return mark_safe(render_to_string("stocktakes/pack_sheets.html", _context(pack, text)))  # noqa: S308 - rendered by a template that escapes


def document(text: str, *, style: str) -> str:
    """The pack as one HTML document with its style inside, for files and for the PDF engine."""
    with _as_issued(text) as pack:
        inside = {"style": mark_safe(style + _page_rules(pack, text))}  # noqa: S308 - our own file, and texts written as escapes
        return render_to_string("stocktakes/pack_document.html", _context(pack, text) | inside)


def page_rules(text: str) -> str:
    """The running heads and feet of each page, as CSS."""
    with _as_issued(text) as pack:
        return _page_rules(pack, text)


def file_name(text: str, ending: str) -> str:
    """2026-07-28 Literacy, pack version 2.pdf, in letters that every system takes."""
    pack = from_text(text)
    start = pack.meeting.starts_at.astimezone(ZoneInfo(pack.meeting.time_zone))
    title = re.sub(r"[^A-Za-z0-9]+", "-", pack.meeting.title).strip("-").lower() or "stocktake"
    return f"{start:%Y-%m-%d}-{title[:60]}-pack-v{pack.version}.{ending}"


@contextmanager
def _as_issued(text: str) -> Iterator[Pack]:
    """The pack in its own time zone and language, whoever looks."""
    pack = from_text(text)
    zone = ZoneInfo(pack.meeting.time_zone)
    with timezone.override(zone), translation.override(settings.LANGUAGE_CODE):
        yield pack


def _context(pack: Pack, text: str) -> dict[str, object]:
    return {
        "pack": pack,
        "meeting": pack.meeting,
        "goals": [_goal_sheets(goal, number) for number, goal in enumerate(pack.goals, 1)],
        "has_cover": len(pack.goals) != 1,
        "leader_word": pack.term("goal_leader"),
        "fingerprint": sha256(text)[:12],
        "language": settings.LANGUAGE_CODE,
    }


def _goal_sheets(goal: Goal, number: int) -> GoalSheets:
    measure = goal.measure
    reported = [each for each in measure.numbers if each.revision is not None] if measure else []
    ahead = [each for each in measure.numbers if each.revision is None] if measure else []
    shown = reported[-TABLE_ROWS:]
    return GoalSheets(
        goal=goal,
        page=f"pk-goal-{number}",
        chart=_chart(measure, number) if measure else SafeString(),
        rows=(*shown, *_thinned(ahead)),
        earlier=len(reported) - len(shown),
        newest=measure.newest if measure else None,
    )


def _thinned(ahead: list[Number]) -> list[Number]:
    """The next steps of the path, and its end."""
    if len(ahead) <= AHEAD_ROWS:
        return ahead
    return [*ahead[: AHEAD_ROWS - 1], ahead[-1]]


def _chart(measure: Measure, number: int) -> SafeString:
    drawn = trajectory_chart(
        measure.chart,
        chart_id=f"pack-chart-{number}",
        description=measure.words.sentence,
        on_paper=True,
    )
    return mark_safe(drawn)  # noqa: S308 - drawing.py escapes every text


# --- running heads and feet -----------------------------------------------------------------------

_HEAD = "font: 400 8pt 'Source Sans Pro', Helvetica, Arial, sans-serif; color: #46525e;"
_FOOT = "font: 400 7.5pt 'Source Sans Pro', Helvetica, Arial, sans-serif; color: #46525e;"
_COUNT = "font: 700 8pt 'Source Sans Pro', Helvetica, Arial, sans-serif; color: #15202b;"


def _page_rules(pack: Pack, text: str) -> str:
    return "\n".join(_rules(pack, text))


def _rules(pack: Pack, text: str) -> Iterator[str]:
    """One kind of page for the whole pack and one for each goal; the first page names the house."""
    meeting = _("Stocktake, %s") % date_format(
        timezone.localtime(pack.meeting.starts_at), "D j M Y"
    )
    foot = _("Version %(version)s. Numbers as known at %(moment)s. Fingerprint %(hash)s.") % {
        "version": pack.version,
        "moment": date_format(timezone.localtime(pack.issued_at), "j M Y, H:i"),
        "hash": sha256(text)[:12],
    }
    yield (
        "@page pack { size: A4; margin: 21mm 18mm 18mm;"
        f" @top-left {{ content: {_quoted(pack.meeting.title)}; {_HEAD} }}"
        f" @top-right {{ content: {_quoted(meeting)}; {_HEAD} }}"
        f" @bottom-left {{ content: {_quoted(foot)}; {_FOOT} }}"
        f" @bottom-right {{ content: {_page_count()}; {_COUNT} }} }}"
    )
    house = _("%s, Delivery Unit") % pack.meeting.system
    for number, goal in enumerate(pack.goals, 1):
        head = f"{goal.code} {goal.title}"
        yield (
            f"@page pk-goal-{number} {{ size: A4; margin: 21mm 18mm 18mm;"
            f" @top-left {{ content: {_quoted(head)}; {_HEAD} }}"
            f" @top-right {{ content: {_quoted(meeting)}; {_HEAD} }}"
            f" @bottom-left {{ content: {_quoted(foot)}; {_FOOT} }}"
            f" @bottom-right {{ content: {_page_count()}; {_COUNT} }} }}"
        )
        yield f".pk-goal-{number} {{ page: pk-goal-{number}; }}"
    first = "pk-goal-1" if len(pack.goals) == 1 else "pack"
    yield (
        f"@page {first}:first {{ @top-left {{ content: {_quoted(house)}; }}"
        f" @top-right {{ content: {_quoted(_('For the meeting only'))}; }} }}"
    )


def _page_count() -> str:
    before, between = _("Page %(page)s of %(pages)s").split("%(page)s")
    middle, after = between.split("%(pages)s")
    parts = [_quoted(before), "counter(page)", _quoted(middle), "counter(pages)", _quoted(after)]
    return " ".join(part for part in parts if part != '""')


def _quoted(words: str) -> str:
    """A CSS string. Whatever is not a plain letter or digit is written as an escape."""
    return '"' + "".join(_escaped(sign) for sign in words) + '"'


def _escaped(sign: str) -> str:
    if sign in " ,.:-" or (sign.isascii() and sign.isalnum()):
        return sign
    return f"\\{ord(sign):06x}"
