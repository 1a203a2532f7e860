"""How the installation is: each part with what was seen of it. Nothing about goals, nothing changed."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from kombu.exceptions import OperationalError

from accounts.models import System
from delivery_unit import health, logs
from delivery_unit.celery import app as celery_app
from delivery_unit.mail import goes_to_files
from delivery_unit.templatetags.display import clock, moment, short_day
from delivery_unit.version import VERSION
from stocktakes.models import BackupRecord, Digest, Intervention, Job, MailRecord, RoutineRun
from stocktakes.timetable import BACKUP_WANTED_AFTER, SILENT_AFTER, next_daily

WELL, LOOK, BAD = "ok", "late", "bad"
DISK_LIMIT_PERCENT = 80
SHOWN = 20


@dataclass(frozen=True)
class Part:
    """One part of the installation. `trouble`: the words of the title, where it is not well."""

    name: str
    detail: str
    seen: str
    checked: datetime
    mark: str = WELL
    word: str = ""
    trouble: str = ""

    @property
    def state(self) -> str:
        return self.word or _("Well")


@dataclass(frozen=True)
class Disk:
    """The disk that a folder lies on. `bar` is its used share of 120 units of width."""

    name: str
    used: int
    total: int

    @property
    def percent(self) -> int:
        return self.used * 100 // self.total if self.total else 0

    @property
    def bar(self) -> int:
        return self.percent * 120 // 100

    @property
    def words(self) -> str:
        return _("%(used)s of %(total)s") % {
            "used": filesizeformat(self.used),
            "total": filesizeformat(self.total),
        }


@dataclass
class Status:
    """What the page and the report show, as seen at one moment."""

    at: datetime
    system: System
    parts: list[Part] = field(default_factory=list)

    @property
    def well(self) -> int:
        return sum(part.mark == WELL for part in self.parts)

    @property
    def title(self) -> str:
        """One sentence: the worst first."""
        ill = [part.trouble for part in self.parts if part.mark == BAD]
        odd = [part.trouble for part in self.parts if part.mark == LOOK]
        first, *rest = [*ill, *odd] or [""]
        if not first:
            return _("Everything runs.")
        start = first if ill else _("Everything runs; %(trouble)s") % {"trouble": first}
        more = ngettext(
            " One more part needs you.", " %(count)s more parts need you.", len(rest)
        ) % {"count": len(rest)}
        return f"{start[0].upper()}{start[1:]}.{more if rest else ''}"

    @cached_property
    def failed_jobs(self) -> QuerySet[Job]:
        return Job.objects.filter(state=Job.State.FAILED)[:SHOWN]

    @cached_property
    def open_jobs(self) -> QuerySet[Job]:
        waiting = [Job.State.WAITING, Job.State.RUNNING]
        return Job.objects.filter(state__in=waiting).order_by("due_at", "pk")[:SHOWN]

    @cached_property
    def last_jobs(self) -> list[Job]:
        """The last ended job of each kind: the routines."""
        newest: dict[str, Job] = {}
        ended = Job.objects.filter(finished_at__isnull=False).order_by("-finished_at")
        for job in ended[: SHOWN * 10]:
            newest.setdefault(job.kind, job)
        return list(newest.values())

    @cached_property
    def uncertain(self) -> list[Digest]:
        rows = Digest.objects.filter(state=Digest.State.UNCERTAIN).select_related("person")
        return list(rows.order_by("on", "pk")[:SHOWN])

    @cached_property
    def backups(self) -> list[BackupRecord]:
        return list(BackupRecord.objects.all()[:7])

    @cached_property
    def verified(self) -> BackupRecord | None:
        rows = BackupRecord.objects.filter(verified_at__isnull=False)
        return rows.order_by("-verified_at").first()

    @cached_property
    def interventions(self) -> QuerySet[Intervention]:
        return Intervention.objects.select_related("by")[:10]

    @cached_property
    def mail_stop(self) -> Intervention | None:
        return Intervention.objects.mail_stop()

    @cached_property
    def disks(self) -> list[Disk]:
        return list(disks(self.backups))

    @property
    def coming(self) -> list[tuple[datetime, str]]:
        zone, hour = self.system.time_zone, self.system.routine_hour
        rows = [
            (next_daily(self.at, zone, hour), _("Daily routine: standings, late data, digests"))
        ]
        later = Job.objects.filter(state=Job.State.WAITING, due_at__gt=self.at).order_by("due_at")
        rows += [(job.due_at, kind_in_words(job.kind)) for job in later[:5]]
        return sorted(rows)


def kind_in_words(kind: str) -> str:
    words = {
        "daily": _("Daily routine"),
        "zone_digests": _("Digests in another time zone"),
        "send_digests": _("Sending of digests"),
        "draw_pack": _("Pack drawn as PDF"),
    }
    return words.get(kind, kind.replace("_", " ").capitalize())


def result_in_words(result: dict[str, Any]) -> str:
    """What a job said at its end: "37 sent, 1 uncertain"."""
    words = {
        "standings": _("standings"),
        "digests": _("digests written"),
        "sent": _("sent"),
        "failed": _("refused"),
        "uncertain": _("uncertain"),
        "waiting": _("waiting"),
    }
    told = [f"{value} {words[name]}" for name, value in result.items() if name in words]
    return ", ".join(told)


def status(*, at: datetime, system: System) -> Status:
    """Reads everything. Each part stands for itself: one that is ill hides none of the others."""
    found = Status(at=at, system=system)
    beat = RoutineRun.objects.heartbeat()
    found.parts = [
        _web(at),
        *_worker_and_timetable(at, beat),
        _broker(at),
        _mail(found),
        _database(at),
        _storage(found),
        _backup(found),
    ]
    return found


def is_silent(beat: datetime | None, at: datetime) -> bool:
    """Whether it is too long since the worker was heard of."""
    return beat is None or at - beat > SILENT_AFTER


def _midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def _web(at: datetime) -> Part:
    seen = logs.speed(time.time() - 3600)
    words = _("This page was built.")
    if seen:
        words = _(
            "%(count)s pages by this process in the last hour: half within %(median)s ms,"
            " 19 in 20 within %(most)s ms"
        ) % dict(zip(("count", "median", "most"), seen, strict=True))
    return Part(_("Web"), _("version %(version)s") % {"version": VERSION}, words, at)


def _worker_and_timetable(at: datetime, beat: datetime | None) -> Iterator[Part]:
    every = _("every five minutes")
    if beat is not None and at - beat <= SILENT_AFTER:
        yield Part(_("Worker"), "", _jobs_today(at), beat)
        yield Part(_("Timetable"), every, _gap(at, beat), beat)
        return
    since = _("since %(moment)s") % {"moment": moment(beat)} if beat else _("from the beginning")
    if _worker_answers():
        trouble = _("the timetable has been silent %(since)s, though the worker answers") % {
            "since": since
        }
        yield Part(_("Worker"), "", _("Answers when asked. ") + _jobs_today(at), at)
        yield Part(_("Timetable"), every, _("No tick ") + since, at, BAD, _("Silent"), trouble)
        return
    trouble = _("the worker has been silent %(since)s") % {"since": since}
    yield Part(_("Worker"), "", _jobs_today(at), at, BAD, _("Silent"), trouble)
    unknown = _("Its ticks are done by the worker: start that first.")
    yield Part(
        _("Timetable"), every, unknown, at, LOOK, _("Unknown"), _("the timetable is unknown")
    )


def _worker_answers() -> bool:
    """Asks over the broker, and waits a second at most."""
    try:
        asked = celery_app.control.broadcast("ping", reply=True, timeout=1.0, limit=1)
    except (OSError, OperationalError):
        return False
    return bool(asked)


def _jobs_today(at: datetime) -> str:
    since = _midnight(at)
    counts = Job.objects.aggregate(
        done=Count("pk", filter=Q(state=Job.State.DONE, finished_at__gte=since)),
        failed=Count("pk", filter=Q(state=Job.State.FAILED)),
        waiting=Count("pk", filter=Q(state__in=[Job.State.WAITING, Job.State.RUNNING])),
    )
    return _("%(done)s jobs done since midnight, %(waiting)s waiting, %(failed)s given up") % counts


def _gap(at: datetime, beat: datetime) -> str:
    week = RoutineRun.objects.filter(
        routine=RoutineRun.TICK, finished_at__gte=at - timedelta(days=7)
    )
    longest = max((run.result.get("longest_gap", 0) for run in week), default=0)
    return _("Last tick %(last)s. Longest silence in 7 days: %(minutes)s min") % {
        "last": clock(beat),
        "minutes": longest // 60,
    }


def _broker(at: datetime) -> Part:
    kind = "Redis" if settings.REDIS_URL else _("files")
    if health.broker_answers():
        return Part(_("Broker"), kind, _("Answers"), at)
    trouble = _("the broker does not answer; jobs wait in the database and nothing is lost")
    return Part(_("Broker"), kind, _("No answer"), at, BAD, _("Away"), trouble)


def _mail(found: Status) -> Part:
    way = _("written to files") if goes_to_files() else settings.EMAIL_HOST
    since = _midnight(found.at)
    digests = Digest.objects.aggregate(
        sent=Count("pk", filter=Q(sent_at__gte=since)),
        uncertain=Count("pk", filter=Q(state=Digest.State.UNCERTAIN)),
        refused=Count("pk", filter=Q(state=Digest.State.FAILED, claimed_at__gte=since)),
        waiting=Count("pk", filter=Q(state=Digest.State.WRITTEN)),
    )
    asked = MailRecord.objects.filter(at__gte=since)
    digests["sent"] += asked.filter(state=MailRecord.State.SENT).count()
    digests["refused"] += asked.filter(state=MailRecord.State.FAILED).count()
    words = (
        _("%(sent)s sent today, %(waiting)s waiting, %(uncertain)s uncertain, %(refused)s refused")
        % digests
    )
    mark, word, trouble = _mail_trouble(found, digests)
    return Part(_("Mail"), way, words, found.at, mark, word, trouble)


def _mail_trouble(found: Status, digests: dict[str, int]) -> tuple[str, str, str]:
    if count := digests["uncertain"]:
        words = ngettext(
            "one mail is uncertain and waits for your decision",
            "%(count)s mails are uncertain and wait for your decision",
            count,
        )
        return LOOK, _("%(count)s to decide") % {"count": count}, words % {"count": count}
    if found.mail_stop:
        return LOOK, _("Stopped"), _("outgoing mail is stopped")
    return WELL, "", ""


def _database(at: datetime) -> Part:
    return Part(
        _("Database"),
        f"{connection.vendor.replace('postgresql', 'PostgreSQL').replace('sqlite', 'SQLite')}, "
        f"{filesizeformat(database_bytes())}",
        _("Answers"),
        at,
    )


def database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("PRAGMA page_count")
        pages = int(cursor.fetchone()[0])
        cursor.execute("PRAGMA page_size")
        return pages * int(cursor.fetchone()[0])


def disks(backups: list[BackupRecord]) -> Iterator[Disk]:
    """The disk of the product's files, and that of the last backup where it is another one."""
    places = [(_("Files of the system"), Path(settings.DATA_DIR))]
    places += [(_("Place of the last backup"), Path(each.place)) for each in backups[:1]]
    seen = set()
    for name, place in places:
        if place.is_dir() and (device := place.stat().st_dev) not in seen:
            seen.add(device)
            usage = shutil.disk_usage(place)
            yield Disk(name, usage.used, usage.total)


def _storage(found: Status) -> Part:
    fullest = max((disk.percent for disk in found.disks), default=0)
    words = "; ".join(f"{disk.name}: {disk.words}" for disk in found.disks)
    if fullest < DISK_LIMIT_PERCENT:
        return Part(_("Storage"), _("disks"), words, found.at)
    trouble = _("a disk is full to %(percent)s percent") % {"percent": fullest}
    return Part(_("Storage"), _("disks"), words, found.at, LOOK, _("Nearly full"), trouble)


def _backup(found: Status) -> Part:
    name, detail = _("Backup"), _("manage.py backup")
    last = found.backups[0] if found.backups else None
    if last is None:
        trouble = _("no backup has been made yet")
        return Part(name, detail, _("None yet"), found.at, LOOK, _("None yet"), trouble)
    if last.error:
        trouble = _("the last backup did not succeed")
        return Part(name, detail, last.error, last.finished_at, BAD, _("Failed"), trouble)
    seen = _("Last copy %(when)s, %(size)s") % {
        "when": moment(last.finished_at),
        "size": filesizeformat(last.size),
    }
    if found.verified and found.verified.verified_at:
        seen += ". " + _("Read again %(day)s") % {"day": short_day(found.verified.verified_at)}
    if found.at - last.finished_at > BACKUP_WANTED_AFTER:
        trouble = _("the last backup is of %(day)s") % {"day": short_day(last.finished_at)}
        return Part(name, detail, seen, last.finished_at, LOOK, _("Old"), trouble)
    return Part(name, detail, seen, last.finished_at)
