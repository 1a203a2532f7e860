"""Pages read as at an earlier day say what they said on that day, and nothing that came later."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.as_at import as_at
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.answers import write_answer
from goals.actions.observations import NewValue, record_observations
from goals.actions.standings import refresh_standings
from goals.actions.trajectories import approve_trajectory
from goals.models import Goal, GoalRole
from goals.tests.factories import make_goal, make_indicator, make_series, make_trajectory

pytestmark = pytest.mark.django_db

JUNE = {year: date(year, 6, 30) for year in range(2023, 2030)}
FIRST = datetime(2026, 8, 10, 9, tzinfo=UTC)
DAY_BETWEEN = date(2026, 9, 1)
LATER = datetime(2026, 10, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def value(year, number, status="final"):
    return NewValue(date(year - 1, 7, 1), JUNE[year], Decimal(number), status=status)


@pytest.fixture
def people():
    return {
        "reader": make_person(Role.SYSTEM_LEADER),
        "before": make_person(Role.GOAL_LEADER, name="Ada Before"),
        "after": make_person(Role.GOAL_LEADER, name="Ben After"),
        "delivery": make_person(Role.DELIVERY_LEADER),
    }


def first_value(people):
    series = make_series(make_indicator("reading", name="Reading"))
    goal = make_goal("L1", leader=people["before"], series=series, title="Every child reads")
    make_trajectory(series, baseline=(JUNE[2023], 50), target=(JUNE[2028], 70))
    refresh_standings(series_ids=[series.pk], at=datetime(2024, 1, 1, tzinfo=UTC))
    known = datetime(2025, 8, 10, tzinfo=UTC)
    record_observations(series=series, values=[value(2025, "55.0")], by=None, known_from=known)
    write_answer(goal=goal, question=3, text="We lose time.", by=people["before"], at=known)
    return known.date()


def provisional_value(people):
    series = Goal.objects.get().measures.get().series
    values = [value(2026, "57.0", "provisional")]
    record_observations(series=series, values=values, by=None, known_from=FIRST)
    return FIRST.date()


def revised_value(people):
    series = Goal.objects.get().measures.get().series
    record_observations(
        series=series, values=[value(2026, "61.5", "revised")], by=None, known_from=LATER,
        reason="Late returns.",
    )  # fmt: skip
    return LATER.date()


def other_path(people):
    at = LATER + timedelta(days=3)
    path = make_trajectory(
        Goal.objects.get().measures.get().series, baseline=(JUNE[2023], 50),
        target=(JUNE[2029], 80), version=2, state="proposed", approved_on=None,
    )  # fmt: skip
    approve_trajectory(trajectory=path, by=people["delivery"], at=at, on=at.date())
    return at.date()


def other_leader(people):
    on, goal = date(2026, 10, 20), Goal.objects.get()
    GoalRole.objects.filter(goal=goal).update(valid_to=on - timedelta(days=1))
    GoalRole.objects.create(goal=goal, person=people["after"], role="leader", valid_from=on)
    at = datetime(2026, 10, 20, 9, tzinfo=UTC)
    write_answer(goal=goal, question=3, text="We gain.", by=people["after"], at=at)
    return on


def history():
    """57.0 in June 2026, revised to 61.5 in October; then came a new path and a new leader."""
    return [first_value, provisional_value, revised_value, other_path, other_leader]


@pytest.fixture
def goal(people):
    for step in history():
        step(people)
    return Goal.objects.get()


def page(client, person, path, on=None):
    client.force_login(person)
    return client.get(path, {"as_at": on.isoformat()} if on else {})


@pytest.fixture
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("_today")
@pytest.mark.parametrize(
    "path", ["/overview/", "/overview.csv", "/goals/L1/", "/goals/L1/indicators/reading/"]
)
def test_a_page_as_at_a_day_says_what_it_said_on_that_day(client, goal, people, path):
    past = page(client, people["reader"], path, DAY_BETWEEN).content.decode()
    for words in ("57.0", "5.0 pp behind"):
        assert words in past
    for words in ("61.5", "Ben After", "80.0", "We gain."):
        assert words not in past
    now = page(client, people["reader"], path).content.decode()
    assert "61.5" in now
    assert "57.0" not in now


def test_what_was_shown_on_a_day_is_what_is_read_back_as_at_it(client, people):
    """The very table of each day: drawn on the day, while history goes on, and drawn afterwards."""
    reader, shown = people["reader"], {}
    for day in (step(people) for step in history()):
        with time_machine.travel(datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC)):
            shown[day] = page(client, reader, "/overview.csv").content
    with time_machine.travel(NOW, tick=False):
        read_back = {day: page(client, reader, "/overview.csv", day).content for day in shown}
    assert read_back == shown
    assert len(set(shown.values())) == len(shown)


@pytest.mark.usefixtures("_today")
def test_a_page_of_an_earlier_day_says_so_and_leads_back(client, goal, people):
    reader = people["reader"]
    past = page(client, reader, "/overview/", DAY_BETWEEN).content.decode()
    assert "As known at the end of 1 Sep 2026" in past
    assert 'href="/goals/L1/?as_at=2026-09-01"' in past
    assert "/overview.csv?as_at=2026-09-01" in past
    inside = page(client, reader, "/goals/L1/", DAY_BETWEEN).content.decode()
    assert "/goals/L1/indicators/reading/?as_at=2026-09-01" in inside
    assert "Ada Before" in inside
    assert "We lose time." in inside


@pytest.mark.usefixtures("_today")
def test_nobody_writes_into_an_earlier_day(client, goal, people):
    past = page(client, people["after"], "/goals/L1/", DAY_BETWEEN).content.decode()
    assert "/answers/" not in past
    assert "/answers/" in page(client, people["after"], "/goals/L1/").content.decode()


@pytest.mark.usefixtures("_today")
def test_what_one_may_see_is_decided_today(client, goal, people):
    goal.is_confidential = True
    goal.save()
    assert page(client, people["before"], "/goals/L1/", DAY_BETWEEN).status_code == 404
    assert (
        "Every child"
        not in page(client, people["before"], "/overview/", DAY_BETWEEN).content.decode()
    )


@pytest.mark.usefixtures("_today")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yesterday", "Write the day like 2026-06-30"),
        ("2026-13-45", "Write the day like 2026-06-30"),
        ("2031-01-01", "has not come yet"),
        ("0001-01-01", "Nothing was kept so early"),
        ("9" * 5000, "Write the day like 2026-06-30"),
    ],
)
def test_a_day_that_cannot_be_shown_is_told_and_the_page_is_of_today(
    client, goal, people, text, words
):
    client.force_login(people["reader"])
    answer = client.get("/overview/", {"as_at": text})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "61.5" in answer.content.decode()


def test_an_earlier_day_ends_at_midnight_of_the_system():
    with timezone.override("America/Denver"):
        day = as_at("2026-09-01", now=NOW)
        assert day.moment == datetime(2026, 9, 2, 5, 59, 59, 999999, tzinfo=UTC)
        assert as_at("2026-11-02", now=NOW).known_at is None
    with timezone.override("Asia/Beirut"):  # where the last hour of this day came twice
        day = as_at("2024-10-26", now=NOW)
        assert day.moment.astimezone(UTC) == datetime(2024, 10, 26, 21, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.usefixtures("_today")
@pytest.mark.parametrize("path", ["/overview/", "/goals/L1/"])
def test_an_earlier_day_takes_no_more_than_the_allowed_queries(
    client, goal, people, path, django_assert_max_num_queries
):
    client.force_login(people["reader"])
    with django_assert_max_num_queries(12 if path == "/overview/" else 15):
        assert client.get(path, {"as_at": "2026-09-01"}).status_code == 200
