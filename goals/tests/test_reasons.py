"""Every finding of a goal's page says how it came about, with its numbers."""

from datetime import UTC, date, datetime

import pytest

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.standings import refresh_standings
from goals.dashboard import goal_view
from goals.models import DefinitionVersion
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_trajectory,
)

pytestmark = pytest.mark.django_db

JUNE = {year: date(year, 6, 30) for year in range(2015, 2031)}
NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)


@pytest.fixture
def series():
    return make_series(make_indicator("reading", name="Reading", publication_lag_days=30))


@pytest.fixture
def goal(series):
    return make_goal("L1", series=series)


def fill(series, values, **fields):
    for year, value in values.items():
        make_observation(series, JUNE[year], value, **fields)


TODAY = NOW.date()


def read(goal, on=TODAY, role=Role.SYSTEM_LEADER):
    made = goal_view(goal=goal, user=make_person(role), on=on).measure
    return made, {reason.key: reason for reason in made.reasons}


def text(reason):
    return " ".join(reason.steps)


def test_three_values_give_words_about_the_pace_and_no_number(goal, series):
    fill(series, {2023: "52.4", 2024: "54.6", 2025: "57.1"})
    make_trajectory(series, baseline=(JUNE[2023], "52.4"), target=(JUNE[2028], 70))
    _made, found = read(goal)
    pace = found["pace"]
    assert pace.words == "Too slow"
    assert "Improving by 2.35 pp a year over the last three final values" in text(pace)
    assert "it takes 4.30 pp a year to be at 70.0% by 30 Jun 2028" in text(pace)
    assert "55% of what it takes" in text(pace)
    assert "No number is projected: that takes five final values." in text(pace)


def test_five_values_give_a_number_with_its_range(goal, series):
    fill(series, {2022: 50, 2023: 52, 2024: 54, 2025: 56, 2026: 58})
    make_trajectory(series, baseline=(JUNE[2022], 50), target=(JUNE[2029], 70))
    made, found = read(goal)
    assert (made.words.forecast, made.words.forecast_note) == (
        "6.0 pp short",
        "64.0% by 30 Jun 2029",
    )
    assert "64.0%" in text(found["pace"])


def test_a_plateau_and_a_step_back_are_told(goal, series):
    fill(series, {2023: 52, 2024: "52.3", 2025: "52.2", 2026: "52.1"})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    _made, found = read(goal)
    assert found["turns"].words == "Plateau, two steps back"
    assert "up to 1.8 pp counts as standing still" in text(found["turns"])


def test_a_late_number_says_since_when_and_what_follows(goal, series):
    fill(series, {2023: 52, 2024: 54})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    _made, found = read(goal)
    assert found["age"].words == "Late"
    assert "due 6 Aug 2025" in text(found["age"])
    assert "It is 349 days late." in text(found["age"])
    assert "no rating higher than 3 of 4 is suggested" in text(found["age"])


def test_two_missing_publications_limit_it_further(goal, series):
    fill(series, {2023: 52})
    _made, found = read(goal)
    assert found["age"].words == "Very late: two publications are missing"
    assert "no rating higher than 2 of 4 is suggested" in text(found["age"])


def test_a_due_target_has_a_result_by_its_rule(goal, series):
    fill(series, {2023: 52, 2026: "69.96"})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2026], 70))
    made, found = read(goal)
    assert made.words.result == "met at the published precision"
    assert "69.96% at 30 Jun 2026 against 70.0% is 0.04 pp short" in text(found["result"])
    assert "The final value of the period that ended 30 Jun 2026 decides" in text(found["result"])


def test_a_target_measured_by_publication_reads_what_was_known_on_its_day(goal, series):
    due = date(2026, 1, 31)
    make_observation(series, JUNE[2025], "69", published_on=date(2025, 9, 1))
    make_observation(series, JUNE[2025], "71", revision=1, status="revised",
                     published_on=date(2026, 2, 10), known_from=NOW)  # fmt: skip
    row = make_trajectory(series, baseline=(JUNE[2023], 52), target=(due, 70))
    row.target.measured_on_rule = "publication"
    row.target.save()
    made, found = read(goal)
    assert made.result.result == "MISSED"
    assert "69.0% at 30 Jun 2025" in text(found["result"])


def test_a_provisional_value_decides_nothing(goal, series):
    make_observation(series, JUNE[2026], "75", status="provisional")
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2026], 70))
    made, _found = read(goal)
    assert made.words.result == "waiting for the final value"


def test_values_before_a_break_are_left_out_and_that_is_said(goal, series):
    series.indicator.definitions.create(number=1, text="Old test")
    DefinitionVersion.objects.create(
        indicator=series.indicator, number=2, text="New test", valid_from=date(2022, 7, 1),
        is_comparable=False,
    )  # fmt: skip
    fill(series, {2020: 61, 2021: 62, 2023: 52, 2024: 54, 2025: 56})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    made, found = read(goal)
    assert "Two earlier values are left out" in text(found["pace"])
    assert [each.on for each in made.chart.breaks] == [date(2022, 7, 1)]
    assert (made.chart.breaks[0].before, made.chart.breaks[0].after) == (
        "Definition 1",
        "Definition 2",
    )


def test_a_definition_of_its_own_wins_over_the_dates(goal, series):
    series.indicator.definitions.create(number=1, text="Old test")
    series.indicator.definitions.create(number=2, text="New test", is_comparable=False,
                                        valid_from=date(2025, 1, 1))  # fmt: skip
    fill(series, {2023: 52, 2024: 54}, definition=2)
    fill(series, {2025: 56})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    made, _found = read(goal)
    assert made.findings.pace.n == 3


def test_the_fan_is_silent_with_a_reason_or_drawn_to_the_target(goal, series):
    fill(series, {2023: 52, 2024: 54})
    made, found = read(goal)
    assert not made.chart.fan
    assert found["projection"].words == "None"
    assert "2 values are too few; it takes 8" in text(found["projection"])
    fill(series, {year: 40 + (year - 2015) * 2 + year % 3 for year in range(2015, 2023)})
    fill(series, {2025: 56, 2026: 59})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    made, found = read(goal)
    assert [step.on for step in made.chart.fan] == [JUNE[2027], JUNE[2028]]
    assert "four in five" in text(found["projection"])


def test_a_replaced_path_stays_on_the_chart(goal, series):
    fill(series, {2023: 52, 2024: 54})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2029], 68), version=2)
    made, _found = read(goal)
    assert made.trajectory.version == 2
    assert [each.label for each in made.chart.replaced] == ["Version 1"]
    assert made.chart.replaced[0].dots[-1] == (JUNE[2028], 70)


def test_the_overview_answers_by_the_standing(client, goal, series):
    fill(series, {2022: 50, 2023: 52, 2024: 54, 2025: 56, 2026: 58})
    make_trajectory(series, baseline=(JUNE[2022], 50), target=(JUNE[2029], 70))
    refresh_standings(series_ids=[series.pk], at=NOW)
    client.force_login(make_person(Role.SYSTEM_LEADER))
    page = client.get("/overview/").content.decode()
    assert "6.0 pp short" in page
    assert f"{goal.get_absolute_url()}#why-pace" in page
    rows = client.get("/overview.csv").content.decode().splitlines()
    cells = dict(zip(rows[0].split(","), rows[1].split(","), strict=True))
    assert (cells["forecast"], cells["forecast_shown"]) == ("AR", "6.0 pp short")
    assert (cells["projection"], cells["shortfall"]) == ("64", "6")


def test_the_reasons_stand_on_the_pages_of_goal_and_indicator(client, goal, series):
    fill(series, {2023: 52, 2024: 54, 2025: 56})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(JUNE[2028], 70))
    client.force_login(make_person(Role.SYSTEM_LEADER))
    for path in (goal.get_absolute_url(), f"{goal.get_absolute_url()}indicators/reading/"):
        page = client.get(path).content.decode()
        for key in ("comparison", "pace", "turns", "age", "projection"):
            assert f'id="why-{key}"' in page


def test_where_the_path_ends_before_the_next_value_no_fan_is_promised(goal, series):
    fill(series, {year: 40 + (year - 2015) * 2 + year % 3 for year in range(2015, 2027)})
    make_trajectory(series, baseline=(JUNE[2023], 52), target=(date(2027, 3, 31), 70))
    made, found = read(goal)
    assert made.projection
    assert not made.chart.fan
    assert (found["projection"].words, text(found["projection"])) == (
        "None",
        "No projection: the path ends before the next value.",
    )


def test_a_break_by_numbers_alone_is_drawn_where_the_newer_period_begins(goal, series):
    series.indicator.definitions.create(number=1, text="Old test")
    series.indicator.definitions.create(number=4, text="New test", is_comparable=False)
    fill(series, {2022: 61, 2023: 62}, definition=1)
    fill(series, {2024: 52, 2025: 54}, definition=4)
    made, _found = read(goal)
    (found,) = made.chart.breaks
    assert (found.on, found.before, found.after) == (
        date(2024, 1, 1),
        "Definition 1",
        "Definition 4",
    )


def test_page_and_overview_say_the_same_of_the_pace(goal, series):
    fill(series, {2022: 50, 2023: 52, 2024: 54, 2025: 56, 2026: 58})
    make_trajectory(series, baseline=(JUNE[2022], 50), target=(JUNE[2029], 57))
    made, found = read(goal)
    assert found["pace"].words.lower() == made.words.forecast == "meets it"
