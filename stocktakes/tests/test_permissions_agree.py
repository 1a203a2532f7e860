"""`visible_to` and `can_...` say the same, in worlds that are made up at random.

Roles and seats lie in the past, today or in the future; people hold several roles or none; goals
are confidential, for the board, or neither; consultants have accounts and exceptions.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from accounts.tests.factories import make_account, make_org_unit, make_person
from goals.models import Goal, GoalConsultant, GoalIndicator, GoalRole, Indicator, Series
from goals.permissions import can_view_goal
from goals.tests.factories import make_goal, make_indicator, make_series
from stocktakes.models import Pack, Stocktake, StocktakeAttendee
from stocktakes.permissions import can_prepare_stocktake, can_read_pack, can_view_stocktake
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db


class Chance:
    """A world of chance: the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)  # noqa: S311 - chance, no secret
        today = timezone.localdate()
        past, future = today - timedelta(days=400), today + timedelta(days=1)
        self.times = [
            (past, None), (past, today), (today, None), (today, today),
            (past, today - timedelta(days=1)), (future, None),
        ]  # fmt: skip

    def dates(self):
        first, last = self.random.choice(self.times)
        return {"valid_from": first, "valid_to": last}

    def some(self, things, most):
        return self.random.sample(things, self.random.randint(0, min(most, len(things))))

    def is_so(self, share=0.5):
        return self.random.random() < share


def make_world(seed):
    chance = Chance(seed)
    top = make_org_unit("T1")
    units = [top, *(make_org_unit(f"D{n}", parent=top) for n in (1, 2))]
    people = [make_person() for _each in range(14)]
    for person in people:
        for role in chance.some(list(Role), 2):
            unit = chance.random.choice(units)
            RoleAssignment.objects.create(person=person, role=role, org_unit=unit, **chance.dates())
    people[0].is_active = False
    people[0].save()
    goals = [make_chance_goal(chance, number, people, units) for number in range(7)]
    for leader in chance.some(people, 6):
        keeper = chance.random.choice([each for each in people if each != leader])
        make_account(keeper, leader, chance.random.choice(["primary", "backup"]), **chance.dates())
    for _number in range(6):
        make_chance_stocktake(chance, people, goals)
    return [User.objects.get(pk=person.pk) for person in people]


def make_chance_goal(chance, number, people, units):
    secret = chance.is_so(0.4)
    goal = make_goal(
        f"G{number}", is_confidential=secret, is_for_board=not secret and chance.is_so()
    )
    indicator = make_indicator()
    for unit in chance.some(units, 3):
        series = make_series(indicator, org_unit=unit)
        if chance.is_so():
            GoalIndicator.objects.create(goal=goal, series=series, kind="progress")
    shared = Series.objects.order_by("pk").first()
    if shared and chance.is_so(0.3):
        GoalIndicator.objects.get_or_create(goal=goal, series=shared, defaults={"kind": "progress"})
    for role, person in zip(("leader", "team", "team"), chance.some(people, 3), strict=False):
        GoalRole.objects.create(goal=goal, person=person, role=role, **chance.dates())
    for person in chance.some(people, 1):
        GoalConsultant.objects.create(
            goal=goal, consultant=person, reason="Knows it", **chance.dates()
        )
    return goal


def make_chance_stocktake(chance, people, goals):
    chair, maker = chance.random.sample(people, 2)
    stocktake = make_stocktake(*chance.some(goals, 3), chair=chair, prepared_by=maker)
    for person in chance.some(people, 2):
        StocktakeAttendee.objects.create(stocktake=stocktake, person=person)
    if chance.is_so(0.7):
        pack = Pack.objects.create(
            stocktake=stocktake, version=1, snapshot="{}", sha256="0",
            issued_at=datetime(2026, 7, 21, tzinfo=UTC), issued_by=maker,
        )  # fmt: skip
        pack.goals.set({*stocktake.goals.all(), *chance.some(goals, 1)})


@pytest.mark.parametrize("seed", range(6))
def test_lists_and_single_answers_agree_in_every_world(seed):
    for user in make_world(seed):
        for model, may in (
            (Goal, can_view_goal),
            (Stocktake, can_view_stocktake),
            (Pack, can_read_pack),
        ):
            listed = set(model.objects.visible_to(user).values_list("pk", flat=True))
            single = {row.pk for row in model.objects.all() if may(user, row)}
            assert listed == single, (model.__name__, user.access.roles)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_of_a_hidden_goal_is_reached_from_the_side(seed):
    """No series and no meeting tells of a goal that the person may not see, nor does preparing."""
    for user in make_world(seed):
        goals = set(Goal.objects.visible_to(user))
        readable = Series.objects.visible_to(user)
        for indicator in Indicator.objects.filter(series__in=readable).distinct():
            uses = GoalIndicator.objects.filter(series__indicator=indicator)
            serves = {use.goal for use in uses}
            assert not serves or serves & goals, user.access.roles
        for stocktake in Stocktake.objects.all():
            if can_prepare_stocktake(user, stocktake):
                told = {*stocktake.goals.all()}
                told.update(*(pack.goals.all() for pack in stocktake.packs.all()))
                assert told <= goals
