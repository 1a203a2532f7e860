"""Pages of people, accounts, offices and meetings as at an earlier day: who held what then."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions.org_units import change_org_unit
from accounts.actions.turns import version_of
from accounts.models import Position, RoleAssignment
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals.models import Goal, GoalRole
from goals.tests.factories import make_goal
from stocktakes.actions.packs import issue_pack
from stocktakes.models import Stocktake, StocktakeGoal
from stocktakes.tests.factories import make_stocktake
from stocktakes.tests.unit_world import make_post, make_unit

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 2)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAGES = ("/unit/", "/unit/accounts/", "/unit/people/", "/unit/offices/", "/stocktakes/", "/goals/")
FILES = (
    "/unit/members.csv",
    "/unit/accounts.csv",
    "/unit/people.csv",
    "/stocktakes.csv",
    "/goals.csv",
)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def read(client, person, path, on=None, **query):
    client.force_login(person)
    return client.get(path, {**query, **({"as_at": on.isoformat()} if on else {})})


def text(client, person, path, on=None, **query):
    return read(client, person, path, on, **query).content.decode()


@pytest.fixture
def unit():
    """As things stood on the first day: two offices, a meeting ahead, who keeps what."""
    with time_machine.travel(noon(FIRST), tick=False):
        unit = make_unit()
        unit.top_office = make_org_unit("EVR", name="Everly", kind="system")
        unit.north = make_org_unit("N", name="North office", parent=unit.top_office)
        unit.south = make_org_unit("S", name="South office", parent=unit.top_office)
        Position.objects.filter(person=unit.ruth).update(org_unit=unit.north)
        unit.meeting = make_stocktake(
            unit.l1,
            chair=unit.top,
            prepared_by=unit.lead,
            title="Spring meeting",
            starts_at=noon(FIRST + 30 * DAY),
        )
        return unit


# --- what happens afterwards, a day each ------------------------------------------------------------


def account_handed_over(unit, day):
    unit.of_yolanda.valid_to = day - DAY
    unit.of_yolanda.save()
    make_account(unit.ruth, unit.yolanda, valid_from=day)


def consultant_leaves(unit, day):
    for rows in (RoleAssignment, Position):
        rows.objects.filter(person=unit.hannah).update(valid_to=day - DAY)
    unit.hannah.last_day, unit.hannah.is_active = day - DAY, False
    unit.hannah.save()


def somebody_comes(unit, day):
    nadia = make_person(name="Nadia New")
    RoleAssignment.objects.create(
        person=nadia, role=Role.CONSULTANT, valid_from=day, fte_percent=50
    )
    make_post(nadia, title="New consultant", first=day)


def leader_changes(unit, day):
    GoalRole.objects.filter(goal=unit.l2).update(valid_to=day - DAY)
    GoalRole.objects.create(goal=unit.l2, person=unit.arjun, role="leader", valid_from=day)


def goal_closes(unit, day):
    unit.s1.state = Goal.State.CLOSED
    unit.s1.save()


def meeting_moves(unit, day):
    unit.meeting.starts_at, unit.meeting.place = noon(day + 9 * DAY), "Room 9"
    unit.meeting.chair = unit.lead
    unit.meeting.save()
    StocktakeGoal.objects.create(stocktake=unit.meeting, goal=unit.l2, rank=2)


def meeting_is_cancelled(unit, day):
    unit.meeting.state, unit.meeting.state_reason = "cancelled", "Snow"
    unit.meeting.save()


def another_is_planned(unit, day):
    make_stocktake(
        unit.l2,
        chair=unit.top,
        prepared_by=unit.lead,
        title="Autumn",
        starts_at=noon(day + 40 * DAY),
    )


HISTORY = (
    account_handed_over, consultant_leaves, somebody_comes, leader_changes, goal_closes,
    meeting_moves, meeting_is_cancelled, another_is_planned,
)  # fmt: skip


def lines(client, person, path, on=None):
    """The lines of a file; who can sign in is told of today alone."""
    found = list(csv.reader(io.StringIO(text(client, person, path, on))))
    return [row[:5] for row in found] if "people" in path else found


def test_what_was_shown_on_a_day_is_what_is_read_back_as_at_it(client, unit):
    """Every file of every day: drawn on the day, while things change, and drawn afterwards."""
    shown = {}
    for number, step in enumerate(HISTORY, 1):
        day = FIRST + 20 * number * DAY
        with time_machine.travel(noon(day), tick=False):
            step(unit, day)
            shown |= {(path, day): lines(client, unit.lead, path) for path in FILES}
    with time_machine.travel(NOW, tick=False):
        for (path, day), told in shown.items():
            assert lines(client, unit.lead, path, day) == told, (path, day)
    for path in FILES:
        kept = [told for (each, _day), told in shown.items() if each == path]
        assert len({str(told) for told in kept}) > 2, path  # the steps were seen at all


@pytest.fixture
def history(unit):
    for number, step in enumerate(HISTORY, 1):
        day = FIRST + 20 * number * DAY
        with time_machine.travel(noon(day), tick=False):
            step(unit, day)
    with time_machine.travel(NOW, tick=False):
        yield unit


def test_the_unit_of_then_has_those_who_have_left_and_none_who_came_later(client, history):
    then, now = (text(client, history.lead, "/unit/", on) for on in (FIRST, None))
    assert "Hannah Lindqvist" in then
    assert "Hannah Lindqvist" not in now
    assert "Nadia New" not in then
    assert "Nadia New" in now
    assert "Left hanging" in now
    assert "Left hanging" not in then


def test_accounts_of_then_have_their_keeper_their_goals_and_no_plans(client, history):
    then = read(client, history.lead, "/unit/accounts/", FIRST).context["board"]
    kept = {
        line.goal.code: [
            c.person.name
            for c, cell in zip(then.columns, line.cells, strict=True)
            if cell and cell[0].letter == "P"
        ]
        for each in then.accounts
        for line in each.lines
    }
    assert kept == {
        "L1": ["Hannah Lindqvist"], "L2": ["Hannah Lindqvist"], "S1": ["Kwame Asante"],
    }  # fmt: skip
    marks = [
        mark for each in then.accounts for line in each.lines for c in line.cells for mark in c
    ]
    assert {mark.state for mark in marks} == {"now"}
    assert (then.planned, then.joining, then.then) == ([], [], None)
    now = read(client, history.lead, "/unit/accounts/").context["board"]
    assert {line.goal.code for each in now.accounts for line in each.lines} == {"L1", "L2"}


def test_nothing_can_be_changed_on_a_page_of_an_earlier_day(client, history):
    ways = ("hand-over", "/new/", "/edit/", "/end/", "/import/", "mitigation", "leaving", "/undo/")
    for who in (history.lead, history.admin):
        for path in (*PAGES, f"/unit/people/{history.ruth.pk}/"):
            answer = read(client, who, path, FIRST)
            assert answer.status_code == 200
            page = answer.content.decode()
            main = page[page.index('<main id="main">') : page.index("</main>")]
            assert not [way for way in ways if way in main], path
            assert 'method="post"' not in main, path
    assert "hand-over" in text(client, history.lead, "/unit/accounts/")
    assert "/edit/" in text(client, history.admin, f"/unit/people/{history.ruth.pk}/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_which_day_it_is_of_and_leads_back(client, history, path):
    then, now = (text(client, history.lead, path, on) for on in (FIRST, None))
    is_known = path in {"/stocktakes/", "/goals/"}
    told = "As known at the end of" if is_known else "Who held what on"
    assert f"{told} 2 Mar 2026" in then
    assert f'<a href="{path}">Back to today</a>' in then
    assert told not in now.replace("As known at the end of</label>", "")
    assert 'name="as_at"' in now


@pytest.mark.parametrize("path", ["/unit/people/", "/unit/"])
def test_links_of_an_earlier_day_stay_in_it(client, history, path):
    page = text(client, history.lead, path, FIRST)
    for address in ("/unit/people.csv",) if path == "/unit/people/" else ("/unit/accounts/",):
        assert f'href="{address}?as_at=2026-03-02' in page
    if path == "/unit/people/":
        assert f'href="/unit/people/{history.hannah.pk}/?as_at=2026-03-02&amp;#side"' in page
        assert '<input type="hidden" name="as_at" value="2026-03-02">' in page


def test_people_of_then_are_found_by_what_they_held_then(client, history):
    def names(on=None, **asked):
        shown = read(client, history.lead, "/unit/people/", on, **asked).context["shown"]
        return {row.person.name for row in shown.rows}

    assert "Hannah Lindqvist" in names(FIRST)
    assert "Nadia New" not in names(FIRST)
    assert names(FIRST, role="consultant") == {"Hannah Lindqvist", "Kwame Asante", "Ruth Okafor"}
    assert names(role="consultant") == {"Kwame Asante", "Nadia New", "Ruth Okafor"}
    assert names(FIRST, q="New consultant") == set()
    assert names(q="New consultant") == {"Nadia New"}
    assert names(FIRST, office=history.north.pk) == {"Ruth Okafor"}


def test_who_can_sign_in_is_told_of_today_alone(client, history):
    then = read(client, history.admin, "/unit/people/", FIRST)
    assert "access" not in then.context["form"].fields
    assert not then.context["shown"].shows_access
    assert "List for import" not in then.content.decode()
    assert "List for import" in text(client, history.admin, "/unit/people/")


def test_a_person_of_then_has_what_held_then(client, history):
    path = f"/unit/people/{history.hannah.pk}/"
    then, now = (read(client, history.lead, path, on).context["chosen"] for on in (FIRST, None))
    assert [line.what for line in then.goals] == ["Yolanda Freeman"]
    assert then.position is not None
    assert then.follows == []
    assert now.position is None
    late = read(client, history.lead, path, date(2026, 6, 1)).context["chosen"]
    assert (late.positions, late.roles, late.goals) == ([], [], [])


def test_a_reader_of_the_directory_sees_of_then_only_who_is_here_now(client, history):
    shown = read(client, history.arjun, "/unit/people/", FIRST).context["shown"]
    assert "Hannah Lindqvist" not in {row.person.name for row in shown.rows}
    assert (
        read(client, history.arjun, f"/unit/people/{history.hannah.pk}/", FIRST).status_code == 404
    )


def test_offices_of_then_have_their_names_and_places(client, unit):
    day = date(2026, 6, 1)
    with time_machine.travel(noon(day), tick=False):
        change_org_unit(
            unit=unit.north, fields={"name": "Arctic", "parent": unit.south}, on=day, by=None,
            at=noon(day), reason="Merged", seen=version_of(unit.north),
        )  # fmt: skip
        make_org_unit("W", name="West office", parent=unit.top_office, valid_from=day)
        Position.objects.filter(person=unit.ruth).update(valid_to=day - DAY)
    with time_machine.travel(NOW, tick=False):

        def branches(on):
            found = read(client, unit.lead, "/unit/offices/", on).context["branches"]
            return [(each.unit.name, each.level, each.people) for each in found]

        assert branches(day - DAY) == [
            ("Everly", 1, 0),
            ("North office", 2, 1),
            ("South office", 2, 0),
        ]
        assert branches(None) == [
            ("Everly", 1, 0), ("South office", 2, 0), ("Arctic", 3, 0), ("West office", 2, 0),
        ]  # fmt: skip
        assert branches(LONG_AGO - DAY) == []


# --- meetings -------------------------------------------------------------------------------------


def titles(client, person, on):
    rows = read(client, person, "/stocktakes/", on).context["rows"]
    return [row.stocktake.title for row in (*rows.ahead, *rows.behind)]


def test_a_meeting_written_down_afterwards_counts_from_its_day_or_its_first_pack(client, unit):
    with time_machine.travel(NOW, tick=False):
        late = make_stocktake(
            unit.l1,
            chair=unit.top,
            title="Held long ago",
            starts_at=noon(FIRST + 50 * DAY),
        )
        issue_pack(stocktake=late, by=unit.lead, at=noon(FIRST + 45 * DAY))
        Stocktake.objects.filter(pk=late.pk).update(state="held")
        for days, found in ((44, False), (45, True), (50, True)):
            assert ("Held long ago" in titles(client, unit.lead, FIRST + days * DAY)) is found
        rows = read(client, unit.lead, "/stocktakes/", FIRST + 46 * DAY).context["rows"]
        states = {row.stocktake.title: row.stocktake.state for row in rows.ahead}
        assert states["Held long ago"] == "planned"


def test_a_pack_that_came_later_is_not_shown(client, unit):
    with time_machine.travel(NOW, tick=False):
        issue_pack(stocktake=unit.meeting, by=unit.lead, at=noon(FIRST + 10 * DAY))

        def newest(on):
            rows = read(client, unit.lead, "/stocktakes/", on).context["rows"]
            return [row.newest is not None for row in (*rows.ahead, *rows.behind)]

        assert newest(FIRST + 9 * DAY) == [False]
        assert newest(FIRST + 10 * DAY) == [True]


def test_an_agenda_of_then_tells_nobody_of_a_goal_that_is_hidden_from_them(client, unit):
    with time_machine.travel(noon(FIRST + DAY), tick=False):
        secret = make_goal("X9", title="Secret", is_confidential=True)
        item = StocktakeGoal.objects.create(stocktake=unit.meeting, goal=secret, rank=5)
    with time_machine.travel(noon(FIRST + 5 * DAY), tick=False):
        item.delete()
    with time_machine.travel(NOW, tick=False):
        on = FIRST + 2 * DAY
        assert titles(client, unit.hannah, FIRST) == ["Spring meeting"]
        assert titles(client, unit.hannah, on) == []
        assert "X9" not in text(client, unit.hannah, "/stocktakes.csv", on)
        assert "X9" in text(client, unit.top, "/stocktakes.csv", on)


# --- cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_then_asks_as_much_for_many_as_for_few(client, unit, path):
    client.force_login(unit.lead)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, {"as_at": (FIRST + DAY).isoformat()}).status_code == 200
        return len(captured)

    with time_machine.travel(noon(FIRST), tick=False):
        make_stocktake(unit.l2, chair=unit.lead, title="Second", starts_at=noon(FIRST + 9 * DAY))
    with time_machine.travel(NOW, tick=False):
        asked()  # the first visit notes that somebody was here
        few = asked()
    with time_machine.travel(noon(FIRST), tick=False):
        for number in range(3):
            leader = make_person(Role.GOAL_LEADER, name=f"Leader {number}")
            goal = make_goal(f"M{number}", leader=leader)
            make_account(unit.ruth, leader)
            make_org_unit(f"M{number}", parent=unit.top_office)
            chair = make_person(Role.SYSTEM_LEADER, name=f"Chair {number}")
            make_stocktake(
                goal, chair=chair, prepared_by=unit.lead, starts_at=noon(FIRST + 9 * DAY)
            )
    with time_machine.travel(NOW, tick=False):
        assert asked() == few
