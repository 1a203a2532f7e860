"""The stocktakes of a demonstration: those behind with packs that say what was known then."""

from datetime import date, datetime, timedelta
from functools import partial

from delivery_unit.demo.loader import Loader
from delivery_unit.demo.shapes import DemoMeeting
from goals.models import Goal
from stocktakes.actions.packs import issue_pack
from stocktakes.models import Stocktake, StocktakeAttendee, StocktakeGoal

ISSUED_BEFORE = 3  # working days


def plan_meetings(loader: Loader) -> None:
    """What happens around each meeting, at its moment; those ahead are planned as of today."""
    calendar = loader.calendar()
    for meeting in loader.demo.meetings:
        on = _working_day(loader, loader.on + timedelta(days=meeting.days))
        starts_at = loader.moment(on, hour=10)
        issued = loader.moment(calendar.shift(on, -ISSUED_BEFORE), hour=15)
        loader.events.append((issued, partial(_plan, loader, meeting, starts_at)))
        if meeting.days > 0:
            continue
        loader.events.append((issued, partial(_issue, loader, meeting, issued)))
        if meeting.again:
            again = loader.moment(calendar.shift(on, -1), hour=11)
            loader.events.append((again, partial(_issue_again, loader, meeting, again)))
        loader.events.append((starts_at, partial(_hold, meeting)))


def _working_day(loader: Loader, on: date) -> date:
    calendar = loader.calendar()
    while not calendar.is_working(on):
        on += timedelta(days=1)
    return on


def _plan(loader: Loader, meeting: DemoMeeting, starts_at: datetime) -> None:
    stocktake = Stocktake.objects.create(
        title=meeting.title, starts_at=starts_at, place=meeting.place,
        chair=loader.person("leader"), prepared_by=loader.person(meeting.consultant),
    )  # fmt: skip
    for short, part in meeting.attendees:
        StocktakeAttendee.objects.create(
            stocktake=stocktake, person=loader.person(short), part=part
        )
    for rank, (code, summary, questions) in enumerate(meeting.goals):
        asked = {f"question_{place}": text for place, text in enumerate(questions, 1)}
        StocktakeGoal.objects.create(
            stocktake=stocktake, goal=Goal.objects.get(code=code), rank=rank, summary=summary,
            **asked,
        )  # fmt: skip


def _issue(loader: Loader, meeting: DemoMeeting, at: datetime, change_note: str = "") -> None:
    issue_pack(
        stocktake=Stocktake.objects.get(title=meeting.title),
        by=loader.person(meeting.consultant), at=at, change_note=change_note,
    )  # fmt: skip


def _issue_again(loader: Loader, meeting: DemoMeeting, at: datetime) -> None:
    assert meeting.again  # noqa: S101 - the caller asked
    item = StocktakeGoal.objects.filter(stocktake__title=meeting.title).first()
    assert item  # noqa: S101 - a meeting has goals
    setattr(item, f"question_{len(item.questions) + 1}", meeting.again.question)
    item.save()
    _issue(loader, meeting, at, meeting.again.change_note)


def _hold(meeting: DemoMeeting) -> None:
    stocktake = Stocktake.objects.get(title=meeting.title)
    stocktake.state = Stocktake.State.HELD
    stocktake.save()
