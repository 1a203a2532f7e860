"""Whether what the installation stands on answers."""

from django.conf import settings
from django.db import DatabaseError, connection
from kombu.connection import Connection
from kombu.exceptions import OperationalError


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def broker_answers() -> bool:
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(  # type: ignore[no-untyped-call]
            settings.CELERY_BROKER_URL, transport_options=options
        ) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (OSError, OperationalError):
        return False
    return True
