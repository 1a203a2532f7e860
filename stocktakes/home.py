"""What is new on My day: the number in the navigation, and what came in since yesterday."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from goals.models import DataImport, Goal, IndicatorSteward
from goals.permissions import has_data_desk_role
from stocktakes.models import Notification, Pack, RoutineRun, Stocktake
from stocktakes.notices import NEWS_DAYS, Kind, Notice
from stocktakes.permissions import can_run_system


@dataclass(frozen=True)
class Frame:
    """What the frame of every page asks of the database about its reader."""

    waiting: int  # things that are new on My day
    uses_data_desk: bool
    heartbeat: datetime | None = (
        None  # when a worker was last heard of: for those who run the system
    )


def frame_of(person: User) -> Frame:
    """One query on two indexes. The system leader, who reads one page, is spared the number."""
    new = Notification.objects.filter(person=OuterRef("pk"), seen_at__isnull=True).order_by()
    counted = new.values("person").annotate(count=Count("pk")).values("count")
    held = IndicatorSteward.objects.current(person.access.on).filter(person=OuterRef("pk"))
    asked: list[Any] = [Subquery(counted), Exists(held)]
    if can_run_system(person):
        beats = RoutineRun.objects.filter(routine=RoutineRun.TICK).order_by("-finished_at")
        asked.append(Subquery(beats.values("finished_at")[:1]))
    waiting, is_steward, *beat = User.objects.filter(pk=person.pk).values_list(*asked).get()
    if Role.SYSTEM_LEADER in person.access.roles:
        waiting = 0
    return Frame(waiting or 0, is_steward or has_data_desk_role(person), *beat)


@dataclass(frozen=True)
class Item:
    """A line of My day."""

    notice: Notice
    is_new: bool


def day(*, person: User, listed: Iterable[Notice], at: datetime) -> list[Item]:
    """What came in for the person, then the list of the day; each thing once."""
    recent = Q(seen_at__isnull=True) | Q(at__gte=at - timedelta(days=NEWS_DAYS))
    rows = list(person.notifications.filter(recent).select_related("by").order_by("-at", "-pk"))
    new = {row.key for row in rows if row.seen_at is None}
    listed = list(listed)
    keys = {each.key for each in listed}
    came = [
        Item(notice, row.key in new)
        for row, notice in _told(person, rows)
        if f"stocktake-{row.stocktake_id}" not in keys
    ]
    packs = {f"stocktake-{row.stocktake_id}" for row in rows if row.key in new}
    return [*came, *(Item(each, each.key in new | packs) for each in listed)]


def _told(person: User, rows: list[Notification]) -> Iterator[tuple[Notification, Notice]]:
    """Only what the person may still see, in today's words; three queries."""
    goals = Goal.objects.visible_to(person).in_bulk({row.goal_id for row in rows if row.goal_id})
    meetings = Stocktake.objects.filter(
        pk__in=Pack.objects.visible_to(person).order_by().values("stocktake")
    ).in_bulk({row.stocktake_id for row in rows if row.stocktake_id})
    files = DataImport.objects.visible_to(person).defer("content", "rows")
    imports = {
        each.pk: each
        for each in files.filter(pk__in={row.data_import_id for row in rows if row.data_import_id})
    }
    for row in rows:
        if row.goal_id in goals:
            yield row, _answer(row, goals[row.goal_id])
        elif row.stocktake_id in meetings:
            yield row, _pack(row, meetings[row.stocktake_id])
        elif row.data_import_id in imports:
            yield row, _import(row, imports[row.data_import_id])


def _notice(row: Notification, title: str, text: str, url: str) -> Notice:
    return Notice(Kind.NEWS, row.key, title, text, url, timezone.localdate(row.at))


def _answer(row: Notification, goal: Goal) -> Notice:
    title = _("%(code)s has a new answer") % {"code": goal.code}
    text = _("%(name)s answered one of the five questions of %(title)s.") % {
        "name": row.by,
        "title": goal.title,
    }
    return _notice(row, title, text, goal.get_absolute_url())


def _pack(row: Notification, meeting: Stocktake) -> Notice:
    title = _("The pack of %(title)s is issued") % {"title": meeting.title}
    text = _("%(name)s issued it. It waits for you.") % {"name": row.by}
    return _notice(row, title, text, reverse("stocktakes:pack_detail", args=[meeting.pk]))


def _import(row: Notification, data_import: DataImport) -> Notice:
    is_in = data_import.state == DataImport.State.CONFIRMED
    title = _("Your file %(name)s is entered") if is_in else _("Your file %(name)s was put aside")
    text = _("%(name)s decided about it.") % {"name": row.by or _("An operator")}
    url = reverse("goals:import_detail", args=[data_import.pk])
    return _notice(row, title % {"name": data_import.filename}, text, url)
