"""Mail in the zone of its reader: in their morning, told in their days, and never two for a day.

What is late, and how many working days are left, is counted on the day of the system.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts import security_mail
from accounts.devices import Place
from accounts.models import Holiday, Invitation, System, User
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.standings import refresh_standings
from goals.tests.factories import (
    make_goal,
    make_indicator,
    make_observation,
    make_series,
    make_steward,
)
from stocktakes.actions import digests as digest_actions
from stocktakes.actions import jobs
from stocktakes.actions.digests import NotForAll, write_digests
from stocktakes.actions.routines import run_by_hand, tick
from stocktakes.jobs import KINDS
from stocktakes.models import Digest, Job, Notification, RoutineRun
from stocktakes.tests.factories import make_stocktake
from stocktakes.timetable import Morning, due_mornings

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

DENVER, AUCKLAND, ANGELES, UTC_ALL_YEAR = (
    "America/Denver", "Pacific/Auckland", "America/Los_Angeles", "Atlantic/Reykjavik",
)  # fmt: skip
FIVE_MINUTES, DAY = timedelta(minutes=5), timedelta(days=1)


def at(zone, *parts):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def system(zone=DENVER):
    return System.objects.create(name="Everly", time_zone=zone, weekend=[6, 7])


def reader(zone, name="", role=Role.DELIVERY_LEADER):
    person = make_person(role, name=name or zone or "As the system", password="x")
    User.objects.filter(pk=person.pk).update(time_zone=zone)
    person.refresh_from_db()
    return person


def work(clock):
    """What a worker does with every job that is due."""
    for pk in list(Job.objects.due(clock).order_by("pk").values_list("pk", flat=True)):
        jobs.run(job_id=pk, kinds=KINDS, clock=lambda: clock)


def live(time_machine, first, last, step=timedelta(minutes=30), before=None):
    """A worker that ticks and works from one moment to another; `before` is what else happens."""
    moment = first
    while moment <= last:
        time_machine.move_to(moment, tick=False)
        if before:
            before(moment)
        tick(at=moment)
        work(moment)
        work(moment)  # the sending that the first asked for
        moment += step


def news_every_day(*people):
    """A goal of these people, and what brings it a new number once in each day of the clock."""
    series = make_series(make_indicator("reading", name="Reading"))
    goal = make_goal("L1", leader=make_person(Role.GOAL_LEADER), series=series)
    for person in people:
        goal.roles.create(person=person, role="team", valid_from=date(2020, 1, 1))
    days = {}

    def arrive(moment):
        if moment.date() not in days:
            number = days[moment.date()] = len(days)
            end = date(2020 + number // 12, number % 12 + 1, 28)
            make_observation(series, end, f"{number}.5", known_from=moment)
            refresh_standings(series_ids=[series.pk], at=moment)

    return arrive


def late_number(steward, due):
    """An indicator whose next value was due on a day."""
    indicator = make_indicator("absence", name="Absence", publication_lag_days=0, grace_days=0)
    make_observation(make_series(indicator), date(due.year - 1, due.month, due.day), 5)
    make_steward(indicator, steward)


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "mornings"),
    [
        # Tuesday 06:00 in Auckland is Monday 11:00 in Los Angeles.
        (at(AUCKLAND, 2026, 7, 21, 5, 59), [(ANGELES, 20)]),
        (at(AUCKLAND, 2026, 7, 21, 6, 0), [(ANGELES, 20), (AUCKLAND, 21)]),
        (at(AUCKLAND, 2026, 7, 21, 23, 59), [(AUCKLAND, 21)]),  # 04:59 in Los Angeles
        (at(ANGELES, 2026, 7, 21, 6, 0), [(ANGELES, 21)]),  # 01:00 of the 22nd in Auckland
    ],
)
def test_it_is_morning_where_the_clock_there_says_so(moment, mornings):
    told = due_mornings(moment, [AUCKLAND, ANGELES], 6)
    assert [(each.zone, each.on.day) for each in told] == mornings


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        (ANGELES, date(2026, 3, 8)),  # 02:00 becomes 03:00
        (ANGELES, date(2026, 11, 1)),  # 02:00 becomes 01:00
        (AUCKLAND, date(2026, 4, 5)),  # 03:00 becomes 02:00
        (AUCKLAND, date(2026, 9, 27)),  # 02:00 becomes 03:00
    ],
)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 6, 23])
def test_on_the_day_the_clocks_change_there_is_one_morning(zone, day, hour):
    start = at(zone, day.year, day.month, day.day) - DAY
    moments = [start + FIVE_MINUTES * n for n in range(12 * 24 * 3)]
    begins = {}
    for moment in moments:
        for each in due_mornings(moment, [zone], hour):
            begins.setdefault(each.key, moment.astimezone(ZoneInfo(zone)))
    assert [key for key in begins if key.startswith(day.isoformat())] == [f"{day} {zone}"]
    first = begins[f"{day} {zone}"]
    assert first.date() == day
    assert first.hour == hour or (hour, first.hour) == (2, 3)  # an hour that this day has not


def test_a_morning_is_written_and_read_back():
    morning = Morning("America/Argentina/Buenos_Aires", date(2026, 7, 21))
    assert Morning.from_key(morning.key) == morning


# --- what goes out --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("home", "zone", "change"),
    [
        (DENVER, AUCKLAND, date(2026, 3, 8)),
        (DENVER, AUCKLAND, date(2026, 4, 5)),
        (DENVER, ANGELES, date(2026, 11, 1)),
        (AUCKLAND, ANGELES, date(2026, 9, 27)),
        (ANGELES, UTC_ALL_YEAR, date(2026, 11, 1)),
        (DENVER, "Asia/Kathmandu", date(2026, 3, 8)),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", date(2026, 7, 5)),  # 25 hours apart
    ],
)
def test_over_a_clock_change_each_working_day_has_one_mail_in_the_readers_morning(
    time_machine, mailoutbox, home, zone, change
):
    system(home)
    people = [reader(where, role=Role.GOAL_TEAM) for where in ("", zone)]
    first = datetime(change.year, change.month, change.day, tzinfo=UTC) - 4 * DAY
    last, news = first + 7 * DAY, news_every_day(*people)
    live(time_machine, first, last, timedelta(hours=1), before=news)
    rows = Digest.objects.order_by("sent_at")
    for person, where in zip(people, (home, zone), strict=True):
        mornings = [
            moment.date()
            for moment in (first.astimezone(ZoneInfo(where)) + n * DAY for n in range(9))
            if moment.date().isoweekday() <= 5
        ]
        # What was due when the worker was started in the middle of a day went out at once.
        mine = [row for row in rows if row.person_id == person.pk and row.sent_at > first]
        local = [row.sent_at.astimezone(ZoneInfo(where)) for row in mine]
        assert [moment.date() for moment in local] == [row.on for row in mine]
        assert {moment.hour for moment in local} == {6}
        asked = [
            day for day in mornings if first < at(where, day.year, day.month, day.day, 6) <= last
        ]
        assert [row.on for row in mine if row.on > asked[0]] == asked[1:]  # the first has no news
        assert len(asked) >= 5
    for name in ("on", "counted_on"):
        assert max(Counter((row.person_id, getattr(row, name)) for row in rows).values()) == 1
    assert len(mailoutbox) == len(rows)


def test_the_reader_ahead_hears_first_and_what_is_late_is_counted_by_the_system(
    time_machine, mailoutbox
):
    system()
    far, near = reader(AUCKLAND, role=Role.ANALYST), reader("", role=Role.ANALYST)
    late_number(far, date(2026, 7, 13))
    make_steward(far.stewardships.get().indicator, near)
    live(time_machine, at(AUCKLAND, 2026, 7, 21, 5, 30), at(AUCKLAND, 2026, 7, 21, 6, 30))
    mail = next(each for each in mailoutbox if each.to == [far.email])
    assert "new for you on 21 Jul 2026" in mail.body
    assert "7 days late" in mail.body  # for the system it is Monday, the 20th
    days = dict(Digest.objects.values_list("person", "on"))
    assert days == {far.pk: date(2026, 7, 21), near.pk: date(2026, 7, 20)}
    assert {row.counted_on for row in Digest.objects.all()} == {date(2026, 7, 20)}


def test_a_step_that_a_reader_ahead_was_told_is_not_told_again(time_machine, mailoutbox):
    system()
    late_number(reader(AUCKLAND, role=Role.ANALYST), date(2026, 7, 13))
    live(time_machine, at(AUCKLAND, 2026, 7, 14, 5, 30), at(AUCKLAND, 2026, 7, 24, 12, 0),
         timedelta(hours=1))  # fmt: skip
    # Due on Monday the 13th: told at 1, 3 and 7 days, on the mornings there after those days.
    told = [row.counted_on for row in Digest.objects.order_by("on")]
    assert told == [date(2026, 7, 14), date(2026, 7, 16), date(2026, 7, 20)]


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("", "28 Jul 2026, 16:00 (America/Denver)"),
        (AUCKLAND, "29 Jul 2026, 10:00 (Pacific/Auckland)"),
        (ANGELES, "28 Jul 2026, 15:00 (America/Los_Angeles)"),
    ],
)
def test_a_meeting_is_told_at_the_time_of_the_reader(time_machine, mailoutbox, zone, told):
    system()
    lead = reader(zone)
    make_stocktake(make_goal("L1"), title="Reading", prepared_by=lead, chair=lead,
                   starts_at=at(DENVER, 2026, 7, 28, 16, 0))  # fmt: skip
    live(time_machine, at(DENVER, 2026, 7, 20, 5, 0), at(DENVER, 2026, 7, 21, 4, 0))
    body = next(mail.body for mail in mailoutbox if mail.to == [lead.email])
    assert f"Reading on {told}" in body
    assert "6 working days left" in body  # of the system: from Monday to the Tuesday after


def test_days_off_are_those_of_the_organisation_on_the_readers_own_day(time_machine, mailoutbox):
    system()
    Holiday.objects.create(on=date(2026, 7, 22), name="Founders' Day")
    late_number(reader(AUCKLAND, role=Role.ANALYST), date(2026, 7, 10))
    # Saturday morning in Auckland is Friday noon in Denver; Monday there is Sunday here.
    live(time_machine, at(AUCKLAND, 2026, 7, 11, 5, 0), at(AUCKLAND, 2026, 7, 12, 23, 0))
    assert mailoutbox == []
    live(time_machine, at(AUCKLAND, 2026, 7, 13, 5, 0), at(AUCKLAND, 2026, 7, 13, 8, 0))
    assert [row.on for row in Digest.objects.all()] == [date(2026, 7, 13)]
    Digest.objects.all().delete()
    live(time_machine, at(AUCKLAND, 2026, 7, 22, 5, 0), at(AUCKLAND, 2026, 7, 22, 23, 0))
    assert not Digest.objects.exists()


def test_who_moves_to_another_zone_gets_no_second_mail_for_a_day(time_machine, mailoutbox):
    """There and back, in the middle of days that all have news."""
    system()
    person = reader("", role=Role.GOAL_TEAM)
    moment, news = at(DENVER, 2026, 7, 20, 0, 0), news_every_day(person)
    for zone in (AUCKLAND, ANGELES, UTC_ALL_YEAR, "", AUCKLAND, "Pacific/Kiritimati", ANGELES):
        live(time_machine, moment, moment + timedelta(hours=13), timedelta(hours=1), before=news)
        User.objects.filter(pk=person.pk).update(time_zone=zone)
        moment += timedelta(hours=14)
    rows = list(Digest.objects.order_by("sent_at"))
    assert len(rows) >= 3
    assert len({row.on for row in rows}) == len({row.counted_on for row in rows}) == len(rows)
    assert len(mailoutbox) == len(rows)


def test_the_database_holds_no_two_digests_of_a_day():
    person = reader("")
    made = {"subject": "News", "body": "News.", "person": person,
            "written_at": datetime(2026, 7, 20, tzinfo=UTC)}  # fmt: skip
    monday, tuesday = date(2026, 7, 20), date(2026, 7, 21)
    Digest.objects.create(on=tuesday, counted_on=monday, message_id="<1@x>", **made)
    for number, days in enumerate([(tuesday, tuesday), (monday, monday)], 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            Digest.objects.create(
                on=days[0], counted_on=days[1], message_id=f"<{number}@x>", **made
            )


def test_a_zone_that_is_known_no_more_reads_with_the_system(time_machine, mailoutbox):
    system()
    person = reader("Mars/Olympus", role=Role.ANALYST)
    assert person.zone(System.objects.get()).key == DENVER
    late_number(person, date(2026, 7, 19))
    live(time_machine, at(DENVER, 2026, 7, 20, 5, 0), at(DENVER, 2026, 7, 20, 8, 0))
    assert len(mailoutbox) == 1


def test_a_morning_that_is_over_is_not_made_up_for(time_machine, mailoutbox):
    system()
    late_number(reader(AUCKLAND, role=Role.ANALYST), date(2026, 7, 19))
    morning = at(AUCKLAND, 2026, 7, 21, 7, 0)
    time_machine.move_to(morning, tick=False)
    tick(at=morning)
    job = Job.objects.get(kind="zone_digests")
    late = at(AUCKLAND, 2026, 7, 22, 0, 5)
    time_machine.move_to(late, tick=False)
    jobs.run(job_id=job.pk, kinds=KINDS, clock=lambda: late)
    assert not Digest.objects.exists()


@pytest.mark.parametrize("many", [1, 4])
def test_a_tick_asks_as_much_for_many_zones_as_for_one(many, django_assert_num_queries):
    system()
    for zone in (AUCKLAND, ANGELES, UTC_ALL_YEAR, "Asia/Kathmandu")[:many]:
        reader(zone)
    moment = at(DENVER, 2026, 7, 21, 4, 0)
    tick(at=moment)
    Job.objects.all().update(state="done", finished_at=moment)
    with django_assert_num_queries(14):
        tick(at=moment + FIVE_MINUTES)


# --- one that fails -------------------------------------------------------------------------------


@pytest.fixture
def one_fails(monkeypatch):
    """Whatever is told to somebody called Broken goes wrong."""
    broken = []
    real = digest_actions.desk_of

    def desk_of(*, person, **words):
        if person.name == "Broken" and broken:
            raise ValueError("No such thing")
        return real(person=person, **words)

    monkeypatch.setattr(digest_actions, "desk_of", desk_of)
    monkeypatch.setattr("stocktakes.actions.notifications.desk_of", desk_of)
    broken.append(True)
    return broken


def two_readers(zone=""):
    people = [reader(zone, name, Role.ANALYST) for name in ("Broken", "Whole")]
    late_number(people[0], date(2026, 7, 19))
    make_steward(people[0].stewardships.get().indicator, people[1])
    return people


@pytest.mark.parametrize("zone", ["", AUCKLAND])
def test_one_digest_that_fails_stops_nobody_elses_and_is_tried_again(
    time_machine, mailoutbox, one_fails, zone
):
    system()
    broken, whole = two_readers(zone)
    morning = at(zone or DENVER, 2026, 7, 21, 6, 0)
    live(time_machine, morning, morning + timedelta(minutes=30))
    assert [mail.to for mail in mailoutbox] == [[whole.email]]
    job = Job.objects.get(kind="zone_digests" if zone else "daily")
    assert (job.state, "1 failed." in job.error) == ("waiting", True)
    assert f"person {broken.pk}: ValueError: No such thing" in job.error
    assert broken.email not in job.error
    one_fails.clear()
    live(time_machine, morning + timedelta(hours=1), morning + timedelta(hours=3))
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([broken.email, whole.email])


def test_one_that_never_succeeds_is_given_up_and_told_to_administrators(
    time_machine, mailoutbox, one_fails, client
):
    system()
    two_readers()
    morning = at(DENVER, 2026, 7, 21, 6, 0)
    live(time_machine, morning, morning + timedelta(hours=12))
    assert Job.objects.get(kind="daily").state == "failed"
    assert RoutineRun.objects.filter(routine="daily").count() == 1
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert "1 background job was given up" in client.get("/").content.decode()
    assert len(mailoutbox) == 1


def test_the_lists_of_the_others_are_noted_too(time_machine, one_fails):
    system()
    _broken, whole = two_readers()
    morning = at(DENVER, 2026, 7, 21, 6, 0)
    live(time_machine, morning, morning)
    assert {row.person for row in Notification.objects.all()} == {whole}


def test_by_hand_everybody_elses_mail_is_sent_before_it_is_said(
    time_machine, mailoutbox, one_fails
):
    system()
    broken, whole = two_readers(AUCKLAND)
    moment = at(DENVER, 2026, 7, 21, 9, 0)
    time_machine.move_to(moment, tick=False)
    with pytest.raises(NotForAll, match=f"person {broken.pk}"):
        run_by_hand(on=date(2026, 7, 21), clock=lambda: moment)
    assert [mail.to for mail in mailoutbox] == [[whole.email]]


def test_what_goes_wrong_in_the_database_for_one_leaves_the_others_work_whole(
    time_machine, monkeypatch
):
    system()
    broken, whole = two_readers()
    taken = Digest(
        person=make_person(), on=date(2026, 7, 1), counted_on=date(2026, 7, 1), subject="x",
        body="x", written_at=datetime(2026, 7, 1, tzinfo=UTC),
        message_id=f"<digest-20260721-{broken.pk}@{digest_actions._host()}>",
    )  # fmt: skip
    taken.save()
    moment = at(DENVER, 2026, 7, 21, 6, 0)
    time_machine.move_to(moment, tick=False)
    with transaction.atomic():
        written = write_digests(on=date(2026, 7, 21), at=moment)
        assert (written.made, list(written.failed)) == (1, [broken.pk])
        assert Digest.objects.filter(on=date(2026, 7, 21)).get().person == whole


def test_a_mail_that_cannot_be_made_stops_nobody_elses(time_machine, mailoutbox, monkeypatch):
    system()
    two_readers()
    real = digest_actions._message

    def broken():
        raise KeyError("charset")

    def message(digest, connection):
        made = real(digest, connection)
        if digest.person.name == "Broken":
            made.message = broken
        return made

    monkeypatch.setattr(digest_actions, "_message", message)
    morning = at(DENVER, 2026, 7, 21, 6, 0)
    live(time_machine, morning, morning)
    assert dict(Digest.objects.values_list("person__name", "state")) == {
        "Broken": "failed", "Whole": "sent",
    }  # fmt: skip
    assert len(mailoutbox) == 1


# --- mail about signing in ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "told"),
    [("", "20 Jul 2026, 12:30 (America/Denver)"), (AUCKLAND, "21 Jul 2026, 06:30 (Pacific/Auckland)")],
)  # fmt: skip
def test_mail_about_signing_in_tells_the_time_of_its_reader(mailoutbox, zone, told):
    system()
    moment = at(DENVER, 2026, 7, 20, 12, 30)
    person = reader(zone)
    words = {"what": "x", "place": Place("", None), "at": moment}
    assert told in security_mail._message("x", "emails/sign_in_changed.txt", person, words).body
    invitation = Invitation(person=person, made_by=person, expires_at=moment)
    assert security_mail.mail_invitation(person, "https://x.test/", invitation)
    assert f"until {told}" in mailoutbox[0].body
