from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Holiday, System
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
    make_trajectory,
)
from stocktakes.actions.digests import (
    mark_uncertain,
    send_digests,
    working_calendar,
    write_digests,
)
from stocktakes.actions.routines import daily_routine, tick
from stocktakes.models import Digest, Job, RoutineRun
from stocktakes.notices import desk_of, notices

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 7, 21)
MORNING = datetime(2026, 7, 21, 12, tzinfo=UTC)


@pytest.fixture
def everly():
    """A goal with late data: its leader, its consultant, the steward, and those above."""
    System.objects.create(name="Everly", time_zone="America/Denver", weekend=[6, 7])
    indicator = make_indicator("reading", publication_lag_days=30, grace_days=0)
    series = make_series(indicator)
    make_observation(series, date(2025, 5, 31), 50)
    make_trajectory(series, baseline=(date(2024, 5, 31), 45), target=(date(2028, 5, 31), 60))
    people = {
        "leader": make_person(Role.GOAL_LEADER, name="Leader", password="x"),
        "consultant": make_person(Role.CONSULTANT, name="Consultant", password="x"),
        "steward": make_person(Role.ANALYST, name="Steward", password="x"),
        "system": make_person(Role.SYSTEM_LEADER, name="System", password="x"),
        "delivery": make_person(Role.DELIVERY_LEADER, name="Delivery", password="x"),
        "other": make_person(Role.VIEWER, name="Other", password="x"),
        "silent": make_person(Role.GOAL_LEADER, name="No login"),
    }
    make_goal("L1", leader=people["leader"], series=series, title="Every child reads")
    make_account(people["consultant"], people["leader"])
    make_steward(indicator, people["steward"])
    return people


def told(on=TUESDAY):
    return {row.person.name: row for row in Digest.objects.filter(on=on)}


def test_the_daily_routine_tells_those_whom_it_concerns(everly):
    # Due on 30 June 2026: 21 days late, so the delivery leader hears of it, too.
    outcome = daily_routine(on=TUESDAY, at=MORNING)
    assert outcome == {"standings": 1, "digests": 4}
    assert set(told()) == {"Leader", "Consultant", "Steward", "Delivery"}


def test_the_daily_routine_twice_does_nothing_twice(everly):
    daily_routine(on=TUESDAY, at=MORNING)
    again = daily_routine(on=TUESDAY, at=MORNING + timedelta(hours=1))
    assert again == {"standings": 0, "digests": 0}
    assert (RoutineRun.objects.count(), Digest.objects.count()) == (1, 4)
    assert Job.objects.filter(kind="send_digests").count() == 1


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (1, {"Steward"}),
        (3, {"Steward", "Consultant"}),
        (7, {"Steward", "Consultant", "Leader"}),
        (14, {"Steward", "Consultant", "Leader", "Delivery"}),
    ],
)
def test_lateness_climbs_step_by_step_and_never_to_the_system_leader(everly, days, names):
    on = date(2026, 6, 30) + timedelta(days=days)
    assert write_digests(on=on, at=MORNING).made == len(names)
    assert set(told(on)) == names


def test_nothing_new_no_digest(everly):
    write_digests(on=TUESDAY, at=MORNING)
    send_digests(on=TUESDAY, clock=clock)
    assert write_digests(on=TUESDAY + timedelta(days=1), at=MORNING).made == 0


def test_no_digest_on_days_off(everly):
    Holiday.objects.create(on=TUESDAY, name="Founders' Day")
    assert write_digests(on=TUESDAY, at=MORNING).made == 0
    assert write_digests(on=date(2026, 7, 25), at=MORNING).made == 0  # a Saturday


def test_no_digest_for_those_who_want_none_or_have_left(everly):
    everly["leader"].mail_wanted = False
    everly["leader"].save()
    everly["steward"].is_active = False
    everly["steward"].save()
    write_digests(on=TUESDAY, at=MORNING)
    assert set(told()) == {"Consultant", "Delivery"}


def test_what_is_put_forward_waits_for_whoever_approves_until_it_is_decided(everly, client):
    write_digests(on=TUESDAY, at=MORNING)
    send_digests(on=TUESDAY, clock=clock)
    series = make_series(make_indicator("spelling", name="Spelling"))
    mine = make_goal("D1", leader=everly["delivery"], series=make_series())
    make_goal("S1", leader=everly["leader"], series=series)
    path = {"baseline": (date(2025, 5, 31), 45), "target": (date(2028, 5, 31), 60)}
    put_forward = {"state": "proposed", "approved_on": None}
    make_trajectory(mine.measures.get().series, **path, **put_forward)  # nobody approves their own
    row = make_trajectory(series, **path, **put_forward)
    row.history.update(history_date=MORNING + timedelta(hours=2))
    on = TUESDAY + timedelta(days=1)
    write_digests(on=on, at=MORNING + timedelta(days=1))
    body = told(on)["Delivery"].body
    assert "S1 waits for your approval" in body
    assert "D1 waits for your approval" not in body
    assert "waits for your approval" not in "".join(
        each.body for name, each in told(on).items() if name != "Delivery"
    )
    client.force_login(everly["delivery"])
    page = client.get("/")
    assert "Version 1 of the trajectory of Spelling is put forward." in page.text
    assert f'href="/goals/S1/indicators/{series.indicator.code}/trajectory/"' in page.text
    row.state, row.approved_on = "approved", TUESDAY
    row.save()
    assert "waits for your approval" not in client.get("/").text


def test_many_that_wait_for_approval_are_one_question(everly):
    def asked():
        calendar = working_calendar(TUESDAY)
        desk = desk_of(person=everly["delivery"], on=TUESDAY, calendar=calendar)
        with CaptureQueriesContext(connection) as queries:
            found = notices(desk, calendar=calendar)
        return len(queries), sum(each.kind == "to_approve" for each in found)

    for code in ("A1", "A2", "A3"):
        series = make_series(make_indicator(code.lower()))
        make_goal(code, leader=everly["leader"], series=series)
        make_trajectory(
            series, baseline=(date(2025, 5, 31), 45), target=(date(2028, 5, 31), 60),
            state="proposed", approved_on=None,
        )  # fmt: skip
        if code == "A1":
            one = asked()
    assert one[1] == 1
    assert asked() == (one[0], 3)


def test_a_new_number_is_told_to_leader_and_consultant_on_the_same_day(everly):
    series = make_series()
    leader = make_person(Role.GOAL_LEADER, name="Second", password="x")
    make_account(everly["consultant"], leader)
    make_goal("S1", leader=leader, series=series)
    make_observation(series, date(2026, 6, 30), "61.5", known_from=MORNING - timedelta(hours=20))
    write_digests(on=TUESDAY, at=MORNING)
    assert "61.5%" in told()["Second"].body
    assert "61.5%" in told()["Consultant"].body
    assert "61.5%" not in told()["Leader"].body


def test_a_digest_says_nothing_of_a_confidential_goal_to_others(everly):
    series = make_series()
    make_goal("X1", series=series, title="Close three offices", is_confidential=True)
    make_observation(series, date(2026, 6, 30), "12.5", known_from=MORNING)
    write_digests(on=TUESDAY, at=MORNING)
    assert [row for row in told().values() if "Close three" in row.body or "12.5" in row.body] == []


def test_the_tick_starts_the_routine_once_a_day(everly):
    before = datetime(2026, 7, 21, 11, 55, tzinfo=UTC)  # 05:55 in Denver
    assert tick(at=before)["due"] == 0
    assert tick(at=MORNING)["due"] == 1
    tick(at=MORNING + timedelta(minutes=5))
    assert list(Job.objects.values_list("kind", "key")) == [("daily", "2026-07-21")]
    assert RoutineRun.objects.get(routine="tick").finished_at == MORNING + timedelta(minutes=5)


# --- sending --------------------------------------------------------------------------------------


def clock():
    return MORNING


def test_digests_are_sent_once_with_a_constant_message_id(everly, mailoutbox):
    write_digests(on=TUESDAY, at=MORNING)
    assert send_digests(on=TUESDAY, clock=clock)["sent"] == 4
    assert send_digests(on=TUESDAY, clock=clock) == {"sent": 0}
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        row.person.email for row in told().values()
    )
    for mail in mailoutbox:
        row = Digest.objects.get(person__email=mail.to[0])
        assert mail.extra_headers["Message-ID"] == row.message_id
        assert (row.state, row.sent_at) == ("sent", MORNING)
        assert "at most one such mail a day" in mail.body


def test_where_the_mail_server_is_away_nothing_is_claimed(everly, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    write_digests(on=TUESDAY, at=MORNING)
    with pytest.raises(ConnectionRefusedError):
        send_digests(on=TUESDAY, clock=clock)
    assert set(Digest.objects.values_list("state", flat=True)) == {"written"}


def test_a_claim_that_nobody_finished_becomes_uncertain_and_is_never_sent_again(everly, mailoutbox):
    write_digests(on=TUESDAY, at=MORNING)
    held = told()["Leader"]
    Digest.objects.filter(pk=held.pk).update(state="claimed", claimed_at=MORNING)
    assert mark_uncertain(at=MORNING + timedelta(minutes=9)) == 0
    assert mark_uncertain(at=MORNING + timedelta(minutes=11)) == 1
    assert send_digests(on=TUESDAY, clock=clock)["sent"] == 3
    assert everly["leader"].email not in [mail.to[0] for mail in mailoutbox]


def test_administrators_see_that_a_mail_is_uncertain(everly, client, time_machine):
    time_machine.move_to(MORNING)
    write_digests(on=TUESDAY, at=MORNING)
    Digest.objects.update(state="uncertain")
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get("/").content.decode()
    assert "4 digests may be lost" in page
    rows = client.get(reverse("admin:stocktakes_digest_changelist") + "?state__in=failed,uncertain")
    assert rows.content.decode().count("uncertain") >= 4


@pytest.mark.parametrize("day", ["20261", "tomorrow", "0001-01-01", "9999-12-31"])
def test_run_routines_refuses_what_is_no_day_of_ours(everly, day):
    with pytest.raises(CommandError, match=r"Write the date|Choose a day"):
        call_command("run_routines", on=day)


def test_run_routines_twice_changes_and_sends_nothing_more(everly, capsys, mailoutbox):
    call_command("run_routines", on="2026-07-21")
    call_command("run_routines", on="2026-07-21")
    assert capsys.readouterr().out.splitlines() == [
        "Routines of 2026-07-21: 1 standings brought up to date, 4 digests written, 4 sent.",
        "Routines of 2026-07-21: 0 standings brought up to date, 0 digests written, 0 sent.",
    ]
    assert len(mailoutbox) == 4


# --- the first page -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_home_takes_as_many_queries_for_one_goal_as_for_three(
    everly, client, count, django_assert_max_num_queries, time_machine
):
    time_machine.move_to(MORNING)
    for number in range(count - 1):
        make_goal(f"M{number}", leader=everly["leader"], series=make_series())
    client.force_login(everly["leader"])
    with django_assert_max_num_queries(20):
        page = client.get("/").content.decode()
    assert "L1 waits for its number" in page


def test_home_says_when_there_is_nothing(client):
    client.force_login(make_person(Role.VIEWER))
    assert "Nothing needs you today." in client.get("/").content.decode()


def test_home_of_the_system_leader_is_the_overview(client):
    client.force_login(make_person(Role.SYSTEM_LEADER))
    assert client.get("/").url == "/overview/"
