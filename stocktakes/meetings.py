"""The list of stocktakes and the page of one, as one person may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone

from accounts.calendar import WorkingCalendar
from accounts.models import Holiday, System, User
from stocktakes.briefing import Draft, draft
from stocktakes.models import Pack, Stocktake, StocktakeAttendee, StocktakeGoal
from stocktakes.preparation import Check, Step, checks, timeline
from stocktakes.snapshot import Goal


@dataclass(frozen=True)
class Row:
    """A stocktake on the list, with its newest pack."""

    stocktake: Stocktake
    agenda: tuple[StocktakeGoal, ...]
    newest: Pack | None


@dataclass(frozen=True)
class Meetings:
    ahead: tuple[Row, ...]  # the next one first
    behind: tuple[Row, ...]  # the last one first


@dataclass(frozen=True)
class Meeting:
    """The page of a stocktake."""

    stocktake: Stocktake
    attendees: tuple[StocktakeAttendee, ...]
    packs: tuple[Pack, ...]
    steps: list[Step]
    draft: Draft | None  # None: it was held or cancelled, so no new page is being written
    checks: list[Check]
    agenda: tuple[StocktakeGoal, ...]

    @property
    def goals(self) -> tuple[Goal, ...]:
        return self.draft.goals if self.draft else ()

    @property
    def is_open(self) -> bool:
        return self.stocktake.state == Stocktake.State.PLANNED

    @property
    def version(self) -> int:
        return self.packs[0].version if self.packs else 0

    @property
    def done(self) -> int:
        return sum(check.is_ok for check in self.checks)


def meetings(*, user: User, moment: datetime) -> Meetings:
    """Three queries, and one to see what the user may see."""
    packs = Pack.objects.visible_to(user).without_files()
    agenda = StocktakeGoal.objects.select_related("goal")
    seen = Stocktake.objects.visible_to(user).select_related("chair")
    seen = seen.prefetch_related(
        Prefetch("agenda", agenda, to_attr="items"), Prefetch("packs", packs, to_attr="issued")
    )
    rows = [
        Row(each, tuple(each.items), each.issued[0] if each.issued else None)
        for each in seen.order_by("starts_at")
    ]
    ahead = [row for row in rows if row.stocktake.is_ahead(moment)]
    behind = [row for row in rows if not row.stocktake.is_ahead(moment)]
    return Meetings(tuple(ahead), tuple(reversed(behind)))


def meeting(*, stocktake: Stocktake, user: User, system: System, moment: datetime) -> Meeting:
    today = timezone.localdate(moment)
    meeting_on = timezone.localdate(stocktake.starts_at)
    is_open = stocktake.state == Stocktake.State.PLANNED
    made = draft(stocktake=stocktake, system=system, on=today) if is_open else None
    packs = Pack.objects.visible_to(user).without_files().filter(stocktake=stocktake)
    return Meeting(
        stocktake=stocktake,
        attendees=tuple(stocktake.attendees.select_related("person")),
        packs=tuple(packs.select_related("issued_by")),
        steps=timeline(meeting_on=meeting_on, today=today, calendar=_calendar(system, stocktake)),
        draft=made,
        checks=checks(made.goals) if made else [],
        agenda=tuple(stocktake.agenda.select_related("goal")),
    )


def _calendar(system: System, stocktake: Stocktake) -> WorkingCalendar:
    """The days around a meeting; what lies years away decides nothing."""
    year = stocktake.starts_at.year
    near = Holiday.objects.filter(on__year__gte=year - 1, on__year__lte=year + 1)
    return WorkingCalendar.of(system.weekend, near.values_list("on", flat=True))
