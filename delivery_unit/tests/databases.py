"""A second, empty database of the same kind, for tests that move a whole system."""

import uuid
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def another_database(folder):
    """While it lasts, the default connection leads to a new and empty database."""
    own = connection.settings_dict["NAME"]
    is_file = connection.vendor == "sqlite"
    name = f"delivery_unit_other_{uuid.uuid4().hex[:12]}"
    if not is_file:
        _on_server(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = str(Path(folder) / f"{name}.sqlite3") if is_file else name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        if not is_file:
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(statement):
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def picture(*, leave_out=()):
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - set(leave_out)
        rows = {}
        for name in sorted(names):
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - the name of a table
            rows[name] = sorted(repr([_plain(value) for value in row]) for row in cursor.fetchall())
    return rows


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value
