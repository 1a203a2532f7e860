from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from stocktakes.actions import jobs
from stocktakes.models import Job

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=30)


def clock():
    return NOW


def make_job(key="one", **fields):
    return Job.objects.create(kind="count", key=key, **{"created_at": NOW, "due_at": NOW, **fields})


def test_enqueue_writes_one_row_for_each_key():
    one = jobs.enqueue(kind="count", key="2026-07-21", at=NOW)
    same = jobs.enqueue(kind="count", key="2026-07-21", at=LATER)
    assert (one.pk, Job.objects.count()) == (same.pk, 1)


def test_enqueue_leaves_nothing_when_the_transaction_fails():
    def fails_after_enqueuing():
        with transaction.atomic():
            jobs.enqueue(kind="count", key="2026-07-21", at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_after_enqueuing()
    assert not Job.objects.exists()


def test_run_does_the_work_once():
    done = []
    kinds = {"count": lambda job, at: done.append((job.key, at)) or {"n": 1}}
    job = make_job()
    assert jobs.run(job_id=job.pk, kinds=kinds, clock=clock) == "done"
    assert jobs.run(job_id=job.pk, kinds=kinds, clock=clock) == "not taken"
    job.refresh_from_db()
    assert done == [("one", NOW)]
    assert (job.state, job.result, job.finished_at, job.attempts) == ("done", {"n": 1}, NOW, 1)


def test_a_job_in_hand_is_taken_by_nobody_else_until_its_lease_ran_out(settings):
    settings.JOB_LEASE_SECONDS = 60
    job = make_job()
    assert jobs.take(job_id=job.pk, at=NOW) is not None
    assert jobs.take(job_id=job.pk, at=NOW + timedelta(seconds=60)) is None
    again = jobs.take(job_id=job.pk, at=NOW + timedelta(seconds=61))
    assert again.attempts == 2


def test_a_worker_whose_lease_ran_out_does_not_close_the_job_of_another(settings):
    settings.JOB_LEASE_SECONDS = 60
    job = make_job()
    first = jobs.take(job_id=job.pk, at=NOW)
    jobs.take(job_id=job.pk, at=LATER)
    assert jobs.finish(job=first, at=LATER, result={"late": True}) is False
    job.refresh_from_db()
    assert job.state == "running"


def fails(_job, _at):
    raise RuntimeError("the mail server is away")


def test_a_job_that_fails_is_put_back_with_a_growing_delay():
    job = make_job()
    assert jobs.run(job_id=job.pk, kinds={"count": fails}, clock=clock) == "failed"
    job.refresh_from_db()
    assert (job.state, job.due_at) == ("waiting", NOW + timedelta(minutes=2))
    assert job.error == "RuntimeError: the mail server is away"


def test_a_job_that_fails_too_often_is_given_up():
    job = make_job(attempts=jobs.MAX_ATTEMPTS - 1)
    jobs.run(job_id=job.pk, kinds={"count": fails}, clock=clock)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == ("failed", NOW)


def test_the_delay_grows_to_an_hour():
    job = make_job(attempts=jobs.MAX_ATTEMPTS - 2)
    jobs.run(job_id=job.pk, kinds={"count": fails}, clock=clock)
    job.refresh_from_db()
    assert (job.state, job.due_at) == ("waiting", NOW + timedelta(hours=1))


def test_a_job_that_kills_its_worker_each_time_is_given_up():
    past = NOW - timedelta(seconds=1)
    job = make_job(state="running", lease_until=past, attempts=jobs.MAX_ATTEMPTS)
    assert jobs.take(job_id=job.pk, at=NOW) is None
    assert jobs.requeue(at=NOW) == 0
    job.refresh_from_db()
    assert (job.state, job.finished_at) == ("failed", NOW)
    assert job.error == "The worker stopped in the middle, 10 times."


def test_due_are_waiting_jobs_and_those_left_behind():
    make_job("waiting")
    make_job("tomorrow", due_at=LATER)
    make_job("dead", state="running", lease_until=NOW - timedelta(seconds=1))
    make_job("alive", state="running", lease_until=LATER)
    make_job("done", state="done", finished_at=NOW)
    assert [job.key for job in Job.objects.due(NOW)] == ["waiting", "dead"]


def test_a_bell_that_nobody_hears_is_forgiven(monkeypatch, caplog):
    def silent(*_args, **_options):
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("celery.app.base.Celery.send_task", silent)
    jobs.ring(7)
    assert "waits for the tick" in caplog.text
