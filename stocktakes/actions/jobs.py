"""Background jobs: asked for in a transaction, taken under a lease, done at least once."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from stocktakes.models import Job, JobQuerySet

logger = logging.getLogger(__name__)

Work = Callable[[Job, datetime], dict[str, Any]]

MAX_ATTEMPTS = 10  # with the delays between them about five hours
FIRST_DELAY = timedelta(minutes=2)
LONGEST_DELAY = timedelta(hours=1)


def enqueue(*, kind: str, key: str, at: datetime, payload: dict[str, Any] | None = None) -> Job:
    """Asks for a piece of work, once for each key; asking again changes nothing.

    The row is written in the caller's transaction; the bell rings after the commit.
    """
    job, made = Job.objects.get_or_create(
        kind=kind, key=key, defaults={"payload": payload or {}, "created_at": at, "due_at": at}
    )
    if made:
        transaction.on_commit(partial(ring, job.pk))
    return job


@transaction.atomic
def ask_again(*, jobs: JobQuerySet, at: datetime) -> int:
    """Starts finished or given-up jobs anew, with all their attempts before them; how many."""
    over = jobs.filter(state__in=[Job.State.DONE, Job.State.FAILED]).order_by("pk")
    ids = list(over.select_for_update().values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).update(
        state=Job.State.WAITING, due_at=at, attempts=0, finished_at=None
    )
    for job_id in ids:
        transaction.on_commit(partial(ring, job_id))
    return len(ids)


def ring(job_id: int) -> None:
    """Tells a worker that there is work. A bell that nobody hears is rung again by the tick."""
    try:
        current_app.send_task("stocktakes.run_job", args=[job_id], ignore_result=True)
    except (OperationalError, OSError) as error:
        logger.warning("Job %s waits for the tick: the broker does not answer (%s)", job_id, error)


def take(*, job_id: int, at: datetime) -> Job | None:
    """The job under a lease, or None if it is not due, done, or in somebody else's hands."""
    lease = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    taken = Job.objects.due(at).filter(pk=job_id, attempts__lt=MAX_ATTEMPTS).order_by()
    if not taken.update(
        state=Job.State.RUNNING, lease_until=at + lease, attempts=F("attempts") + 1, started_at=at
    ):
        return None
    return Job.objects.get(pk=job_id)


def finish(*, job: Job, at: datetime, result: dict[str, Any]) -> bool:
    """Marks the job done, unless its lease ran out and somebody else took it since."""
    return bool(
        _still_mine(job).update(
            state=Job.State.DONE, finished_at=at, lease_until=None, result=result, error=""
        )
    )


def fail(*, job: Job, at: datetime, error: str) -> bool:
    """Puts the job back with a growing delay, or gives it up after so many attempts."""
    if job.attempts >= MAX_ATTEMPTS:
        return bool(
            _still_mine(job).update(
                state=Job.State.FAILED, finished_at=at, lease_until=None, error=error
            )
        )
    delay = min(FIRST_DELAY * 2 ** (job.attempts - 1), LONGEST_DELAY)
    return bool(
        _still_mine(job).update(
            state=Job.State.WAITING, due_at=at + delay, lease_until=None, error=error
        )
    )


def _still_mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def run(*, job_id: int, kinds: Mapping[str, Work], clock: Callable[[], datetime]) -> str:
    """Takes the job, does it, and says how it ended: done, failed, or not taken."""
    job = take(job_id=job_id, at=clock())
    if job is None:
        return "not taken"
    try:
        result = kinds[job.kind](job, clock())
    except Exception as error:
        # The boundary of background work: whatever went wrong is kept with the job, and logged.
        logger.exception("Job %s, attempt %s", job, job.attempts)
        fail(job=job, at=clock(), error=f"{type(error).__name__}: {error}"[:2000])
        return "failed"
    finish(job=job, at=clock(), result=result)
    return "done"


def requeue(*, at: datetime) -> int:
    """Rings again for every job that is due: new, put back, or left behind by a dead worker.

    A job that so often left a dead worker behind is given up: it may be what kills them.
    """
    Job.objects.due(at).filter(attempts__gte=MAX_ATTEMPTS).order_by().update(
        state=Job.State.FAILED,
        finished_at=at,
        lease_until=None,
        error=_("The worker stopped in the middle, %s times.") % MAX_ATTEMPTS,
    )
    ids = list(Job.objects.due(at).values_list("pk", flat=True))
    for job_id in ids:
        ring(job_id)
    return len(ids)
