"""Planning a stocktake, preparing it, and saying how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from goals.models import Goal
from stocktakes.models import Stocktake, StocktakeAttendee, StocktakeGoal


class WrongState(Exception):
    """The stocktake is not in a state from which this step can be taken."""


@dataclass(frozen=True)
class Plan:
    """What a person typed about a meeting. The goals stand in the order of the agenda."""

    title: str
    starts_at: datetime
    minutes: int
    place: str
    chair: User
    attendees: Sequence[User]
    goals: Sequence[Goal]


@transaction.atomic
def plan_stocktake(*, plan: Plan, by: User) -> Stocktake:
    stocktake = Stocktake(prepared_by=by)
    _lay_out(stocktake, plan)
    return stocktake


@transaction.atomic
def change_stocktake(*, stocktake: Stocktake, plan: Plan) -> Stocktake:
    """Goals that stay keep their questions and summary. Raises WrongState after the meeting."""
    stocktake = Stocktake.objects.select_for_update().get(pk=stocktake.pk)
    _refuse_unless_planned(stocktake)
    _lay_out(stocktake, plan)
    return stocktake


def _lay_out(stocktake: Stocktake, plan: Plan) -> None:
    stocktake.title, stocktake.place = plan.title, plan.place
    stocktake.starts_at, stocktake.minutes = plan.starts_at, plan.minutes
    stocktake.chair = plan.chair
    stocktake.save()
    people = [person for person in plan.attendees if person != plan.chair]
    for seat in stocktake.attendees.exclude(person__in=people):
        seat.delete()  # one by one, so that each leaves its history
    for person in people:
        StocktakeAttendee.objects.get_or_create(stocktake=stocktake, person=person)
    for item in stocktake.agenda.exclude(goal__in=plan.goals):
        item.delete()
    for rank, goal in enumerate(plan.goals):
        item, made = StocktakeGoal.objects.get_or_create(
            stocktake=stocktake, goal=goal, defaults={"rank": rank}
        )
        if not made and item.rank != rank:
            item.rank = rank
            item.save()


@transaction.atomic
def write_item(*, item: StocktakeGoal, summary: str, questions: Sequence[str]) -> StocktakeGoal:
    """The Unit's summary and up to three questions for one goal. Raises WrongState."""
    _refuse_unless_planned(Stocktake.objects.select_for_update().get(pk=item.stocktake_id))
    one, two, three = (*questions, "", "", "")[:3]
    item.summary, item.question_1, item.question_2, item.question_3 = summary, one, two, three
    item.save()
    return item


def hold_stocktake(*, stocktake: Stocktake, at: datetime) -> Stocktake:
    """Raises WrongState before the meeting has begun."""
    if stocktake.starts_at > at:
        raise WrongState(_("The stocktake has not begun yet."))
    return _end(stocktake, Stocktake.State.HELD, "")


def cancel_stocktake(*, stocktake: Stocktake, reason: str) -> Stocktake:
    return _end(stocktake, Stocktake.State.CANCELLED, reason)


@transaction.atomic
def _end(stocktake: Stocktake, state: Stocktake.State, reason: str) -> Stocktake:
    stocktake = Stocktake.objects.select_for_update().get(pk=stocktake.pk)
    _refuse_unless_planned(stocktake)
    stocktake.state, stocktake.state_reason = state, reason
    stocktake.save()
    return stocktake


def _refuse_unless_planned(stocktake: Stocktake) -> None:
    if stocktake.state != Stocktake.State.PLANNED:
        raise WrongState(
            _("The stocktake is %s. It cannot be changed any more.") % stocktake.get_state_display()
        )
