import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person
from goals.actions.standings import refresh_standings
from goals.models import Goal, Series, Trajectory
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
    make_trajectory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
JUNE_23, JUNE_25, JUNE_26 = date(2023, 6, 30), date(2025, 6, 30), date(2026, 6, 30)
JUNE_28 = date(2028, 6, 30)
PAGES = ("indicator_detail", "observation_list", "observation_file", "trajectory_detail")
TRAJECTORY = "/goals/L1/indicators/reading/trajectory/"


@pytest.fixture
def chief():
    return make_person(Role.GOAL_LEADER, name="Yolanda Freeman")


@pytest.fixture
def goal(chief):
    system = make_org_unit("EVR", name="Everly")
    series = make_series(make_indicator("reading", name="Grade 3 reading"), org_unit=system)
    goal = make_goal("L1", leader=chief, series=series)
    make_observation(series, JUNE_25, "57.10", entered_by=chief)
    make_observation(
        series, JUNE_25, "57.2", revision=1, status="revised", reason="Two districts resubmitted",
        known_from=datetime(2025, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    make_observation(series, JUNE_26, "59.9", status="provisional")
    make_trajectory(series, baseline=(JUNE_23, 50), target=(JUNE_28, 70))
    refresh_standings(series_ids=[series.pk], at=NOW)
    return goal


@pytest.fixture
def series(goal):
    return goal.measures.get().series


def read(client, user, name, *args, **query):
    client.force_login(user)
    ending = ("csv",) if name.endswith("_file") else ()
    return client.get(reverse(f"goals:{name}", args=(*args, *ending)), query)


def test_indicator_list_shows_what_each_role_may_see(client, goal):
    make_indicator("unused", name="Not measured yet")
    secret = make_series(make_indicator("secret", name="Secret"))
    make_goal("X9", series=secret, is_confidential=True)

    def codes(user):
        entries = read(client, user, "indicator_list").context["entries"]
        return [entry.indicator.code for entry in entries]

    steward = make_person()
    make_steward(secret.indicator, steward)
    assert codes(make_person(Role.ANALYST)) == ["reading", "unused"]
    assert codes(make_person(Role.SYSTEM_LEADER)) == ["reading", "secret", "unused"]
    assert codes(make_person(Role.BOARD)) == []
    assert codes(steward) == ["secret"]


def test_indicator_list_names_the_goals_it_serves(client, goal):
    page = read(client, make_person(Role.VIEWER), "indicator_list").content.decode()
    assert '<a href="/goals/L1/">L1</a>' in page


def test_indicator_detail_shows_chart_table_sentence_and_definition(client, goal, series):
    series.indicator.definitions.create(number=1, text="Proficient in the spring test.")
    make_steward(series.indicator, make_person(name="Priya Raghunathan"))
    page = read(
        client, make_person(Role.SYSTEM_LEADER), "indicator_detail", "L1", "reading"
    ).content.decode()
    for words in (
        "<svg", "Grade 3 reading was 59.9% at 30 Jun 2026 against 62.0% expected: 2.1 pp behind.",
        "30 Jun 2025", "Proficient in the spring test.", "Priya Raghunathan", "Test office",
        "60 days, and 7 days of grace", "Version 1 of the trajectory",
    ):  # fmt: skip
        assert words in page


def test_indicator_detail_offers_other_units_and_groups(client, goal, series):
    unit = make_org_unit("D1", name="Harlan Valley")
    make_observation(make_series(series.indicator, org_unit=unit), JUNE_26, "41.5")
    leader = make_person(Role.SYSTEM_LEADER)
    page = read(client, leader, "indicator_detail", "L1", "reading").content.decode()
    assert "?unit=D1&amp;subgroup=all" in page
    page = read(
        client, leader, "indicator_detail", "L1", "reading", unit="D1", subgroup="all"
    ).content.decode()
    assert "Grade 3 reading was 41.5% at 30 Jun 2026." in page
    response = read(client, leader, "indicator_detail", "L1", "reading", q="harlan")
    assert [line.series.org_unit.name for line in response.context["lines"]] == ["Harlan Valley"]


def test_indicator_detail_of_a_large_indicator_is_paged_in_as_many_queries(
    client, django_assert_num_queries, goal, series
):
    leader = make_person(Role.SYSTEM_LEADER)
    client.force_login(leader)
    url = reverse("goals:indicator_detail", args=["L1", "reading"])
    with django_assert_num_queries(19):
        client.get(url)
    for number in range(30):
        unit = make_org_unit(f"D{number:02}")
        make_observation(make_series(series.indicator, org_unit=unit), JUNE_26, number)
    with django_assert_num_queries(19):
        response = client.get(url)
    assert (len(response.context["lines"]), response.context["page"].paginator.count) == (25, 31)


def test_indicator_detail_serves_indicators_without_a_goal(client):
    series = make_series(make_indicator("waits", name="Waiting times"))
    make_observation(series, JUNE_26, "81.5")
    page = read(client, make_person(Role.ANALYST), "indicator_detail", "waits").content.decode()
    assert "Waiting times was 81.5% at 30 Jun 2026." in page
    make_indicator("new", name="New one")
    page = read(client, make_person(Role.ANALYST), "indicator_detail", "new").content.decode()
    assert "No numbers yet" in page
    for user in (make_person(Role.BOARD), make_person()):
        assert read(client, user, "indicator_detail", "waits").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_an_indicator_are_not_found_by_those_who_may_not_see_it(client, goal, name):
    make_series(make_indicator("other"))
    make_goal("X9", series=make_series(make_indicator("secret")), is_confidential=True)
    viewer = make_person(Role.VIEWER)
    for args in (("X9", "secret"), ("L1", "secret"), ("L1", "other"), ("L1", "none")):
        assert read(client, viewer, name, *args).status_code == 404
    assert read(client, viewer, name, "L1", "reading").status_code == 200
    found = read(client, viewer, name, "L1", "reading", unit="nowhere")
    assert found.status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_an_indicator_show_a_local_leader_the_own_subtree(client, goal, series, name):
    mine, other = make_org_unit("D1", parent=make_org_unit()), make_org_unit("D2")
    make_observation(make_series(series.indicator, org_unit=mine), JUNE_26, "41.5")
    make_observation(make_series(series.indicator, org_unit=other), JUNE_26, "66.6")
    user = make_person(Role.LOCAL_LEADER, org_unit=mine)
    page = read(client, user, name, "L1", "reading").content.decode()
    assert "41.5" in page
    assert "59.9" not in page
    assert "66.6" not in page
    for unit in ("EVR", "D2"):
        found = read(client, user, name, "L1", "reading", unit=unit, subgroup="all")
        assert found.status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_an_indicator_show_a_board_member_final_values(client, goal, name):
    Goal.objects.filter(pk=goal.pk).update(is_for_board=True)
    page = read(client, make_person(Role.BOARD), name, "L1", "reading").content.decode()
    assert "57.2" in page
    assert "59.9" not in page


def test_observation_list_shows_every_revision_with_who_when_and_why(client, goal):
    response = read(client, make_person(Role.VIEWER), "observation_list", "L1", "reading")
    assert [str(row.value) for row in response.context["page"]] == ["59.9", "57.2", "57.10"]
    page = response.content.decode()
    for words in ("57.10", "Two districts resubmitted", "revision 1", "Yolanda Freeman"):
        assert words in page


def test_observation_list_keeps_withdrawn_and_suppressed_rows(client, goal, series):
    make_observation(series, date(2024, 6, 30), None, status="withdrawn", missing_reason="")
    make_observation(series, date(2023, 6, 30), None, missing_reason="suppressed")
    page = read(
        client, make_person(Role.VIEWER), "observation_list", "L1", "reading"
    ).content.decode()
    assert "withdrawn" in page
    assert "suppressed: small group" in page


def test_observation_file_has_the_columns_of_the_importer(client, goal):
    response = read(client, make_person(Role.VIEWER), "observation_file", "L1", "reading")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[0] == [
        "indicator_code",
        "org_unit_code",
        "subgroup_code",
        "period_start",
        "period_end",
        "value",
        "numerator",
        "denominator",
        "status",
        "published_on",
        "source",
        "note",
        "revision",
        "known_from",
        "missing_reason",
        "definition",
        "reason",
    ]
    assert rows[2] == [
        "reading", "EVR", "all", "2025-01-01", "2025-06-30", "57.2", "", "", "revised", "",
        "Test office", "", "1", "2025-09-01T00:00:00+00:00", "", "", "Two districts resubmitted",
    ]  # fmt: skip
    assert len(rows) == 4


# --- the path -------------------------------------------------------------------------------------


def typed(series, **changes):
    baseline = series.observations.get(period_end=JUNE_26)
    return {
        "do": "draft", "baseline": baseline.pk, "level": "70", "due_on": "2028-06-30",
        "method": "linear", "reason": "Start at the newest result", **changes,
    }  # fmt: skip


def test_trajectory_detail_shows_the_versions(client, goal, series):
    series.trajectories.update(reason="First version")
    page = read(
        client, make_person(Role.CONSULTANT), "trajectory_detail", "L1", "reading"
    ).content.decode()
    for words in ("From 50.0% to 70.0% by 30 Jun 2028", "In force", "First version"):
        assert words in page
    assert "Save as draft" not in page
    assert "Approve version" not in page


def test_trajectory_detail_lets_the_goal_team_draft_a_straight_line(client, goal, series):
    member = make_person(Role.GOAL_TEAM)
    goal.roles.create(person=member, role="team", valid_from=LONG_AGO)
    client.force_login(member)
    assert "Save as draft" in client.get(TRAJECTORY).content.decode()
    assert client.post(TRAJECTORY, typed(series)).status_code == 302
    row = series.trajectories.get(version=2)
    assert (row.state, row.drafted_by, row.target.level, row.target.baseline_on) == (
        "draft", member, 70, JUNE_26,
    )  # fmt: skip
    assert "Submit version 2" not in client.get(TRAJECTORY).content.decode()


def test_trajectory_detail_draws_a_path_through_dated_points(client, goal, series, chief):
    client.force_login(chief)
    client.post(
        TRAJECTORY,
        typed(series, method="custom", point_1_on="2027-06-30", point_1_value="64.4"),
    )
    row = series.trajectories.get(version=2)
    assert [(point.on, str(point.value)) for point in row.points.all()] == [
        (JUNE_26, "59.9"), (date(2027, 6, 30), "64.4"), (JUNE_28, "70"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_on": "2026-06-30"}, "The target must lie after the baseline."),
        ({"due_on": "soon"}, "Write the date as year-month-day"),
        ({"due_on": "9999-12-31"}, "The target must lie within fifty years of the baseline."),
        ({"point_1_on": "2027-06-30", "point_1_value": "64"}, "Points are typed below."),
        ({"level": "many"}, "“many” is not a number."),
        ({"level": "101"}, "This indicator cannot have such a value."),
        ({"tolerance": "-1"}, "A tolerance is zero or more."),
        ({"reason": ""}, "Say why this version is needed."),
        ({"baseline": "0"}, "Select a valid choice."),
        ({"method": "custom"}, "Type at least one point between baseline and target."),
        ({"point_1_on": "2027-06-30"}, "A point needs both a date and a value."),
        (
            {"point_1_on": "2027-06-30", "point_1_value": "1", "point_2_on": "2027-01-31",
             "point_2_value": "2"},
            "Each point lies after the one before it.",
        ),
        (
            {"point_1_on": "2028-06-30", "point_1_value": "64"},
            "Points lie before the target date.",
        ),
    ],
)  # fmt: skip
def test_trajectory_detail_says_what_is_wrong_and_loses_nothing(
    client, goal, series, chief, changes, message
):
    series.indicator.maximum = "100"
    series.indicator.save()
    client.force_login(chief)
    response = client.post(TRAJECTORY, typed(series, assumptions="Coaches stay", **changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Coaches stay" in page
    assert series.trajectories.count() == 1


def test_trajectory_detail_goes_from_draft_to_force(client, goal, series, chief):
    client.force_login(chief)
    client.post(TRAJECTORY, typed(series))
    assert "Submit version 2" in client.get(TRAJECTORY).content.decode()
    client.post(TRAJECTORY, {"do": "submit", "version": "2"})
    assert series.trajectories.get(version=2).state == Trajectory.State.PROPOSED
    delivery_leader = make_person(Role.DELIVERY_LEADER)
    client.force_login(delivery_leader)
    assert "Approve version 2" in client.get(TRAJECTORY).content.decode()
    client.post(TRAJECTORY, {"do": "approve", "version": "2"})
    states = series.trajectories.values_list("version", "state", "approved_by")
    assert list(states) == [(1, "superseded", None), (2, "approved", delivery_leader.pk)]


def test_trajectory_detail_says_when_a_step_was_taken_already(client, goal, series, chief):
    client.force_login(chief)
    client.post(TRAJECTORY, typed(series))
    for _time in range(2):
        response = client.post(TRAJECTORY, {"do": "submit", "version": "2"}, follow=True)
    assert "This version is not a draft any more." in response.content.decode()


@pytest.mark.parametrize("step", ["draft", "submit", "approve"])
@pytest.mark.parametrize("role", [Role.SYSTEM_LEADER, Role.CONSULTANT, Role.VIEWER, Role.ANALYST])
def test_trajectory_detail_refuses_steps_of_others(client, goal, series, role, step):
    client.force_login(make_person(role))
    response = client.post(TRAJECTORY, typed(series) | {"do": step, "version": "1"})
    assert response.status_code == 403
    assert series.trajectories.count() == 1


def test_trajectory_detail_refuses_the_leader_to_approve_and_the_unit_to_submit(
    client, goal, chief
):
    client.force_login(chief)
    assert client.post(TRAJECTORY, {"do": "approve", "version": "1"}).status_code == 403
    client.force_login(make_person(Role.DELIVERY_LEADER))
    assert client.post(TRAJECTORY, {"do": "submit", "version": "1"}).status_code == 403
    assert client.post(TRAJECTORY, {"do": "approve", "version": "9"}).status_code == 404
    assert client.post(TRAJECTORY, {"do": "approve", "version": "x"}).status_code == 404
    assert client.post(TRAJECTORY, {"do": "nothing"}).status_code == 400


def test_trajectory_detail_keeps_drafts_from_readers_outside(client, goal, series, chief):
    Goal.objects.filter(pk=goal.pk).update(is_for_board=True)
    client.force_login(chief)
    client.post(TRAJECTORY, typed(series, reason="Only a thought"))
    assert "Only a thought" in client.get(TRAJECTORY).content.decode()
    client.force_login(make_person(Role.BOARD))
    assert "Only a thought" not in client.get(TRAJECTORY).content.decode()
    assert Series.objects.filter(trajectories__state="draft").exists()
