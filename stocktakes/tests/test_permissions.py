"""What one may see of stocktakes and packs; the list and the single answer agree for every role."""

from datetime import UTC, datetime

import pytest

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import make_account, make_org_unit, make_person
from goals.tests.factories import make_goal, make_series
from stocktakes.models import Pack, Stocktake
from stocktakes.permissions import (
    can_prepare_stocktake,
    can_read_pack,
    can_view_stocktake,
)
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db


def make_pack(stocktake, *goals):
    pack = Pack.objects.create(
        stocktake=stocktake,
        version=1,
        snapshot="{}",
        sha256="0" * 64,
        issued_at=datetime(2026, 7, 21, tzinfo=UTC),
        issued_by=stocktake.prepared_by,
    )
    pack.goals.set(goals)
    return pack


@pytest.fixture
def cast():
    """Somebody of every role, two goal leaders, and meetings of every kind."""
    district = make_org_unit("D1", parent=make_org_unit())
    people = {
        role.value: make_person(role, name=role.value) for role in Role if role != "local_leader"
    }
    people["local_leader"] = make_person(Role.LOCAL_LEADER, org_unit=district)
    people["leader_of_open"] = make_person(Role.GOAL_LEADER)
    people["leader_of_secret"] = make_person(Role.GOAL_LEADER)
    people["consultant_of_secret"] = make_person(Role.CONSULTANT)
    make_account(people["consultant_of_secret"], people["leader_of_secret"])
    people["attendee"] = make_person(Role.VIEWER)
    series = make_series(org_unit=district)
    open_goal = make_goal("OPEN", leader=people["leader_of_open"], series=series, is_for_board=True)
    secret = make_goal("SECRET", leader=people["leader_of_secret"], is_confidential=True)
    at_table = [people["attendee"]]
    meetings = {
        "open": make_stocktake(open_goal),
        "secret": make_stocktake(secret),
        "both": make_stocktake(open_goal, secret),
        "empty": make_stocktake(),
        "attended": make_stocktake(open_goal, secret, attendees=at_table),
        "was_secret": make_stocktake(open_goal),
    }
    packs = {name: make_pack(row, *row.goals.all()) for name, row in meetings.items()}
    packs["was_secret"].goals.add(secret)
    return people, meetings, packs


UNIT_LEAD = {"open", "secret", "both", "empty", "attended", "was_secret"}
SEEN = {
    "system_leader": UNIT_LEAD,
    "delivery_leader": UNIT_LEAD,
    "deputy_delivery_leader": UNIT_LEAD,
    "consultant": {"open", "empty", "was_secret"},
    "consultant_of_secret": UNIT_LEAD,
    "leader_of_open": {"open", "was_secret"},
    "leader_of_secret": {"secret", "both", "attended"},
    "attendee": {"attended"},
}


def test_stocktakes_are_seen_whole_or_not_at_all(cast):
    people, meetings, _packs = cast
    seen = {
        key: {name for name, row in meetings.items() if row in Stocktake.objects.visible_to(person)}
        for key, person in people.items()
    }
    assert {key: names for key, names in seen.items() if names} == SEEN


def test_packs_of_goals_that_left_the_agenda_stay_closed(cast):
    people, _meetings, packs = cast
    readers = {
        key
        for key, person in people.items()
        if Pack.objects.visible_to(person).filter(pk=packs["was_secret"].pk).exists()
    }
    assert readers == {
        "system_leader",
        "delivery_leader",
        "deputy_delivery_leader",
        "consultant_of_secret",
    }


def test_lists_and_single_answers_agree_for_every_role(cast):
    people, meetings, packs = cast
    for key, person in people.items():
        user = User.objects.get(pk=person.pk)
        for name, row in meetings.items():
            listed = Stocktake.objects.visible_to(user).filter(pk=row.pk).count()
            assert listed == int(can_view_stocktake(user, row)), (key, name)
            pack = packs[name]
            listed = Pack.objects.visible_to(user).filter(pk=pack.pk).count()
            assert listed == int(can_read_pack(user, pack)), (key, name, "pack")


def test_a_consultant_prepares_only_what_they_see_whole_its_packs_too(cast):
    """Whoever prepares may take a seat, and a seat reads the packs."""
    people, meetings, _packs = cast
    prepared = {
        key: {name for name, row in meetings.items() if can_prepare_stocktake(person, row)}
        for key, person in people.items()
    }
    assert {key: names for key, names in prepared.items() if names} == {
        "delivery_leader": UNIT_LEAD,
        "deputy_delivery_leader": UNIT_LEAD,
        "consultant_of_secret": UNIT_LEAD,
        "consultant": {"open", "empty"},
    }
