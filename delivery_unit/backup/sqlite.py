"""A copy of a running SQLite database, and the way back, both by SQLite's own online backup."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.db import connection

from delivery_unit.backup.manifest import BackupError, count_rows, tell_differences

NAME = "database.sqlite3"
SECONDS_TO_WAIT = 20
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def _live() -> sqlite3.Connection:
    return sqlite3.connect(connection.settings_dict["NAME"], timeout=1)


def _patience() -> Callable[[int, int, int], None]:
    """SQLite would wait for a lock for ever; we do not."""
    deadline = time.monotonic() + SECONDS_TO_WAIT

    def look(status: int, _remaining: int, _total: int) -> None:
        is_locked = status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
        if is_locked and time.monotonic() > deadline:
            raise BackupError(
                "The database is in use. Does the system still run? Stop web server, worker and"
                " timetable first. The database is as it was before."
            )

    return look


def _opened(path: Path) -> sqlite3.Connection:
    """To read only: a copy stays as it was written, wherever it lies."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def _counts(database: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in database.execute(TABLES)]
    return count_rows(database.cursor(), tables)


def dump(folder: Path) -> dict[str, int]:
    """Writes the copy as of one moment; the counts are those of the copy."""
    try:
        with closing(_live()) as live, closing(sqlite3.connect(folder / NAME)) as copy:
            live.backup(copy, progress=_patience())
            # One file, whole in itself: no journal beside it has to be kept.
            copy.execute("PRAGMA journal_mode=DELETE")
            _check(copy)
            return _counts(copy)
    except sqlite3.Error as problem:
        raise BackupError(f"The database could not be copied: {problem}.") from problem


def _check(copy: sqlite3.Connection) -> None:
    answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        raise BackupError(f"The copy of the database is faulty: {answer}.")


def verify(path: Path, counts: dict[str, int]) -> None:
    """Opens the copy, looks for faults, and counts every table."""
    try:
        with closing(_opened(path)) as copy:
            _check(copy)
            found = _counts(copy)
    except sqlite3.Error as problem:
        raise BackupError(f"The database in the backup cannot be read: {problem}.") from problem
    if different := tell_differences(counts, found):
        raise BackupError(f"The backup does not hold what it says: {different}.")


def restore(path: Path, counts: dict[str, int]) -> None:
    """Puts the copy in the place of the live database, in one transaction of SQLite's own."""
    connection.close()
    try:
        with closing(_opened(path)) as copy, closing(_live()) as live:
            copy.backup(live, progress=_patience())
            found = _counts(live)
    except sqlite3.Error as problem:
        raise BackupError(
            f"The database could not be put in place: {problem}. It is as it was before."
        ) from problem
    if different := tell_differences(counts, found):
        raise BackupError(f"After the restore the tables differ: {different}.")
