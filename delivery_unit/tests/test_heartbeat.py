"""A real worker on a real broker: when it is heard of, and that it answers when asked."""

import time

from delivery_unit import status
from delivery_unit.celery import app as celery_app
from stocktakes.models import RoutineRun


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_worker_is_heard_of_at_its_start_and_at_a_tick_without_work(celery_worker_process):
    assert not status._worker_answers()
    worker = celery_worker_process()
    wait_until(RoutineRun.objects.heartbeat)
    assert status._worker_answers()
    RoutineRun.objects.all().delete()
    celery_app.send_task("stocktakes.tick", ignore_result=True)
    wait_until(RoutineRun.objects.heartbeat)
    worker.kill()
    assert not status._worker_answers()
