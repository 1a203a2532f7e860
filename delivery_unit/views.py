"""Whether the installation is alive. Nothing about goals."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from kombu.connection import Connection
from kombu.exceptions import OperationalError

PLAIN = "text/plain; charset=utf-8"


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """200 and `ok` when the database answers."""
    return _answer([] if _database_answers() else ["database"])


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """200 and `ok` when the database and the broker answer."""
    silent = [] if _database_answers() else ["database"]
    return _answer(silent if _broker_answers() else [*silent, "broker"])


def _answer(silent: list[str]) -> HttpResponse:
    if silent:
        return HttpResponse(f"no answer: {', '.join(silent)}", status=503, content_type=PLAIN)
    return HttpResponse("ok", content_type=PLAIN)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(  # type: ignore[no-untyped-call]
            settings.CELERY_BROKER_URL, transport_options=options
        ) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (OSError, OperationalError):
        return False
    return True
