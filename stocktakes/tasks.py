"""What a worker is rung for. Each reads the clock and calls one action."""

from celery import shared_task
from django.utils import timezone

from stocktakes.actions import jobs, routines
from stocktakes.jobs import KINDS


@shared_task(name="stocktakes.tick")
def tick() -> dict[str, int]:
    return routines.tick(at=timezone.now())


@shared_task(name="stocktakes.run_job")
def run_job(job_id: int) -> str:
    return jobs.run(job_id=job_id, kinds=KINDS, clock=timezone.now)
