"""A real worker on a real broker, really killed: nothing is lost and nothing is done twice."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.models import Standing
from goals.tests.factories import make_goal, make_observation, make_series, make_trajectory
from stocktakes.actions.jobs import enqueue
from stocktakes.actions.routines import run_by_hand, tick
from stocktakes.models import Digest, Job, RoutineRun
from stocktakes.tests.mail_sink import MailSink

PEOPLE = 40


@pytest.fixture
def sink(monkeypatch):
    """The mail server of the worker; a worker that is silent for two seconds counts as dead."""
    server = MailSink(pause=0.15)
    monkeypatch.setenv("EMAIL_URL", server.url)
    monkeypatch.setenv("JOB_LEASE_SECONDS", "2")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def team(transactional_db):
    """Everybody is on the team of a goal whose new number came in this morning."""
    System.objects.create(name="Everly", weekend=[])
    now = timezone.now()
    series = make_series()
    end = now.date() - timedelta(days=20)
    make_observation(series, end, 50, known_from=now)
    make_trajectory(
        series,
        baseline=(end - timedelta(days=400), 40),
        target=(end + timedelta(days=400), 60),
    )
    people = [
        make_person(Role.GOAL_TEAM, name=f"Member {number}", password="x")
        for number in range(PEOPLE)
    ]
    make_goal("L1", series=series, team=people)
    return people


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def states():
    return Counter(Digest.objects.values_list("state", flat=True))


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_worker_killed_while_sending_loses_nothing_and_sends_nothing_twice(
    team, sink, celery_worker_process, pool
):
    on = timezone.localdate()
    for person in team:
        Digest.objects.create(
            person=person, on=on, counted_on=on, subject="News", body="News.", written_at=timezone.now(),
            message_id=f"<{person.pk}@example.test>",
        )  # fmt: skip
    worker = celery_worker_process(pool=pool)
    enqueue(kind="send_digests", key=on.isoformat(), at=timezone.now())
    wait_until(lambda: len(sink.messages) >= 5)
    worker.kill()
    left = states()
    assert left["sent"] >= 4
    assert left["written"] >= 1
    assert left["claimed"] <= 1

    time.sleep(2.2)  # until its lease ran out
    celery_worker_process()
    tick(at=timezone.now())
    wait_until(lambda: Job.objects.get(kind="send_digests").state == "done")
    tick(at=timezone.now() + timedelta(minutes=11))
    ended = states()
    assert ended["sent"] + ended["uncertain"] == PEOPLE
    assert ended["uncertain"] == left["claimed"]
    assert [each for each, times in Counter(sink.message_ids).items() if times > 1] == []


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_worker_killed_in_the_daily_routine_leaves_it_to_the_next(
    team, sink, celery_worker_process, pool
):
    worker = celery_worker_process(pool=pool)
    on = timezone.localdate()
    job = enqueue(kind="daily", key=on.isoformat(), at=timezone.now())
    wait_until(lambda: Digest.objects.count() >= 3)
    worker.kill()
    assert Digest.objects.count() < PEOPLE
    assert Job.objects.get(pk=job.pk).state == "running"

    time.sleep(2.2)
    celery_worker_process()
    tick(at=timezone.now())
    wait_until(lambda: Job.objects.filter(kind="send_digests", state="done").exists(), 60)
    assert Counter(Digest.objects.values_list("person", flat=True)) == Counter(
        person.pk for person in team
    )
    assert states() == {"sent": PEOPLE}
    assert sorted(sink.message_ids) == sorted(Digest.objects.values_list("message_id", flat=True))
    assert Standing.objects.filter(is_of_finals=False).count() == 1
    assert RoutineRun.objects.filter(routine="daily", on=on).count() == 1


def test_a_child_that_the_machine_kills_is_replaced_and_its_job_done(
    team, sink, celery_worker_process
):
    """As when memory runs out: the worker lives, the process that did the work does not."""
    worker = celery_worker_process(pool="prefork", concurrency=1)
    on = timezone.localdate()
    job = enqueue(kind="daily", key=on.isoformat(), at=timezone.now())
    wait_until(lambda: Digest.objects.count() >= 3)
    worker.kill_children()
    assert Digest.objects.count() < PEOPLE
    time.sleep(2.2)
    tick(at=timezone.now())
    wait_until(lambda: Job.objects.filter(kind="send_digests", state="done").exists(), 60)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert states() == {"sent": PEOPLE}


def test_two_workers_take_a_job_once(team, sink, celery_worker_process):
    celery_worker_process()
    celery_worker_process()
    on = timezone.localdate()
    for _ring in range(5):
        job = enqueue(kind="daily", key=on.isoformat(), at=timezone.now())
        tick(at=timezone.now())
    wait_until(lambda: Job.objects.filter(kind="send_digests", state="done").exists(), 60)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)
    assert states() == {"sent": PEOPLE}


def test_by_hand_beside_the_worker_does_everything_once(
    team, sink, celery_worker_process, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.server_address
    celery_worker_process()
    on = timezone.localdate()
    enqueue(kind="daily", key=on.isoformat(), at=timezone.now())
    run_by_hand(on=on, clock=timezone.now)
    wait_until(lambda: Job.objects.filter(kind="send_digests", state="done").exists(), 60)
    tick(at=timezone.now())  # what the worker wrote after that job was done
    wait_until(lambda: states() == {"sent": PEOPLE}, 60)
    assert len(sink.message_ids) == len(set(sink.message_ids)) == PEOPLE
    assert Standing.objects.filter(is_of_finals=False).count() == 1
