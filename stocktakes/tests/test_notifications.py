"""What is new on My day: noted once, seen when it is opened, and never about what is hidden."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.actions.answers import write_answer
from goals.models import DataImport
from goals.tests.factories import make_goal, make_observation, make_series
from stocktakes.actions.notifications import note_everybodys_day
from stocktakes.actions.packs import issue_pack
from stocktakes.home import frame_of
from stocktakes.models import Notification
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    System.objects.create(name="Everly")
    found = {
        "dl": make_person(Role.DELIVERY_LEADER),
        "cons": make_person(Role.CONSULTANT),
        "gl": make_person(Role.GOAL_LEADER),
        "team": make_person(Role.GOAL_TEAM),
        "lead": make_person(Role.SYSTEM_LEADER),
    }
    make_account(found["cons"], found["gl"])
    return found


@pytest.fixture
def goal(people):
    series = make_series()
    make_observation(series, date(2025, 6, 30), 50)
    return make_goal("L1", leader=people["gl"], team=[people["team"]], series=series)


def told(person):
    return set(person.notifications.values_list("kind", flat=True))


def page_of(person, address="/"):
    client = Client()
    client.force_login(person)
    return client.get(address).content.decode()


def answer(goal, question, by):
    text = f"Words of {by.pk} about {question}"
    return write_answer(goal=goal, question=question, text=text, by=by, at=timezone.now())


def test_an_answer_of_the_unit_goes_to_the_people_of_the_goal(people, goal):
    answer(goal, 5, people["cons"])
    assert told(people["gl"]) == told(people["team"]) == {"answer"}
    assert not told(people["cons"])
    assert "L1 has a new answer" in page_of(people["gl"])


def test_an_answer_of_the_goal_goes_to_its_consultant(people, goal):
    answer(goal, 1, people["gl"])
    assert told(people["cons"]) == {"answer"}
    assert not told(people["team"])


def test_a_pack_goes_to_the_table_and_not_to_who_issued_it(people, goal):
    meeting = make_stocktake(
        goal, chair=people["lead"], prepared_by=people["dl"], attendees=[people["team"]],
        starts_at=timezone.now() + timedelta(days=60), title="Autumn stocktake",
    )  # fmt: skip
    issue_pack(stocktake=meeting, by=people["dl"], at=timezone.now())
    assert told(people["lead"]) == told(people["team"]) == told(people["gl"]) == {"pack"}
    assert not told(people["dl"])
    assert "The pack of Autumn stocktake is issued" in page_of(people["team"])


def test_a_pack_with_a_confidential_goal_stays_at_the_table(people, goal):
    secret = make_goal("S1", is_confidential=True, series=make_series())
    meeting = make_stocktake(goal, secret, chair=people["lead"], prepared_by=people["dl"])
    issue_pack(stocktake=meeting, by=people["dl"], at=timezone.now())
    assert not told(people["gl"])
    assert told(people["lead"]) == {"pack"}


def test_whoever_brought_a_file_hears_when_somebody_else_decides(people):
    row = DataImport.objects.create(
        filename="numbers.csv", content=b"", uploaded_by=people["gl"], uploaded_at=timezone.now()
    )
    assert not told(people["gl"])
    row.state, row.decided_by, row.decided_at = "confirmed", people["dl"], timezone.now()
    row.save()
    row.save()
    assert told(people["gl"]) == {"import"}
    assert people["gl"].notifications.count() == 1
    assert "Your file numbers.csv is entered" in page_of(people["gl"])


def test_what_may_not_be_seen_any_more_is_not_told(people, goal):
    answer(goal, 5, people["cons"])
    goal.roles.all().delete()
    goal.is_confidential = True
    goal.save()
    assert "L1 has" not in page_of(people["gl"])


def test_the_number_goes_when_my_day_was_opened(people, goal):
    answer(goal, 5, people["cons"])
    client = Client()
    client.force_login(people["gl"])
    assert 'class="count">1<' in client.get("/goals/").content.decode()
    page = client.get("/").content.decode()
    assert "data-seen" in page
    assert "tag-you" in page
    assert client.post("/seen/").url == "/"
    assert 'class="count"' not in client.get("/goals/").content.decode()
    again = client.get("/").content.decode()
    assert "L1 has a new answer" in again  # for some days yet, but not as new
    assert "tag-you" not in again


def test_the_system_leader_is_spared_the_number(people, goal):
    meeting = make_stocktake(goal, chair=people["lead"], prepared_by=people["dl"])
    issue_pack(stocktake=meeting, by=people["dl"], at=timezone.now())
    assert frame_of(people["lead"]).waiting == 0


def test_the_morning_notes_the_list_once_and_forgets_what_is_gone(people, goal):
    on, at = date(2026, 7, 21), datetime(2026, 7, 21, 6, tzinfo=UTC)
    first = note_everybodys_day(on=on, at=at).made
    assert first > 0
    rows = Notification.objects.count()
    assert note_everybodys_day(on=on, at=at + timedelta(hours=1)).made == 0
    assert Notification.objects.count() == rows
    mine = people["gl"].notifications.get(key="path-L1")
    mine.seen_at = at
    mine.save()
    goal.measures.all().delete()
    note_everybodys_day(on=on + timedelta(days=1), at=at + timedelta(days=1))
    assert not people["gl"].notifications.filter(key="path-L1").exists()


def test_nothing_is_noted_on_a_day_off(people, goal):
    System.objects.update(weekend=[6, 7])
    assert note_everybodys_day(on=date(2026, 7, 19), at=datetime(2026, 7, 19, tzinfo=UTC)).made == 0


def test_old_answers_of_a_system_that_is_loaded_are_no_news(people, goal):
    long_ago = timezone.now() - timedelta(days=8)
    write_answer(goal=goal, question=5, text="Long ago", by=people["cons"], at=long_ago)
    assert not told(people["gl"])
