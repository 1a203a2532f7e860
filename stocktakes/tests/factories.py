"""Stocktakes for tests: plain functions, nothing happens that the call does not say."""

from datetime import UTC, datetime
from itertools import count

from accounts.roles import Role
from accounts.tests.factories import make_person
from stocktakes.models import Stocktake, StocktakeAttendee, StocktakeGoal

_numbers = count(1)


def make_stocktake(*goals, chair=None, prepared_by=None, attendees=(), questions=(), **fields):
    """A meeting on 28 July 2026 at 10:00 UTC, with `goals` on its agenda in this order."""
    number = next(_numbers)
    stocktake = Stocktake.objects.create(
        chair=chair or make_person(Role.SYSTEM_LEADER, name=f"Chair {number}"),
        prepared_by=prepared_by or make_person(Role.DELIVERY_LEADER, name=f"Preparer {number}"),
        **{
            "title": f"Stocktake {number}",
            "starts_at": datetime(2026, 7, 28, 10, 0, tzinfo=UTC),
            "place": "Room 4",
            **fields,
        },
    )
    for rank, goal in enumerate(goals):
        asked = dict(zip(("question_1", "question_2", "question_3"), questions, strict=False))
        StocktakeGoal.objects.create(stocktake=stocktake, goal=goal, rank=rank, **asked)
    for person in attendees:
        StocktakeAttendee.objects.create(stocktake=stocktake, person=person)
    return stocktake
