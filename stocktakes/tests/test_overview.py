import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.as_at import AsAt
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from goals.actions.standings import refresh_standings
from goals.models import Trajectory
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)
from stocktakes.models import Stocktake, StocktakeGoal
from stocktakes.overview import overview

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
JUNE_23, JUNE_25, JUNE_26 = date(2023, 6, 30), date(2025, 6, 30), date(2026, 6, 30)
JUNE_28 = date(2028, 6, 30)


def make_measured_goal(code, value, *, before="55.0", known=NOW, indicator=None, **fields):
    """From 50 in June 2023 to 70 in June 2028, so 62 in June 2026."""
    unit = make_org_unit("EVR")
    indicator = indicator or make_indicator(f"i-{code}", name=f"Share {code}")
    series = make_series(indicator, org_unit=unit)
    goal = make_goal(code, series=series, **{"title": f"Goal {code}", **fields})
    make_observation(series, JUNE_25, before)
    make_observation(series, JUNE_26, value, known_from=known)
    make_trajectory(series, baseline=(JUNE_23, 50), target=(JUNE_28, 70))
    refresh_standings(series_ids=[series.pk], at=NOW)
    return goal


@pytest.fixture
def leader():
    return make_person(Role.SYSTEM_LEADER)


@pytest.fixture
def signed_in(client, leader):
    client.force_login(leader)
    return client


def plan_stocktake(goal, leader, starts_at):
    stocktake = Stocktake.objects.create(
        title="Literacy", starts_at=starts_at, chair=leader, prepared_by=leader
    )
    StocktakeGoal.objects.create(stocktake=stocktake, goal=goal)
    return stocktake


def codes(rows):
    return [row.row.goal.code for row in rows]


def test_overview_answers_first(leader):
    make_measured_goal("A1", "63.0")
    make_measured_goal("A2", "55.0")
    late = make_series(first_expected_period_end=JUNE_25)
    make_goal("A3", series=late)
    shown = overview(user=leader, as_at=AsAt(NOW.date(), NOW))
    assert shown.headline == (
        "One of two goals measured against a trajectory is on or close to it. One data set is late."
    )
    assert (codes(shown.behind), codes(shown.late)) == (["A2"], ["A3"])


def test_overview_tells_what_came_in_lately_with_the_largest_movement_first(leader):
    long_known = NOW - timedelta(days=31)
    make_measured_goal("A1", "56.0")
    make_measured_goal("A2", "61.0")
    make_measured_goal("A3", "70.0", known=long_known)
    shown = overview(user=leader, as_at=AsAt(NOW.date(), NOW))
    assert codes(shown.changes) == ["A2", "A1"]


def test_overview_names_the_next_stocktake_that_one_may_see(leader):
    goal = make_measured_goal("A1", "63.0")
    plan_stocktake(goal, leader, NOW - timedelta(days=1))
    later = plan_stocktake(goal, leader, NOW + timedelta(days=9))
    sooner = plan_stocktake(goal, leader, NOW + timedelta(days=7))
    shown = overview(user=leader, as_at=AsAt(NOW.date(), NOW))
    assert (shown.rows[0].next_stocktake, shown.next_stocktake) == (sooner, sooner)
    assert later.starts_at > sooner.starts_at
    viewer = make_person(Role.VIEWER)
    assert overview(user=viewer, as_at=AsAt(NOW.date(), NOW)).rows[0].next_stocktake is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["A1", "A2", "A3", "A4"]),
        ("nonsense", ["A1", "A2", "A3", "A4"]),
        ("goal", ["A4", "A3", "A2", "A1"]),
        ("-goal", ["A1", "A2", "A3", "A4"]),
        ("variance", ["A2", "A3", "A1", "A4"]),
        ("-variance", ["A1", "A3", "A2", "A4"]),
        ("movement", ["A2", "A3", "A1", "A4"]),
        ("-age", ["A1", "A2", "A3", "A4"]),
        ("stocktake", ["A3", "A1", "A2", "A4"]),
    ],
)
def test_overview_sorts_by_a_column_and_keeps_what_is_missing_at_the_end(leader, sort, order):
    make_measured_goal("A1", "63.0", title="d")
    make_measured_goal("A2", "56.0", title="c")
    goal = make_measured_goal("A3", "61.0", title="b")
    make_goal("A4", title="a")
    plan_stocktake(goal, leader, NOW + timedelta(days=7))
    shown = overview(user=leader, as_at=AsAt(NOW.date(), NOW), sort=sort)
    assert codes(shown.rows) == order
    assert [group.area is None for group in shown.groups] == [sort not in {"", "nonsense"}]


def test_overview_compares_a_held_level_with_paths_that_move(leader):
    """Four tolerances behind is the edge of far behind, as thirty percent is of a path."""
    make_measured_goal("A1", "57.0")  # 25 percent of the planned change behind
    series = make_series(decimals=1)
    make_goal("A2", series=series)
    make_observation(series, JUNE_26, "85.0")
    make_trajectory(
        series, baseline=(JUNE_23, 90), target=(JUNE_28, 90), method=Trajectory.Method.HOLD,
        start_on=JUNE_23, tolerance="0.5",
    )  # fmt: skip
    shown = overview(user=leader, as_at=AsAt(NOW.date(), NOW), sort="variance")
    assert codes(shown.rows) == ["A2", "A1"]


def test_overview_page_shows_the_wall(signed_in):
    make_measured_goal("A1", "59.9")
    page = signed_in.get(reverse("stocktakes:overview")).content.decode()
    for words in ("Goal A1", "2.1 pp behind", "at 30 Jun 2026", "target 70.0%", "slightly behind",
                  "improved 4.9 pp", "Not rated"):  # fmt: skip
        assert words in page


def test_overview_page_says_what_comes_next_when_it_is_empty(signed_in):
    page = signed_in.get(reverse("stocktakes:overview")).content.decode()
    assert "There are no priority goals to show yet." in page
    assert "The Unit writes down the first priority goals" in page
    make_goal("A1", series=make_series())
    page = signed_in.get(reverse("stocktakes:overview")).content.decode()
    assert "No goal can be measured against a trajectory yet." in page
    assert "Each goal team draws a trajectory" in page


def test_overview_hides_confidential_goals_from_every_number(client):
    make_measured_goal("A1", "63.0")
    make_measured_goal("X9", "40.0", title="Secret", is_confidential=True)
    client.force_login(make_person(Role.VIEWER))
    for address in ("/overview/", "/overview.csv"):
        page = client.get(address).content.decode()
        assert "X9" not in page
        assert "Secret" not in page
    page = client.get(reverse("stocktakes:overview")).content.decode()
    assert "The one goal measured against a trajectory is on or close to it." in page


def test_overview_asks_for_sign_in(client):
    for address in ("/overview/", "/overview.csv", "/overview.xlsx"):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_LEADER, Role.CONSULTANT, Role.GOAL_LEADER, Role.BOARD]
)
@pytest.mark.parametrize("many", [1, 3])
def test_overview_page_takes_at_most_twelve_queries(
    client, django_assert_max_num_queries, role, many
):
    user = make_person(role)
    for number in range(many):
        goal = make_measured_goal(f"A{number}", "63.0", is_for_board=True)
        plan_stocktake(goal, user, timezone.now() + timedelta(days=7 + number))
    client.force_login(user)
    client.get(reverse("stocktakes:overview"))
    with django_assert_max_num_queries(12):
        assert client.get(reverse("stocktakes:overview")).status_code == 200


@pytest.mark.parametrize("many", [1, 3])
def test_overview_page_of_a_local_leader_takes_at_most_twelve_queries(
    client, django_assert_max_num_queries, many
):
    mine = make_org_unit("D1", parent=make_org_unit())
    for number in range(many):
        goal = make_measured_goal(f"A{number}", "63.0")
        series = make_series(goal.measures.get().series.indicator, org_unit=mine)
        make_observation(series, JUNE_26, 40)
        make_trajectory(series, baseline=(JUNE_23, 30), target=(JUNE_28, 50))
    client.force_login(make_person(Role.LOCAL_LEADER, org_unit=mine))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("stocktakes:overview")).content.decode()
    assert "40.0%" in page
    assert "63.0%" not in page


def test_overview_csv_is_the_table_on_screen(signed_in, leader):
    make_measured_goal("A1", "59.90", title="=1+1")
    make_measured_goal("A2", "63.0")
    make_goal("A3", title="No number")
    response = signed_in.get("/overview.csv", {"sort": "-variance"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [row["goal_code"] for row in rows] == ["A2", "A1", "A3"]
    first = rows[1]
    shown = {name: first[name] for name in (
        "goal", "agreed_rating", "indicator", "latest", "latest_shown", "period_end", "status",
        "source", "target", "target_due", "expected", "variance", "variance_shown",
        "against_trajectory", "movement", "movement_shown", "movement_since", "unit",
    )}  # fmt: skip
    assert shown == {
        "goal": "'=1+1", "agreed_rating": "Not rated", "indicator": "Share A1", "latest": "59.90",
        "latest_shown": "59.9%", "period_end": "2026-06-30", "status": "final",
        "source": "Test office", "target": "70", "target_due": "2028-06-30", "expected": "62",
        "variance": "-2.1", "variance_shown": "2.1 pp behind",
        "against_trajectory": "slightly behind", "movement": "4.9",
        "movement_shown": "improved 4.9 pp", "movement_since": "2025-06-30", "unit": "percent",
    }  # fmt: skip
    assert [rows[2][name] for name in ("goal", "latest", "variance")] == ["No number", "", ""]
