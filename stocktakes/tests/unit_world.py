"""A small Unit for tests: two consultants, a third with room, two goal leaders."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from accounts.models import Position, System
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_person
from goals.tests.factories import make_goal

AT = datetime(2026, 7, 21, 9, tzinfo=UTC)
TODAY, MONDAY = date(2026, 7, 21), date(2026, 8, 3)


def make_post(person, boss=None, *, title="Post", first=LONG_AGO, last=None):
    return Position.objects.create(
        person=person, title=title, reports_to=boss, valid_from=first, valid_to=last
    )


def make_unit():
    System.objects.create(name="Everly")
    unit = SimpleNamespace(
        top=make_person(Role.SYSTEM_LEADER, name="Marguerite Osei"),
        lead=make_person(Role.DELIVERY_LEADER, name="Tomás Herrera"),
        hannah=make_person(Role.CONSULTANT, name="Hannah Lindqvist"),
        kwame=make_person(Role.CONSULTANT, name="Kwame Asante"),
        ruth=make_person(Role.CONSULTANT, name="Ruth Okafor"),
        yolanda=make_person(Role.GOAL_LEADER, name="Yolanda Freeman"),
        arjun=make_person(Role.GOAL_LEADER, name="Arjun Mehta"),
        admin=make_person(Role.ADMINISTRATOR, name="Joan Whitefeather"),
    )
    unit.l1, unit.l2 = (make_goal(code, leader=unit.yolanda) for code in ("L1", "L2"))
    unit.s1 = make_goal("S1", leader=unit.arjun)
    unit.of_yolanda = make_account(unit.hannah, unit.yolanda)
    unit.of_arjun = make_account(unit.kwame, unit.arjun)
    unit.backup = make_account(unit.kwame, unit.yolanda, kind="backup")
    top = make_post(unit.top, title="Superintendent")
    lead = make_post(unit.lead, top, title="Delivery Leader")
    for person in (unit.hannah, unit.kwame, unit.ruth):
        make_post(person, lead, title="Consultant")
    for person in (unit.yolanda, unit.arjun):
        make_post(person, top, title=f"Chief {person.name}")
    return unit
