from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals.actions.standings import refresh_standings
from goals.models import Answer, Aspiration, Goal, GoalIndicator
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
JUNE_23, JUNE_25, JUNE_26 = date(2023, 6, 30), date(2025, 6, 30), date(2026, 6, 30)
JUNE_28 = date(2028, 6, 30)


@pytest.fixture
def chief():
    return make_person(Role.GOAL_LEADER, name="Yolanda Freeman")


@pytest.fixture
def goal(chief):
    """From 50 in June 2023 to 70 in June 2028; 59.9 in June 2026, where 62 was expected."""
    series = make_series(make_indicator("reading", name="Grade 3 reading"))
    goal = make_goal("L1", leader=chief, series=series, title="Every child reads well")
    make_observation(series, JUNE_25, "57.1")
    make_observation(series, JUNE_26, "59.9", status="provisional")
    make_trajectory(series, baseline=(JUNE_23, 50), target=(JUNE_28, 70))
    refresh_standings(series_ids=[series.pk], at=NOW)
    return goal


def answer(goal, question, text, by, at=NOW):
    return Answer.objects.create(
        goal=goal, question=question, text=text, written_by=by, written_at=at
    )


def read(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(f"goals:{name}", args=args), query)


def test_goal_list_shows_visible_goals_with_their_leaders(client, goal):
    make_goal("X9", title="Secret", is_confidential=True)
    page = read(client, make_person(Role.VIEWER), "goal_list").content.decode()
    assert "Every child reads well" in page
    assert "Yolanda Freeman" in page
    assert "Secret" not in page


def test_goal_list_finds_by_title_code_and_area(client, goal, chief):
    make_goal("S1", title="Mathematics", area="STEM")
    for asked, found in (("reads", ["L1"]), ("s1", ["S1"]), ("stem", ["S1"]), ("no such", [])):
        response = read(client, chief, "goal_list", q=asked)
        assert [row.goal.code for row in response.context["rows"]] == found


def test_goal_list_says_what_comes_next_when_it_is_empty(client):
    page = read(client, make_person(Role.VIEWER), "goal_list").content.decode()
    assert "No priority goals yet" in page


@pytest.mark.parametrize("many", [1, 3])
def test_goal_list_asks_a_fixed_number_of_questions(client, django_assert_max_num_queries, many):
    user = make_person(Role.VIEWER)
    for number in range(many):
        make_goal(f"G{number}", leader=make_person(Role.GOAL_LEADER), area=f"AREA{number}")
    client.force_login(user)
    with django_assert_max_num_queries(8):
        assert len(client.get(reverse("goals:goal_list")).context["rows"]) == many


def test_aspiration_list_shows_the_statement_and_the_visible_goals(client, goal):
    aspiration = Aspiration.objects.create(statement="All read by 2030.", why="They live here.")
    Goal.objects.filter(pk=goal.pk).update(aspiration=aspiration)
    make_goal("X9", title="Secret", is_confidential=True, aspiration=aspiration)
    page = read(client, make_person(Role.VIEWER), "aspiration_list").content.decode()
    for words in ("All read by 2030.", "They live here.", "Every child reads well"):
        assert words in page
    assert "Secret" not in page


def test_aspiration_list_says_when_there_is_none(client):
    page = read(client, make_person(Role.VIEWER), "aspiration_list").content.decode()
    assert "No aspiration is written down yet" in page


def test_goal_detail_has_five_sections_after_the_five_questions(client, goal, chief):
    make_account(make_person(Role.CONSULTANT, name="Hannah Lindqvist"), chief)
    answer(goal, 1, "Seven in ten children read well.", chief)
    page = read(client, make_person(Role.SYSTEM_LEADER), "goal_detail", "L1").content.decode()
    for anchor in ("aim", "plan", "progress", "response", "help"):
        assert f'id="{anchor}"' in page
    for words in (
        "Seven in ten children read well.", "Yolanda Freeman, 21 Jul 2026.", "Hannah Lindqvist",
        "Slightly behind: 2.1 pp behind at 30 Jun 2026", "expects 62.0% at 30 Jun 2026",
        "Grade 3 reading was 59.9% at 30 Jun 2026 against 62.0% expected", "Not rated",
        "Nobody has answered this question in words yet.",
    ):  # fmt: skip
        assert words in page


def test_goal_detail_says_what_is_missing(client):
    make_goal("A1")
    make_goal("A2", series=make_series())
    leader = make_person(Role.SYSTEM_LEADER)
    page = read(client, leader, "goal_detail", "A1").content.decode()
    assert "No goal indicator is chosen yet." in page
    assert "No goal leader is named yet." in page
    page = read(client, leader, "goal_detail", "A2").content.decode()
    assert "No value has been reported yet" in page


def test_goal_detail_is_not_found_by_those_who_may_not_see_it(client, goal):
    Goal.objects.filter(pk=goal.pk).update(is_confidential=True)
    for role in (Role.VIEWER, Role.BOARD, Role.ADMINISTRATOR, Role.CONSULTANT):
        assert read(client, make_person(role), "goal_detail", "L1").status_code == 404
    assert read(client, make_person(Role.SYSTEM_LEADER), "goal_detail", "L1").status_code == 200


def test_goal_detail_shows_a_board_member_final_values_and_no_working_answers(client, goal, chief):
    Goal.objects.filter(pk=goal.pk).update(is_for_board=True)
    for number in range(1, 6):
        answer(goal, number, f"Words {number}", chief)
    page = read(client, make_person(Role.BOARD), "goal_detail", "L1").content.decode()
    assert "57.1%" in page
    assert "59.9" not in page
    assert [f"Words {n}" in page for n in range(1, 6)] == [True, True, False, False, False]


def test_goal_detail_shows_a_local_leader_the_own_unit_only(client, goal):
    mine, other = make_org_unit("D1", parent=make_org_unit()), make_org_unit("D2")
    indicator = goal.measures.get().series.indicator
    make_observation(make_series(indicator, org_unit=mine), JUNE_26, "41.5")
    make_observation(make_series(indicator, org_unit=other), JUNE_26, "66.6")
    user = make_person(Role.LOCAL_LEADER, org_unit=mine)
    page = read(client, user, "goal_detail", "L1").content.decode()
    assert "41.5%" in page
    assert "59.9" not in page
    assert "66.6" not in page


def test_goal_detail_tells_a_local_leader_that_there_is_no_number_yet(client, goal):
    mine = make_org_unit("D1", parent=make_org_unit(), name="Harlan Valley")
    school = make_org_unit("D1S1", parent=mine)
    make_observation(
        make_series(goal.measures.get().series.indicator, org_unit=school), JUNE_26, "41.5"
    )
    user = make_person(Role.LOCAL_LEADER, org_unit=mine)
    page = read(client, user, "goal_detail", "L1").content.decode()
    assert "no number for your unit yet" in page
    assert "There is no number of “Grade 3 reading” for Harlan Valley yet." in page


def test_goal_detail_offers_answering_to_those_who_may(client, goal, chief):
    consultant = make_person(Role.CONSULTANT)
    make_account(consultant, chief)
    links = {number: reverse("goals:answer_edit", args=["L1", number]) for number in range(1, 6)}
    for user, offered in (
        (chief, {1, 2, 3, 4}),
        (consultant, {5}),
        (make_person(Role.DELIVERY_LEADER), {5}),
        (make_person(Role.SYSTEM_LEADER), set()),
    ):
        page = read(client, user, "goal_detail", "L1").content.decode()
        assert {number for number, link in links.items() if link in page} == offered


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_LEADER, Role.CONSULTANT, Role.GOAL_TEAM, Role.VIEWER, Role.BOARD]
)
@pytest.mark.parametrize("many", [1, 3])
def test_goal_detail_takes_at_most_fifteen_queries(
    client, django_assert_max_num_queries, goal, role, many
):
    Goal.objects.filter(pk=goal.pk).update(is_for_board=True)
    for number in range(many):
        series = make_series()
        make_observation(series, JUNE_26, 63)
        make_trajectory(series, baseline=(JUNE_23, 50), target=(JUNE_28, 70))
        GoalIndicator.objects.create(goal=goal, series=series, kind="progress")
        goal.roles.create(person=make_person(Role.GOAL_TEAM), role="team", valid_from=LONG_AGO)
        answer(goal, number + 1, "Words", goal.roles.first().person)
    client.force_login(make_person(role))
    with django_assert_max_num_queries(15):
        assert client.get(goal.get_absolute_url()).status_code == 200


def test_answer_edit_adds_an_answer_and_keeps_the_earlier_one(client, goal, chief):
    answer(goal, 1, "Old words", chief, datetime(2026, 1, 1, tzinfo=UTC))
    client.force_login(chief)
    url = reverse("goals:answer_edit", args=["L1", 1])
    assert "Old words" in client.get(url).content.decode()
    response = client.post(url, {"text": "  New words "})
    assert (response.status_code, response.url) == (302, "/goals/L1/#aim")
    assert list(goal.answers.values_list("text", flat=True)) == ["Old words", "New words"]


def test_answer_edit_refuses_an_empty_answer_and_keeps_a_long_one(client, goal, chief):
    client.force_login(chief)
    url = reverse("goals:answer_edit", args=["L1", 2])
    response = client.post(url, {"text": "  "})
    assert response.status_code == 422
    assert "Write an answer before saving it." in response.content.decode()
    response = client.post(url, {"text": "w" * 2001})
    assert "w" * 2001 in response.content.decode()
    assert not goal.answers.exists()


@pytest.mark.parametrize(
    ("role", "number", "status"),
    [
        (Role.SYSTEM_LEADER, 1, 403),
        (Role.CONSULTANT, 1, 403),
        (Role.CONSULTANT, 5, 403),
        (Role.DELIVERY_LEADER, 5, 200),
        (Role.DELIVERY_LEADER, 1, 403),
        (Role.VIEWER, 3, 403),
        (Role.BOARD, 1, 404),
        (Role.DELIVERY_LEADER, 6, 404),
    ],
)
def test_answer_edit_is_for_those_who_may_answer(client, goal, role, number, status):
    response = read(client, make_person(role), "answer_edit", "L1", number)
    assert response.status_code == status


def test_answer_edit_lets_the_consultant_of_the_leader_answer_the_fifth(client, goal, chief):
    consultant = make_person(Role.CONSULTANT)
    make_account(consultant, chief)
    client.force_login(consultant)
    url = reverse("goals:answer_edit", args=["L1", 5])
    assert client.post(url, {"text": "Two analyst days."}).url == "/goals/L1/#help"
    assert (
        client.post(reverse("goals:answer_edit", args=["L1", 4]), {"text": "x"}).status_code == 403
    )
