"""Noting what is new on somebody's My day, and that it was seen. Noting twice is noting once.

A row holds no words: they are written when it is shown, from what the reader may still see.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountAssignment, User
from accounts.roles import GRANTS, Permission
from goals.models import Answer, DataImport, Goal, GoalRole
from stocktakes.actions.digests import Written, one_by_one, working_calendar
from stocktakes.models import Notification, Pack
from stocktakes.notices import Notice, desk_of, notices

Kind = Notification.Kind
SEEING = frozenset(role for role, rights in GRANTS.items() if Permission.SEE_ALL_GOALS in rights)


def notify(*, people: Iterable[User], key: str, kind: str, at: datetime, **about: Any) -> None:
    """One row for each person and key; a later call with the same key changes nothing."""
    Notification.objects.bulk_create(
        [Notification(person=person, key=key, kind=kind, at=at, **about) for person in people],
        ignore_conflicts=True,
    )


def notify_of_pack(*, pack: Pack, by: User, at: datetime) -> None:
    """Everybody at the table; and the leaders of its goals, unless one of the goals is confidential.

    Nobody is told of what they may not read, and it takes as many queries for any number of goals.
    """
    seats = pack.stocktake.attendees.values("person")
    readers = Q(pk__in=seats) | Q(pk=pack.stocktake.chair_id)
    if not pack.goals.filter(is_confidential=True).exists():
        on = timezone.localdate(at)
        roles = GoalRole.objects.current(on).filter(role="leader", goal__in=pack.goals.all())
        readers |= Q(pk__in=roles.values("person")) & Q(
            pk__in=User.objects.holding(SEEING, on).values("pk")
        )
    people = User.objects.filter(readers, is_active=True).exclude(pk=by.pk)
    key = f"pack-{pack.pk}"
    notify(people=people, key=key, kind=Kind.PACK, at=at, stocktake=pack.stocktake, by=by)


def notify_of_answer(*, answer: Answer, at: datetime) -> None:
    """The Unit's answer to the goal's people; theirs to the consultant of their goal."""
    goal, by = answer.goal, answer.written_by
    to_goal = answer.question == Answer.Question.HELP
    people = (
        _goal_people(goal, timezone.localdate(at))
        if to_goal
        else _consultants(goal, timezone.localdate(at))
    )
    notify(
        people=[person for person in people if person != by],
        key=f"answer-{answer.pk}",
        kind=Kind.ANSWER,
        at=at,
        goal=goal,
        by=by,
    )


def _goal_people(goal: Goal, on: date) -> list[User]:
    held = goal.roles.current(on).values("person")
    return list(User.objects.filter(is_active=True, pk__in=held))


def _consultants(goal: Goal, on: date) -> list[User]:
    """The consultant of the goal itself, else the one of its leader."""
    own = goal.consultants.current(on).values("consultant")
    leader = goal.roles.current(on).filter(role=GoalRole.Role.LEADER).values("person")
    people = User.objects.filter(is_active=True)
    kept = AccountAssignment.objects.current(on).filter(kind="primary", goal_leader__in=leader)
    return list(people.filter(pk__in=own) or people.filter(pk__in=kept.values("consultant")))


def notify_of_import(*, data_import: DataImport, at: datetime) -> None:
    """Whoever brought the file, if somebody else decided about it."""
    person, by = data_import.uploaded_by, data_import.decided_by
    if person is None or person == by:
        return
    notify(
        people=[person],
        key=f"import-{data_import.pk}",
        kind=Kind.IMPORT,
        at=at,
        data_import=data_import,
        by=by,
    )


def note_everybodys_day(*, on: date, at: datetime) -> Written:
    """Every morning: what has come onto the lists of all people since the last time.

    Each is tried on its own, as with the digests.
    """
    calendar = working_calendar(on)
    if not calendar.is_working(on):
        return Written()

    def note(*, person: User) -> int:
        desk = desk_of(person=person, on=on, calendar=calendar)
        return _note(person, notices(desk, calendar=calendar), at)

    return one_by_one(User.objects.filter(is_active=True), note)


@transaction.atomic
def _note(person: User, listed: list[Notice], at: datetime) -> int:
    """What has come is added, what has gone is taken away; so what comes again is new again."""
    mine = person.notifications.filter(kind=Kind.ON_THE_LIST)
    mine.exclude(key__in=[each.key for each in listed]).delete()
    here = set(mine.values_list("key", flat=True))
    new = [each for each in listed if each.key not in here]
    Notification.objects.bulk_create(
        [Notification(person=person, key=each.key, kind=Kind.ON_THE_LIST, at=at) for each in new],
        ignore_conflicts=True,
    )
    return len(new)


def mark_seen(*, person: User, at: datetime) -> int:
    """My day was opened."""
    return person.notifications.filter(seen_at__isnull=True, at__lte=at).update(seen_at=at)
