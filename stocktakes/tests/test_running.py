"""What an administrator decides: uncertain mails, jobs that were given up, stopping the mail."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from stocktakes.actions import running
from stocktakes.actions.digests import Day, send_digests, write_digest
from stocktakes.actions.routines import note_tick, tick
from stocktakes.models import Digest, Intervention, Job, RoutineRun
from stocktakes.tests.factories import make_job

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 7, 21)
NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)


@pytest.fixture
def admin():
    return make_person(Role.ADMINISTRATOR, name="Admin")


def make_digest(state="uncertain", on=TUESDAY, **fields):
    person = fields.pop("person", None) or make_person(Role.GOAL_LEADER)
    claimed = None if state == "written" else NOW
    return Digest.objects.create(
        person=person, on=on, counted_on=on, subject="News", body="News.", state=state, claimed_at=claimed,
        message_id=f"<{person.pk}-{on}@example.test>", written_at=NOW, **fields,
    )  # fmt: skip


def send(on=TUESDAY):
    return send_digests(on=on, clock=lambda: NOW)


def verbs():
    return [row.verb for row in Intervention.objects.order_by("pk")]


def test_a_mail_that_arrived_is_marked_and_never_sent_again(admin):
    digest = make_digest()
    running.say_mail_arrived(digest=digest, by=admin, at=NOW)
    digest.refresh_from_db()
    assert (digest.state, digest.sent_at) == ("sent", NOW)
    assert send() == {"sent": 0}
    assert (verbs(), Intervention.objects.get().by) == (["mail_arrived"], admin)


def test_a_mail_sent_again_has_the_same_number(admin):
    digest = make_digest()
    Job.objects.create(
        kind="send_digests", key="2026-07-21", state="done", created_at=NOW, due_at=NOW,
        finished_at=NOW,
    )  # fmt: skip
    running.send_mail_again(digest=digest, by=admin, at=NOW)
    assert Job.objects.get().state == "waiting"
    assert send()["sent"] == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == digest.message_id
    assert verbs() == ["mail_again"]


@pytest.mark.parametrize("decide", [running.say_mail_arrived, running.send_mail_again])
@pytest.mark.parametrize("state", ["written", "claimed", "failed"])
def test_only_an_uncertain_mail_is_decided(admin, decide, state):
    digest = make_digest(state)
    with pytest.raises(running.AlreadyDecided):
        decide(digest=digest, by=admin, at=NOW)
    digest.refresh_from_db()
    assert (digest.state, verbs()) == (state, [])


def test_a_job_that_was_given_up_runs_again_with_all_its_attempts(admin):
    job = make_job("failed", attempts=5, error="RuntimeError: away")
    running.run_job_again(job=job, by=admin, at=NOW)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.finished_at, job.due_at) == ("waiting", 0, None, NOW)
    assert verbs() == ["run_job"]


@pytest.mark.parametrize("state", ["waiting", "running", "done"])
def test_only_a_job_that_was_given_up_runs_again(admin, state):
    job = make_job(state)
    with pytest.raises(running.AlreadyDecided):
        running.run_job_again(job=job, by=admin, at=NOW)
    assert verbs() == []


def test_stopped_mail_waits_and_is_sent_once(admin):
    make_digest("written")
    running.stop_mail(by=admin, at=NOW)
    assert send() == {"sent": 0, "waiting": 1}
    assert mail.outbox == []
    assert running.start_mail(by=admin, at=NOW + timedelta(hours=1)) == 1
    assert send()["sent"] == 1
    assert send() == {"sent": 0}
    assert len(mail.outbox) == 1
    assert verbs() == ["stop_mail", "start_mail"]


def test_mail_stopped_in_the_middle_leaves_the_rest_waiting(admin, monkeypatch):
    for _each in range(3):
        make_digest("written")
    sent = []

    def send_and_stop(message):
        sent.append(message)
        running.stop_mail(by=admin, at=NOW)

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send_and_stop)
    assert send() == {"sent": 1, "failed": 0, "uncertain": 0, "waiting": 2}
    assert len(sent) == 1


def test_starting_what_runs_and_stopping_what_is_stopped_change_nothing(admin):
    with pytest.raises(running.AlreadyDecided):
        running.start_mail(by=admin, at=NOW)
    running.stop_mail(by=admin, at=NOW)
    with pytest.raises(running.AlreadyDecided):
        running.stop_mail(by=admin, at=NOW)
    assert verbs() == ["stop_mail"]


def test_a_digest_that_never_left_gives_way_to_that_of_the_day(monkeypatch):
    person = make_person(Role.GOAL_LEADER)
    make_digest("written", person=person, on=TUESDAY)
    make_digest("sent", person=person, on=TUESDAY - timedelta(days=1), sent_at=NOW)
    seen = []
    monkeypatch.setattr(
        "stocktakes.actions.digests.notices", lambda desk, **_: seen.append(desk.since) or []
    )
    from stocktakes.actions.digests import working_calendar  # noqa: PLC0415

    wednesday = TUESDAY + timedelta(days=1)
    day = Day(wednesday, wednesday, NOW, System())
    write_digest(person=person, day=day, calendar=working_calendar(wednesday))
    # What the unsent one said is news again: the last that the person had is that of Monday.
    assert seen == [TUESDAY - timedelta(days=1)]
    assert [row.state for row in Digest.objects.all()] == ["sent"]


def test_the_tick_is_the_heartbeat_and_keeps_the_longest_silence():
    tick(at=NOW)
    tick(at=NOW + timedelta(minutes=5))
    tick(at=NOW + timedelta(minutes=25))
    note_tick(at=NOW + timedelta(minutes=30))
    beat = RoutineRun.objects.get(routine="tick")
    assert RoutineRun.objects.heartbeat() == beat.finished_at == NOW + timedelta(minutes=30)
    assert beat.result == {"longest_gap": 1200}
