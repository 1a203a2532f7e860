"""The Celery application and the whole timetable, in code so that it is reviewed."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "delivery_unit.settings")

app = Celery("delivery_unit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# One tick every five minutes asks the domain what is due; what is due is data.
app.conf.beat_schedule = {
    "tick": {"task": "stocktakes.tick", "schedule": 300.0, "options": {"expires": 290}},
}


@worker_ready.connect
def note_start(**_kwargs: Any) -> None:
    """A worker that has just started is heard of at once, not only at its first tick."""
    from django.utils import timezone  # noqa: PLC0415 - the apps are loaded only now

    from stocktakes.actions.routines import note_tick  # noqa: PLC0415

    note_tick(at=timezone.now())
