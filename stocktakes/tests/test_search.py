"""Search: accents and case do not matter, what is hidden leaves no trace, the cost is fixed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from goals.tests.factories import make_goal, make_series
from stocktakes.actions.packs import issue_pack
from stocktakes.search import find, plain, rank_of
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db


def names(user, asked, **only):
    found = find(user=user, asked=asked, on=timezone.localdate(), **only)
    return {group.kind: [hit.name for hit in group.hits] for group in found.groups}


@pytest.fixture
def leader():
    System.objects.create(name="Everly")
    return make_person(Role.DELIVERY_LEADER, name="Tomás Herrera")


@pytest.mark.parametrize("asked", ["tomás", "TOMAS", "herrera  tom", "errer", "Tomás"])
def test_accents_case_order_and_parts_do_not_matter(leader, asked):
    assert names(leader, asked) == {"people": ["Tomás Herrera"]}


def test_signs_are_compared_without_accents():
    assert plain("Überprüfung Straße ﬁne") == "uberprufung strasse fine"


def test_nearer_comes_first():
    assert rank_of(["l1"], "L1", "Reading") == 5
    assert rank_of(["read"], "L1", "Reading") == 4
    assert rank_of(["by"], "L1", "Reading by nine") == 3
    assert rank_of(["ing"], "L1", "Reading") == 2
    assert rank_of(["arts"], "L1", "Reading", "Language arts") == 1
    assert rank_of(["reading", "maths"], "L1", "Reading") == 0


def test_each_kind_is_found_with_its_link(leader, client):
    series = make_series(code="lit-rate", name="Literacy rate", source="State office")
    goal = make_goal("L1", title="Literacy for all", leader=leader, series=series)
    meeting = make_stocktake(goal, title="Literacy stocktake", chair=leader, prepared_by=leader)
    issue_pack(stocktake=meeting, by=leader, at=timezone.now())
    client.force_login(leader)
    page = client.get("/search/?q=literacy").content.decode()
    for address in (
        "/goals/L1/",
        "/indicators/lit-rate/",
        f"/stocktakes/{meeting.pk}/",
        f"/stocktakes/{meeting.pk}/pack/?version=1",
    ):
        assert f'href="{address}"' in page
    assert "4 things found for “literacy”" in page


def test_hidden_goals_leave_no_trace(leader, client):
    secret = make_goal(
        "S1", title="Quiet merger", leader=make_person(Role.GOAL_LEADER),
        series=make_series(name="Merger rate"), is_confidential=True,
    )  # fmt: skip
    meeting = make_stocktake(secret, title="Merger talk", chair=leader, prepared_by=leader)
    issue_pack(stocktake=meeting, by=leader, at=timezone.now())
    assert set(names(leader, "merger")) == {"goals", "indicators", "stocktakes", "packs"}
    for role in (Role.CONSULTANT, Role.ADMINISTRATOR, Role.ANALYST, Role.VIEWER, Role.BOARD):
        assert names(make_person(role), "merger") == {}
    client.force_login(make_person(Role.VIEWER))

    def said(asked):
        page = client.get(f"/search/?q={asked}").content.decode().split("<main")[1]
        return page.split("</main>")[0].replace(asked, "")

    assert said("merger") == said("nothing-of-the-kind")


def test_board_members_find_those_who_lead_what_they_see(leader):
    shown, other = make_person(name="Nora Shown"), make_person(name="Nora Other")
    make_goal("B1", leader=shown, series=make_series(), is_for_board=True)
    make_goal("O1", leader=other, series=make_series())
    assert names(make_person(Role.BOARD), "nora") == {"people": ["Nora Shown"]}
    assert names(make_person(Role.VIEWER), "nora") == {"people": ["Nora Other", "Nora Shown"]}


def test_many_are_cut_and_all_of_a_kind_can_be_asked_for(leader, client):
    for number in range(9):
        make_goal(f"R{number}", title=f"Reading {number}")
    client.force_login(leader)
    page = client.get("/search/?q=reading").content.decode()
    assert "9 things found" in page
    assert "3 more" in page
    assert len(names(leader, "reading", only="goals")["goals"]) == 9
    assert "Look through everything" in client.get("/search/?q=reading&only=goals").content.decode()
    assert client.get("/search/?q=reading&only=nonsense").status_code == 200


@pytest.mark.parametrize("asked", ["", "   ", "%20", "\u0301"])
def test_nothing_asked_is_answered_with_the_box_alone(leader, client, asked):
    client.force_login(leader)
    page = client.get("/search/", {"q": asked})
    assert page.status_code == 200
    assert not page.context["found"].groups


def test_nothing_found_says_how_to_go_on(leader, client):
    client.force_login(leader)
    page = client.get("/search/?q=<script>alert(1)</script>").content.decode()
    assert "Try fewer or other words" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BOARD, Role.LOCAL_LEADER, Role.DELIVERY_LEADER])
def test_the_cost_does_not_grow_with_what_there_is(leader, client, role):
    district = make_org_unit("D1", parent=make_org_unit())
    client.force_login(make_person(role, org_unit=district))

    def queries(many):
        for _each in range(many):
            series = make_series(name="Some rate", org_unit=district)
            goal = make_goal(leader=make_person(), series=series, is_for_board=True)
            meeting = make_stocktake(goal, chair=leader, prepared_by=leader)
            issue_pack(stocktake=meeting, by=leader, at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/?q=o")
        return len(captured)

    assert queries(1) == queries(3) <= 12
