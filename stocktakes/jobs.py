"""Which kinds of background jobs there are, and what does each."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from stocktakes import pdf
from stocktakes.actions.digests import send_digests
from stocktakes.actions.jobs import Work
from stocktakes.actions.packs import DRAW_PACK, keep_pdf
from stocktakes.actions.routines import (
    SEND_DIGESTS,
    ZONE_DIGESTS,
    daily_routine,
    zone_digests,
)
from stocktakes.models import Job
from stocktakes.timetable import DAILY, Morning


def _daily(job: Job, at: datetime) -> dict[str, Any]:
    return daily_routine(on=date.fromisoformat(job.key), at=at)


def _zone_digests(job: Job, at: datetime) -> dict[str, Any]:
    return zone_digests(morning=Morning.from_key(job.key), at=at)


def _send_digests(job: Job, at: datetime) -> dict[str, Any]:  # noqa: ARG001 - every kind takes both
    return send_digests(on=date.fromisoformat(job.key), clock=timezone.now)


def _draw_pack(job: Job, at: datetime) -> dict[str, Any]:  # noqa: ARG001 - every kind takes both
    if not pdf.is_available():
        return {
            "drawn": False
        }  # the view says so to whoever asks; nothing is gained by trying again
    return {"drawn": True, "sha256": keep_pdf(pack_id=int(job.key)).pdf_sha256}


KINDS: dict[str, Work] = {
    DAILY: _daily,
    ZONE_DIGESTS: _zone_digests,
    SEND_DIGESTS: _send_digests,
    DRAW_PACK: _draw_pack,
}
