"""The report for support: what helps to find a fault, without secrets and without people."""

import platform
import sys
from collections.abc import Iterator
from datetime import UTC

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count
from django.utils.translation import override

from delivery_unit.logs import redacted
from delivery_unit.status import Status, database_bytes
from delivery_unit.version import VERSION
from stocktakes.models import Digest, Job, MailRecord

OURS = ("accounts", "goals", "stocktakes")
JOBS_TOLD = 20


def report(found: Status) -> str:
    """Names, addresses, hosts and texts stay here; errors are named by their kind only."""
    with override("en"):
        return redacted("\n".join(_lines(found))) + "\n"


def _lines(found: Status) -> Iterator[str]:
    yield f"Delivery Unit {VERSION}, {found.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    yield "No names, addresses, hosts, passwords or texts of people are in this report."
    yield from _heading("Installation")
    yield f"Python {platform.python_version()}, Django {django.get_version()}, {sys.platform}"
    yield f"{connection.vendor} {_server_version()}, {database_bytes()} bytes"
    yield f"broker: {'redis' if settings.REDIS_URL else 'files'}"
    yield f"https: {settings.SITE_URL.startswith('https')}, demo: {settings.DEMO}"
    yield f"mail: {settings.EMAIL_TRANSPORT.rsplit('.', 2)[-2]}, zone: {found.system.time_zone}"
    yield from _heading("Parts")
    # The state and no more: what was seen may name hosts and folders.
    yield from (f"{part.name}: {part.mark}" for part in found.parts)
    yield from _heading("Jobs")
    yield from _counts(Job, "kind", "state")
    yield from (_failed_job(job) for job in Job.objects.filter(state="failed")[:JOBS_TOLD])
    yield from _heading("Mail")
    yield from _counts(Digest, "state")
    yield from _counts(MailRecord, "kind", "state")
    yield from _heading("Rows")
    for model in apps.get_models():
        yield f"{model._meta.label_lower}: {model._default_manager.count()}"  # noqa: SLF001 - Django's own name for it
    yield from _heading("Migrations")
    applied = MigrationRecorder(connection).applied_migrations()
    yield from (f"{app} {name}" for app, name in sorted(applied) if app in OURS)


def _heading(words: str) -> Iterator[str]:
    yield ""
    yield f"== {words}"


def _failed_job(job: Job) -> str:
    return f"failed: {job.kind}, {job.attempts} attempts, {job.error_kind}"


def _counts(model: type[Job | Digest | MailRecord], *by: str) -> Iterator[str]:
    rows = model._default_manager.order_by().values(*by).annotate(n=Count("pk")).order_by(*by)  # noqa: SLF001
    for row in rows:
        yield f"{model.__name__} {', '.join(str(row[name]) for name in by)}: {row['n']}"


def _server_version() -> str:
    with connection.cursor() as cursor:
        statement = (
            "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
        )
        cursor.execute(statement)
        return str(cursor.fetchone()[0]).split()[0]
