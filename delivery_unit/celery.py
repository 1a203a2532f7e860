"""The Celery application and the whole timetable, in code so that it is reviewed."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "delivery_unit.settings")

app = Celery("delivery_unit")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# One tick every five minutes asks the domain what is due; what is due is data.
app.conf.beat_schedule = {
    "tick": {"task": "stocktakes.tick", "schedule": 300.0, "options": {"expires": 290}},
}
