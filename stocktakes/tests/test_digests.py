"""Digests against a mail server that breaks, refuses or defers: nothing is lost, nothing twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.tests.factories import make_goal, make_observation, make_series
from stocktakes.actions.digests import MailDeferred, send_digests, write_digests
from stocktakes.actions.jobs import enqueue
from stocktakes.actions.packs import issue_pack
from stocktakes.actions.routines import daily_routine, tick
from stocktakes.models import Digest, Intervention, Job
from stocktakes.tests.factories import make_stocktake
from stocktakes.tests.mail_sink import MailSink

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 7, 21)
MORNING = datetime(2026, 7, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def clock():
    return MORNING


@pytest.fixture
def sink(settings):
    server = MailSink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def everly():
    return System.objects.create(name="Everly", time_zone="America/Denver", weekend=[6, 7])


@pytest.fixture
def digests(everly):
    """Three written digests, of ann, bob and cy."""
    for name in ("ann", "bob", "cy"):
        person = make_person(Role.VIEWER, name=name, email=f"{name}@everly.example", password="x")
        Digest.objects.create(
            person=person, on=TUESDAY, counted_on=TUESDAY, subject="News", body="News.", written_at=MORNING,
            message_id=f"<{name}@example.test>",
        )  # fmt: skip


def states():
    return dict(Digest.objects.values_list("person__name", "state"))


def test_a_line_that_breaks_makes_one_mail_uncertain_and_not_the_rest(digests, sink):
    sink.lines_to_break = 1
    assert send_digests(on=TUESDAY, clock=clock) == {"sent": 2, "failed": 0, "uncertain": 1}
    assert states() == {"ann": "uncertain", "bob": "sent", "cy": "sent"}


def test_what_the_server_wants_later_is_kept_and_sent_later(digests, sink):
    sink.answers = {"ann": "450 come back later"}
    with pytest.raises(MailDeferred, match="wants 1 digest"):
        send_digests(on=TUESDAY, clock=clock)
    assert states() == {"ann": "written", "bob": "sent", "cy": "sent"}
    sink.answers = {}
    assert send_digests(on=TUESDAY, clock=clock)["sent"] == 1
    assert len(sink.messages) == 3


def test_what_the_server_refuses_is_failed_with_its_words(digests, sink):
    sink.answers = {"bob": "550 no such person"}
    assert send_digests(on=TUESDAY, clock=clock) == {"sent": 2, "failed": 1, "uncertain": 0}
    assert "no such person" in Digest.objects.get(state="failed").error


def test_who_has_left_since_gets_nothing(digests, sink):
    Digest.objects.get(person__name="ann").person.__class__.objects.filter(name="ann").update(
        is_active=False
    )
    assert send_digests(on=TUESDAY, clock=clock)["failed"] == 1
    assert [each for each in sink.messages if "ann@" in each] == []


def test_a_line_that_no_header_can_hold_stops_nobody_else(digests, sink):
    Digest.objects.filter(person__name="ann").update(subject="two\nlines")
    assert send_digests(on=TUESDAY, clock=clock) == {"sent": 2, "failed": 1, "uncertain": 0}


def test_the_subject_is_one_line_of_bounded_length(everly):
    lead = make_person(Role.DELIVERY_LEADER, password="x", name="Lead")
    title = "Stocktake\r\nBcc: all@example.org " + "x " * 40
    make_stocktake(title=title[:120], chair=lead, starts_at=MORNING + DAY)
    write_digests(on=TUESDAY, at=MORNING)
    subject = Digest.objects.get(person=lead).subject
    assert subject.startswith("Stocktake Bcc: all@example.org")
    assert "\n" not in subject
    assert len(subject) <= 200


def test_digests_written_after_those_of_the_day_were_sent_are_sent_by_the_next_tick(
    digests, mailoutbox
):
    job = enqueue(kind="send_digests", key=TUESDAY.isoformat(), at=MORNING)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=MORNING, attempts=1)
    tick(at=MORNING)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.due_at, job.finished_at) == ("waiting", 0, MORNING, None)


def test_a_tick_leaves_a_job_alone_that_was_given_up(digests):
    job = enqueue(kind="send_digests", key=TUESDAY.isoformat(), at=MORNING)
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=MORNING, attempts=10)
    tick(at=MORNING)
    job.refresh_from_db()
    assert job.state == "failed"


def new_value_goal(known_from):
    leader = make_person(Role.GOAL_LEADER, name="Second", password="x")
    series = make_series()
    make_goal("S1", leader=leader, series=series)
    make_observation(series, date(2026, 5, 31), "60.0", known_from=MORNING - DAY)
    return lambda: make_observation(series, date(2026, 6, 30), "61.5", known_from=known_from)


def test_a_number_that_comes_after_the_digest_of_its_day_is_in_the_next(everly, mailoutbox):
    arrives = new_value_goal(MORNING + timedelta(hours=3))
    daily_routine(on=TUESDAY, at=MORNING)
    send_digests(on=TUESDAY, clock=clock)
    assert "60.0%" in Digest.objects.get().body
    arrives()
    daily_routine(on=TUESDAY + DAY, at=MORNING + DAY)
    assert "61.5%" in Digest.objects.get(on=TUESDAY + DAY).body
    send_digests(on=TUESDAY + DAY, clock=clock)
    daily_routine(on=TUESDAY + 2 * DAY, at=MORNING + 2 * DAY)
    assert not Digest.objects.filter(on=TUESDAY + 2 * DAY, body__contains="61.5%").exists()


def test_that_a_pack_was_issued_is_told_once_to_those_who_may_read_it(everly, mailoutbox):
    lead = make_person(Role.DELIVERY_LEADER, password="x")
    consultant = make_person(Role.CONSULTANT, password="x")
    meeting = make_stocktake(make_goal("L1"), starts_at=MORNING + 14 * DAY, prepared_by=lead)
    write_digests(on=TUESDAY, at=MORNING)
    send_digests(on=TUESDAY, clock=clock)
    secret = meeting.agenda.create(goal=make_goal("X1", is_confidential=True))
    issue_pack(stocktake=meeting, by=lead, at=MORNING + timedelta(hours=2))
    secret.delete()
    assert write_digests(on=TUESDAY + DAY, at=MORNING + DAY).made == 1
    told = Digest.objects.get(on=TUESDAY + DAY)
    assert (told.person, "The pack is issued" in told.body) == (lead, True)
    send_digests(on=TUESDAY + DAY, clock=clock)
    assert write_digests(on=TUESDAY + 2 * DAY, at=MORNING + 2 * DAY).made == 0
    assert Digest.objects.filter(person=consultant).count() == 1


def test_what_never_went_out_is_told_the_next_day(everly):
    new_value_goal(MORNING)
    write_digests(on=TUESDAY, at=MORNING)
    Digest.objects.update(state="failed")
    write_digests(on=TUESDAY + DAY, at=MORNING + DAY)
    assert "60.0%" in Digest.objects.get(on=TUESDAY + DAY).body


def test_the_command_says_in_a_sentence_that_the_mail_server_is_away(digests, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with pytest.raises(CommandError, match="What was not sent is kept"):
        call_command("run_routines", on="2026-07-21")
    assert set(states().values()) == {"written"}


# --- what administrators see ----------------------------------------------------------------------


def test_a_job_that_was_given_up_is_shown_and_can_be_asked_for_again(
    everly, client, time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(MORNING, tick=False)
    job = Job.objects.create(
        kind="draw_pack", key="7", state="failed", attempts=10, error="No font",
        created_at=MORNING, due_at=MORNING, finished_at=MORNING,
    )  # fmt: skip
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert "1 background job was given up" in client.get("/").content.decode()
    page = reverse("admin:stocktakes_job_changelist")
    assert "No font" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks() as bells:
        client.post(page, {"action": "run_again", "_selected_action": [job.pk]})
    job.refresh_from_db()
    assert (job.state, job.attempts, job.due_at, len(bells)) == ("waiting", 0, MORNING, 1)
    assert Intervention.objects.get().subject == "draw_pack 7"


def test_trouble_with_mail_is_told_once(everly, client, time_machine):
    admin = make_person(Role.ADMINISTRATOR, name="Admin", password="x")
    other = make_person(Role.VIEWER, name="Other")
    Digest.objects.create(
        person=other, on=TUESDAY - DAY, counted_on=TUESDAY - DAY, subject="News", body="News.", written_at=MORNING - DAY,
        message_id="<1@example.test>", state="failed",
    )  # fmt: skip
    assert write_digests(on=TUESDAY, at=MORNING).made == 1
    assert "1 digest may be lost" in Digest.objects.get(person=admin).body
    Digest.objects.filter(person=admin).update(state="sent", sent_at=MORNING)
    assert write_digests(on=TUESDAY + DAY, at=MORNING + DAY).made == 0
