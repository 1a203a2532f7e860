from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from accounts.models import Position
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from goals.actions.standings import refresh_standings
from goals.dashboard import View, goal_view, portfolio, series_view
from goals.data_age import add_months
from goals.models import Answer, GoalConsultant, GoalIndicator, Standing
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 21)
NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
JUNE = {year: date(year, 6, 30) for year in range(2023, 2029)}


def make_measured_goal(code="L1", *, leader=None, unit=None, indicator=None, **fields):
    """52.4 in June 2023 on the way to 70 in June 2028; 59.9 provisional in June 2026."""
    indicator = indicator or make_indicator(f"reading-{code}", name="Grade 3 reading")
    series = make_series(indicator, org_unit=unit)
    goal = make_goal(code, leader=leader, series=series, **fields)
    for year, value in ((2023, "52.4"), (2024, "54.6"), (2025, "57.1")):
        make_observation(series, JUNE[year], value)
    make_observation(series, JUNE[2026], "59.9", status="provisional")
    make_trajectory(
        series,
        baseline=(JUNE[2023], "52.4"),
        target=(JUNE[2028], "70.0"),
        points=[
            (JUNE[2023], "52.4"),
            (JUNE[2026], "62.0"),
            (JUNE[2028], "70.0"),
        ],
    )
    refresh_standings(series_ids=[series.pk], at=NOW)
    return goal


@pytest.fixture
def leader():
    return make_person(Role.SYSTEM_LEADER)


def test_portfolio_says_where_a_goal_stands(leader):
    chief = make_person(Role.GOAL_LEADER, name="Yolanda Freeman")
    Position.objects.create(person=chief, title="Chief of Literacy", valid_from=LONG_AGO)
    goal = make_measured_goal(leader=chief)
    (row,) = portfolio(user=leader, on=TODAY)
    assert (row.goal, row.leader, row.leader.title) == (goal, chief, "Chief of Literacy")
    measure = row.measure
    assert (measure.value, measure.on) == (Fraction("59.9"), JUNE[2026])
    assert measure.comparison.variance == Fraction("-2.1")
    assert measure.gain == Fraction("2.8")
    words = measure.words
    assert [
        words.latest, words.latest_on, words.status, words.target, words.target_on, words.expected,
        words.variance, words.variance_at, words.band, words.movement, words.movement_on, words.age,
        words.late,
    ] == [
        "59.9%", "30 Jun 2026", "provisional", "70.0%", "30 Jun 2028", "62.0%",
        "2.1 pp behind", "2.1 pp behind at 30 Jun 2026", "slightly behind", "improved 2.8 pp",
        "30 Jun 2025", "21 d", "",
    ]  # fmt: skip


def test_a_goal_page_works_out_what_the_standing_does_not_know_yet(leader):
    goal = make_measured_goal()
    series = goal.measures.get().series
    make_observation(series, JUNE[2026], "62.5", revision=1)
    measure = goal_view(goal=goal, user=leader, on=TODAY).measure
    assert (measure.is_stored, measure.words.variance) == (False, "0.5 pp ahead")


def test_portfolio_works_out_a_series_without_a_standing(leader):
    goal = make_measured_goal()
    Standing.objects.filter(series=goal.measures.get().series).delete()
    (row,) = portfolio(user=leader, on=TODAY)
    assert row.measure.words.variance == "2.1 pp behind"


def test_portfolio_without_indicator_value_or_trajectory_says_so(leader):
    make_goal("A1")
    make_goal("A2", series=make_series())
    series = make_series()
    make_goal("A3", series=series)
    make_observation(series, JUNE[2025], 10)
    rows = portfolio(user=leader, on=TODAY)
    assert rows[0].measure is None
    assert [(r.measure.words.latest, r.measure.words.band) for r in rows[1:]] == [
        ("–", "no value yet"),
        ("10.0%", "no trajectory yet"),
    ]


def test_portfolio_does_not_take_a_missing_value_for_zero(leader):
    goal = make_measured_goal()
    make_observation(goal.measures.get().series, JUNE[2027], None)
    (row,) = portfolio(user=leader, on=date(2027, 8, 1))
    whole = goal_view(goal=goal, user=leader, on=date(2027, 8, 1)).measure
    for measure in (row.measure, whole):
        assert (measure.on, measure.words.latest) == (JUNE[2026], "59.9%")
    assert [point.on for point in whole.points] == [JUNE[y] for y in range(2023, 2029)]


def test_portfolio_compares_with_no_value_across_a_break(leader):
    goal = make_measured_goal()
    indicator = goal.measures.get().series.indicator
    indicator.definitions.create(number=1, text="old test")
    indicator.definitions.create(
        number=2, text="new test", valid_from=date(2026, 1, 1), is_comparable=False
    )
    series = goal.measures.get().series
    refresh_standings(series_ids=[series.pk], at=NOW)
    (row,) = portfolio(user=leader, on=TODAY)
    whole = goal_view(goal=goal, user=leader, on=TODAY).measure
    for measure in (row.measure, whole):
        assert (measure.previous, measure.words.movement) == (None, "")
        assert measure.words.band == "not comparable with the baseline"
    assert [point.is_comparable for point in whole.points] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_a_board_member_reads_only_final_values():
    goal, member = make_measured_goal(is_for_board=True), make_person(Role.BOARD)
    (row,) = portfolio(user=member, on=TODAY)
    whole = goal_view(goal=goal, user=member, on=TODAY).measure
    for measure in (row.measure, whole):
        assert measure.view is View.FINAL
        assert (measure.words.latest, measure.on) == ("57.1%", JUNE[2025])
        assert measure.comparison.expected == Fraction("58.8")
    assert [each.period_end for each in whole.rows] == [JUNE[2023], JUNE[2024], JUNE[2025]]


def test_a_value_that_a_board_member_may_not_read_yet_is_not_late_for_them():
    make_measured_goal(is_for_board=True)
    (row,) = portfolio(user=make_person(Role.BOARD), on=date(2026, 12, 1))
    age = row.measure.age
    assert (age.is_late, age.next_period_end) == (False, JUNE[2027])
    assert age.freshness_days == (date(2026, 12, 1) - JUNE[2025]).days


def test_a_local_leader_reads_only_the_numbers_of_the_own_unit():
    system = make_org_unit("EVR")
    mine, other = make_org_unit("D1", parent=system), make_org_unit("D2", parent=system)
    goal = make_measured_goal(unit=system)
    indicator = goal.measures.get().series.indicator
    make_observation(make_series(indicator, org_unit=mine), JUNE[2026], "41.5")
    make_observation(make_series(indicator, org_unit=other), JUNE[2026], "66.6")
    (row,) = portfolio(user=make_person(Role.LOCAL_LEADER, org_unit=mine), on=TODAY)
    assert (row.measure.view, row.measure.org_unit) == (View.LOCAL, mine)
    assert (row.measure.words.latest, row.measure.trajectory) == ("41.5%", None)


def test_a_local_leader_without_a_number_reads_nobody_elses():
    system = make_org_unit("EVR")
    mine = make_org_unit("D1", parent=system)
    school = make_org_unit("D1S1", parent=mine)
    goal = make_measured_goal(unit=system)
    indicator = goal.measures.get().series.indicator
    make_observation(make_series(indicator, org_unit=school), JUNE[2026], "41.5")
    (row,) = portfolio(user=make_person(Role.LOCAL_LEADER, org_unit=mine), on=TODAY)
    assert (row.measure.org_unit, row.measure.series, row.measure.observation) == (mine, None, None)


def test_confidential_goals_stay_out():
    make_measured_goal("L1", is_confidential=True)
    assert portfolio(user=make_person(Role.VIEWER), on=TODAY) == []


def test_the_value_before_of_a_seasonal_indicator_is_that_of_a_year_before(leader):
    series = make_series(is_seasonal=True, frequency="quarterly")
    make_goal(series=series)
    for on, value in ((date(2025, 3, 31), 10), (date(2025, 12, 31), 90), (date(2026, 3, 31), 12)):
        make_observation(series, on, value)
    (row,) = portfolio(user=leader, on=TODAY)
    assert row.measure.words.movement_since == "improved 2.0 pp since 31 Mar 2025"


@pytest.mark.parametrize("many", [1, 3])
def test_portfolio_asks_a_fixed_number_of_questions(django_assert_num_queries, leader, many):
    for number in range(many):
        make_measured_goal(f"L{number}", leader=make_person(Role.GOAL_LEADER))
    _ = leader.access
    with django_assert_num_queries(2):
        rows = portfolio(user=leader, on=TODAY)
        assert [row.measure.words.sentence != "" for row in rows] == [True] * many
        assert [len(row.measure.chart.actual) for row in rows] == [4] * many


@pytest.mark.parametrize("many", [1, 3])
def test_portfolio_of_a_local_leader_asks_as_few(django_assert_num_queries, many):
    mine = make_org_unit("D1", parent=make_org_unit())
    for number in range(many):
        goal = make_measured_goal(f"L{number}")
        series = make_series(goal.measures.get().series.indicator, org_unit=mine)
        make_observation(series, JUNE[2026], 50)
        make_trajectory(series, baseline=(JUNE[2023], 40), target=(JUNE[2028], 60))
    user = make_person(Role.LOCAL_LEADER, org_unit=mine)
    _ = user.access
    with django_assert_num_queries(5):
        assert len(portfolio(user=user, on=TODAY)) == many


def test_goal_view_names_the_people(leader):
    chief, member = make_person(Role.GOAL_LEADER), make_person(Role.GOAL_TEAM)
    keeper, special = make_person(Role.CONSULTANT), make_person(Role.CONSULTANT)
    make_account(keeper, chief)
    goal = make_measured_goal(leader=chief)
    goal.roles.create(person=member, role="team", valid_from=LONG_AGO)
    people = goal_view(goal=goal, user=leader, on=TODAY).people
    assert (people.leader, people.team, people.consultant) == (chief, (member,), keeper)
    GoalConsultant.objects.create(
        goal=goal, consultant=special, reason="Knows reading", valid_from=LONG_AGO
    )
    people = goal_view(goal=goal, user=leader, on=TODAY).people
    assert (people.consultant, people.consultant_reason) == (special, "Knows reading")


def test_goal_view_holds_the_newest_answers_and_who_may_answer(leader):
    chief = make_person(Role.GOAL_LEADER)
    goal = make_measured_goal(leader=chief)
    for text, hour in (("old", 1), ("new", 2)):
        Answer.objects.create(
            goal=goal, question=1, text=text, written_by=chief,
            written_at=datetime(2026, 7, 1, hour, tzinfo=UTC),
        )  # fmt: skip
    questions = goal_view(goal=goal, user=chief, on=TODAY).questions
    assert [q.anchor for q in questions] == ["aim", "plan", "progress", "response", "help"]
    assert [q.answer.text if q.answer else None for q in questions] == ["new"] + [None] * 4
    assert [q.may_answer for q in questions] == [True, True, True, True, False]
    questions = goal_view(goal=goal, user=leader, on=TODAY).questions
    assert [q.may_answer for q in questions] == [False] * 5


def test_goal_view_keeps_working_answers_from_the_board():
    chief = make_person(Role.GOAL_LEADER)
    goal = make_measured_goal(leader=chief, is_for_board=True)
    for number in range(1, 6):
        Answer.objects.create(
            goal=goal, question=number, text=f"{number}", written_by=chief, written_at=NOW
        )
    questions = goal_view(goal=goal, user=make_person(Role.BOARD), on=TODAY).questions
    assert [q.answer.text if q.answer else None for q in questions] == ["1", "2", None, None, None]


def test_goal_view_holds_the_other_measures(leader):
    goal = make_measured_goal()
    series = make_series(name="Screening")
    make_observation(series, JUNE[2026], 63)
    GoalIndicator.objects.create(goal=goal, series=series, kind="progress")
    view = goal_view(goal=goal, user=leader, on=TODAY)
    assert view.measure.indicator.name == "Grade 3 reading"
    assert [(m.kind, m.words.latest) for m in view.measures] == [("progress", "63.0%")]


@pytest.mark.parametrize("many", [1, 3])
def test_goal_view_asks_a_fixed_number_of_questions(django_assert_num_queries, leader, many):
    goal = make_measured_goal(leader=make_person(Role.GOAL_LEADER))
    for _number in range(many):
        series = make_series()
        make_observation(series, JUNE[2026], 63)
        GoalIndicator.objects.create(goal=goal, series=series, kind="progress")
    _ = leader.access
    with django_assert_num_queries(8):
        assert len(goal_view(goal=goal, user=leader, on=TODAY).measures) == many


def test_the_table_beside_a_chart_keeps_the_newest_values_and_the_end_of_a_long_path(leader):
    """Two years of months ahead once pushed every value out of the table."""
    series = make_series(frequency="monthly")
    for month in range(1, 13):
        make_observation(series, date(2024, month, 28), 50 + month)
    start = date(2024, 1, 28)
    steps = [(add_months(start, step), 51 + step) for step in range(48)]
    make_trajectory(series, baseline=steps[0], target=steps[-1], points=steps)
    measure = series_view(series=series, on=date(2025, 1, 10))
    shown = measure.points_beside_chart
    assert [line.actual_words for line in shown[:12]] == [f"{50 + n}.0" for n in range(1, 13)]
    assert [line.on for line in shown[12:]] == [steps[n][0] for n in (12, 13, 14, 47)]
    assert len(measure.points) == 48
