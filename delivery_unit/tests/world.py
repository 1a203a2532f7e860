"""A small world with somebody of every kind and three goals: OPEN, SECRET and BOARD.

Stocktakes and files 1, 2 and 3 are about OPEN, SECRET and BOARD, in this order.
"""

from datetime import UTC, date, datetime, timedelta

from django.core.management.color import no_style
from django.db import connection
from django.utils import timezone

from accounts.models import (
    AccountAssignment,
    AccountChange,
    ListImport,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals.models import DataImport, GoalConsultant
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
    make_trajectory,
)
from stocktakes.actions.packs import issue_pack
from stocktakes.models import Digest, Stocktake
from stocktakes.tests.factories import make_job, make_stocktake

SUBJECTS = ("OPEN", "SECRET", "BOARD")
KINDS = {"OPEN": {}, "SECRET": {"is_confidential": True}, "BOARD": {"is_for_board": True}}
NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)


def make_people():
    """By the short names of the access table."""
    make_subjects_of_changes()
    county = make_org_unit("C1", parent=make_org_unit("SYS"))
    inside, outside = make_org_unit("D1", parent=county), make_org_unit("D2", parent=county)
    people = {
        "lead": make_person(Role.SYSTEM_LEADER),
        "dl": make_person(Role.DELIVERY_LEADER),
        "dep": make_person(Role.DEPUTY_DELIVERY_LEADER),
        "cons": make_person(Role.CONSULTANT),
        "cons2": make_person(Role.CONSULTANT),
        "anal": make_person(Role.ANALYST),
        "stew": make_person(Role.VIEWER),
        "gl": make_person(Role.GOAL_LEADER),
        "gl2": make_person(Role.GOAL_LEADER),
        "team": make_person(Role.GOAL_TEAM),
        "loc": make_person(Role.LOCAL_LEADER, org_unit=inside),
        "loc2": make_person(Role.LOCAL_LEADER, org_unit=outside),
        "board": make_person(Role.BOARD),
        "view": make_person(Role.VIEWER),
        "adm": make_person(Role.ADMINISTRATOR),
        "none": make_person(),
        "gone": make_person(Role.SYSTEM_LEADER, Role.ADMINISTRATOR),
    }
    people["gone"].is_active = False
    people["gone"].save()
    make_account(people["cons"], people["gl"], pk=901)
    _number_on(AccountAssignment)
    return people


def make_subjects_of_changes():
    """Person 700, with a role, a position, an office and a list of the same number; 701 has left."""
    unit = OrgUnit.objects.create(pk=700, code="O700", name="Office", valid_from=LONG_AGO)
    for number, is_active in ((700, True), (701, False)):
        person = User(
            pk=number, email=f"{number}@example.test", name="Subject", is_active=is_active
        )
        person.set_unusable_password()
        person.save()
    held = {"person_id": 700, "valid_from": LONG_AGO}
    RoleAssignment.objects.create(pk=700, role=Role.VIEWER, **held)
    Position.objects.create(pk=700, title="Clerk", org_unit=unit, **held)
    ListImport.objects.create(
        pk=700, kind="people", filename="list.csv", content=b"", uploaded_at=NOW, uploaded_by=None
    )
    _number_on(OrgUnit, User, RoleAssignment, Position, ListImport)


def make_world():
    """The people, with goals, numbers, files, meetings and packs for them to look for."""
    System.objects.create(name="Everly")
    people = make_people()
    User.objects.create(pk=990001, email="leaver@example.test", name="Leaver")
    AccountChange.objects.create(
        pk=901, starts_on=timezone.localdate() + timedelta(days=30), reason="Later",
        decided_by=people["dl"], decided_at=NOW,
    )  # fmt: skip
    make_goal("OTHER", leader=people["gl2"], series=make_series())
    for number, code in enumerate(SUBJECTS, 1):
        make_subject(number, code, people)
    make_trouble(people["gl"])
    _number_on(GoalConsultant, DataImport, Stocktake)
    return people


def _number_on(*models):
    """PostgreSQL counts by itself: rows made after those with a given number come behind them."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)


def make_trouble(person):
    """Job and digest 990009: what an administrator has to decide."""
    make_job("failed", pk=990009)
    Digest.objects.create(
        pk=990009,
        person=person,
        on=NOW.date(),
        counted_on=NOW.date(),
        subject="News",
        body="News.",
        state=Digest.State.UNCERTAIN,
        message_id="<9@example.test>",
        written_at=NOW,
        claimed_at=NOW,
    )


def make_subject(number, code, people):
    system = make_org_unit("SYS")
    inside = make_org_unit("D1", parent=system)
    indicator = make_indicator(f"{code}-i", name=f"Numbers of {code}")
    make_steward(indicator, people["stew"])
    series = make_series(indicator, org_unit=system)
    for each in (series, make_series(indicator, org_unit=inside)):
        make_observation(each, date(2025, 6, 30), 50)
    make_trajectory(series, baseline=(date(2025, 6, 30), 50), target=(date(2028, 6, 30), 70))
    goal = make_goal(
        code,
        title=f"Title of {code}",
        leader=people["gl"],
        team=[people["team"]],
        series=series,
        **KINDS[code],
    )
    GoalConsultant.objects.create(
        pk=number, goal=goal, consultant=people["cons"], reason="Load", valid_from=LONG_AGO
    )
    row = DataImport.objects.create(
        pk=number,
        filename=f"file of {code}.csv",
        content=b"",
        state=DataImport.State.REFUSED,
        uploaded_by=people["stew"],
        uploaded_at=NOW,
        rows={},
    )
    row.indicators.add(indicator)
    stocktake = make_stocktake(
        goal,
        pk=number,
        title=f"Meeting about {code}",
        chair=people["lead"],
        prepared_by=people["dl"],
        starts_at=timezone.now() + timedelta(days=7),
    )
    issue_pack(stocktake=stocktake, by=people["dl"], at=NOW)


def make_past_and_future(person, goal_leader):
    """Roles that ended yesterday or begin tomorrow: on no day together with today."""
    today = timezone.localdate()
    for first, last in (
        (LONG_AGO, today - timedelta(days=1)),
        (today + timedelta(days=1), None),
    ):
        for role in (Role.SYSTEM_LEADER, Role.ADMINISTRATOR, Role.CONSULTANT):
            RoleAssignment.objects.create(person=person, role=role, valid_from=first, valid_to=last)
        AccountAssignment.objects.create(
            consultant=person, goal_leader=goal_leader, kind="backup",
            valid_from=first, valid_to=last,
        )  # fmt: skip
