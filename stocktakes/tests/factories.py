"""Stocktakes for tests: plain functions, nothing happens that the call does not say."""

from datetime import UTC, date, datetime
from itertools import count

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.answers import write_answer
from goals.actions.standings import refresh_standings
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)
from stocktakes.models import Job, Stocktake, StocktakeAttendee, StocktakeGoal

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


def make_job(state="waiting", **fields):
    """A job of 21 July 2026, in the state that is asked for."""
    at = datetime(2026, 7, 21, 12, tzinfo=UTC)
    ended = at if state in {"done", "failed"} else None
    defaults = {"kind": "count", "key": str(next(_numbers)), "created_at": at, "due_at": at}
    return Job.objects.create(state=state, **{**defaults, "finished_at": ended, **fields})


READING = (
    (2022, "50.8"), (2023, "52.4"), (2024, "54.6"), (2025, "57.1"), (2026, "59.9"),
)  # fmt: skip


def make_measured_goal(code="L1", *, leader=None, values=READING, **fields):
    """A goal with five years of numbers on a path from 52.4 in 2023 to 70.0 in 2028, answered."""
    series = make_series(
        make_indicator(
            f"{code.lower()}-reading",
            name="Grade 3 reading proficiency",
            description="Share of grade 3 pupils who read at or above grade level.",
            publication_lag_days=60,
            source="State Assessment Office",
        )
    )
    for year, value in values:
        make_observation(
            series,
            date(year, 6, 30),
            value,
            status="provisional" if year == values[-1][0] else "final",
        )
    make_trajectory(
        series, baseline=(date(2023, 6, 30), "52.4"), target=(date(2028, 6, 30), "70.0")
    )
    goal = make_goal(
        code,
        leader=leader or make_person(Role.GOAL_LEADER, name=f"Leader of {code}"),
        series=series,
        **{"title": "Every child reads well by the end of grade 3", **fields},
    )
    refresh_standings(series_ids=[series.pk], at=datetime(2026, 7, 2, tzinfo=UTC))
    for question, text in enumerate(ANSWERS, 1):
        write_answer(
            goal=goal,
            question=question,
            text=text,
            by=goal.roles.get(role="leader").person,
            at=datetime(2026, 7, 10, 9, tzinfo=UTC),
        )
    return goal


ANSWERS = (
    "Raise grade 3 pupils proficient in reading from 52.4% (30 Jun 2023) to 70.0% by 30 Jun 2028.",
    "Five strategies. Coaches and tutoring carry two thirds of the change.",
    "Teachers with a coach gain twice as much; 31 schools still have none.",
    "Place coaches in the last 31 schools by 1 Oct; lift tutoring attendance from 71% to 85%.",
    "The Unit gives two analyst days in August and settles coach travel with the Budget Office.",
)
QUESTIONS = (
    "Which of the 31 schools can have a coach by 1 Oct, and what stops the others?",
    "Should principals’ release-time agreements become a condition of the 2027 coaching grant?",
    "Who will close the 2.6 pp that no strategy covers yet?",
)
