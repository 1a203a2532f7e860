"""The list of stocktakes and the page of one, as one person may see them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.as_at import AsAt
from accounts.calendar import WorkingCalendar
from accounts.models import Holiday, System, User
from goals.models import Goal
from stocktakes.briefing import Draft, draft
from stocktakes.models import Pack, Stocktake, StocktakeAttendee, StocktakeGoal
from stocktakes.preparation import Check, Step, checks, timeline
from stocktakes.snapshot import Goal as GoalText


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
    def goals(self) -> tuple[GoalText, ...]:
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


def meetings(*, user: User, as_at: AsAt) -> Meetings:
    """Three queries, and one to see what the user may see; four more for an earlier day."""
    packs = Pack.objects.visible_to(user).without_files()
    if as_at.known_at is not None:
        packs = packs.filter(issued_at__lte=as_at.known_at)
    agenda = StocktakeGoal.objects.select_related("goal")
    seen: QuerySet[Any] = Stocktake.objects.visible_to(user).select_related("chair")
    seen = seen.prefetch_related(
        Prefetch("agenda", agenda, to_attr="items"), Prefetch("packs", packs, to_attr="issued")
    )
    found = list(seen.order_by("starts_at"))
    if as_at.known_at is not None:
        found = _as_known(found, user, as_at.known_at)
    rows = [Row(each, tuple(each.items), each.issued[0] if each.issued else None) for each in found]
    ahead = [row for row in rows if row.stocktake.is_ahead(as_at.moment)]
    behind = [row for row in rows if not row.stocktake.is_ahead(as_at.moment)]
    return Meetings(tuple(ahead), tuple(reversed(behind)))


# --- an earlier day -------------------------------------------------------------------------------

TOLD = ("title", "starts_at", "minutes", "place", "state", "state_reason")


@dataclass(frozen=True)
class _Past:
    """What the histories say of meetings and their agendas at a moment."""

    moment: datetime
    told: dict[int, Stocktake]
    items: dict[int, list[StocktakeGoal]]
    goals: dict[int, Goal]
    seen: set[int]
    chairs: dict[int, User]

    @classmethod
    def of(cls, user: User, moment: datetime) -> "_Past":
        told = {each.pk: each for each in Stocktake.history.as_of(moment)}
        items: dict[int, list[StocktakeGoal]] = defaultdict(list)
        for item in StocktakeGoal.history.as_of(moment):
            items[item.stocktake_id].append(item)
        named = {item.goal_id for held in items.values() for item in held}
        return cls(
            moment=moment,
            told=told,
            items=items,
            goals=Goal.objects.in_bulk(named),
            seen=set(Goal.objects.visible_to(user).values_list("pk", flat=True)),
            chairs=User.objects.in_bulk({each.chair_id for each in told.values()}),
        )

    def was_known(self, row: Any) -> bool:
        """One that was written down afterwards counts from its first pack, or its day."""
        if row.pk not in self.told:
            return row.starts_at <= self.moment or bool(row.issued)
        named = {item.goal_id for item in self.items[row.pk]}
        today = {item.goal_id for item in row.items}
        return not named - self.seen - today  # an agenda of then may name a goal that is hidden

    def tell(self, row: Any) -> None:
        """Makes a meeting of today the one that it was."""
        if (then := self.told.get(row.pk)) is None:
            if row.starts_at > self.moment:
                row.state, row.state_reason = Stocktake.State.PLANNED, ""
            return
        for name in TOLD:
            setattr(row, name, getattr(then, name))
        row.chair = self.chairs[then.chair_id]
        row.items = sorted(self.items[row.pk], key=lambda item: (item.rank, item.pk))
        for item in row.items:
            item.goal = self.goals[item.goal_id]


def _as_known(found: list[Any], user: User, moment: datetime) -> list[Any]:
    past = _Past.of(user, moment)
    shown = [row for row in found if past.was_known(row)]
    for row in shown:
        past.tell(row)
    return sorted(shown, key=lambda row: row.starts_at)


# --- one meeting ----------------------------------------------------------------------------------


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
