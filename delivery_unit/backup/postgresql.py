"""A copy of a running PostgreSQL database by pg_dump, and the way back in one transaction."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction

from delivery_unit.backup.manifest import BackupError, count_rows, tell_differences

NAME = "database.dump"
SECONDS_TO_WAIT = 20
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"


def tool(name: str) -> str:
    """PG_BIN, the search path, or the newest that Debian keeps in its own folders."""
    if (folder := os.environ.get("PG_BIN")) and (found := shutil.which(name, path=folder)):
        return found
    if found := shutil.which(name):
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if versions:
        return str(max(versions, key=lambda path: int(path.parent.parent.name)))
    raise BackupError(
        f"{name} is not on this machine. Install the client programs of PostgreSQL"
        " (on Debian: apt-get install postgresql-client), or name their folder in PG_BIN."
        " Nothing was changed."
    )


def _environment() -> dict[str, str]:
    """How the tools reach the database; the password is never on a command line."""
    facts = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    given = {variable: str(facts[key]) for key, variable in names.items() if facts.get(key)}
    return {**os.environ, **given}


def _run(command: list[str], what: str, **streams: IO[bytes]) -> str:
    """What the program says; or, with `stdout`, it writes there."""
    given: dict[str, Any] = {"stdout": subprocess.PIPE, **streams}
    done = subprocess.run(  # noqa: S603 - fixed words and our own paths
        command, env=_environment(), stderr=subprocess.PIPE, check=False, **given
    )
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(f"{what}: {' '.join(told[-3:]) or done.returncode}")
    return (done.stdout or b"").decode(errors="replace")


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for (name,) in cursor.fetchall()]


def dump(folder: Path) -> dict[str, int]:
    """pg_dump and the counts look at the same snapshot, whatever is written meanwhile."""
    program = tool("pg_dump")
    with _snapshot() as (name, counts):
        _run(
            [program, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={name}",
             f"--file={folder / NAME}"],
            "The database could not be copied",
        )  # fmt: skip
    return counts


@contextmanager
def _snapshot() -> Iterator[tuple[str, dict[str, int]]]:
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            name = str(cursor.fetchone()[0])
            cursor.execute(TABLES)
            counts = count_rows(cursor, [row[0] for row in cursor.fetchall()])
            yield name, counts
    finally:
        own.close()


def verify(path: Path, counts: dict[str, int]) -> None:
    """Unpacks the whole copy to nowhere: pg_restore reads every table of it."""
    text = _run(
        [tool("pg_restore"), "--list", str(path)], "The database in the backup is unreadable"
    )
    rows = (line.partition(" TABLE DATA ")[2].split() for line in text.splitlines())
    listed = {row[1] for row in rows if row}  # schema, table, owner
    if missing := sorted(counts.keys() - listed):
        raise BackupError(f"The backup does not hold what it says: {missing[0]} is missing.")
    _run(
        [tool("pg_restore"), "--file", os.devnull, str(path)],
        "The database in the backup is unreadable",
    )


def restore(path: Path, counts: dict[str, int]) -> None:
    """Old tables away, the copy in, every table counted: one transaction, all of it or nothing."""
    program = tool("psql")
    old, schema = tables(), _schema()
    connection.close()
    with tempfile.TemporaryFile() as script:
        _write_script(script, path, old, _proof(schema, counts))
        _run(
            [program, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"],
            "The database could not be put in place, and is as it was before. Does the system"
            " still run? Stop web server, worker and timetable first. PostgreSQL said",
            stdin=script,
        )
    with transaction.atomic(), connection.cursor() as cursor:
        if different := tell_differences(counts, count_rows(cursor, tables())):
            raise BackupError(f"After the restore the tables differ: {different}.")


def _write_script(script: IO[bytes], path: Path, old: list[str], proof: str) -> None:
    """Everything that is done in the one transaction; the copy may be larger than the memory."""
    drops = "".join(f'DROP TABLE IF EXISTS "{name}" CASCADE;\n' for name in old)
    script.write(f"SET lock_timeout = '{SECONDS_TO_WAIT}s';\n{drops}".encode())
    script.flush()
    _run(
        [tool("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)],
        "The backup could not be unpacked; the system is as it was before",
        stdout=script,
    )
    script.seek(0, os.SEEK_END)
    script.write(proof.encode())
    script.seek(0)


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _proof(schema: str, counts: dict[str, int]) -> str:
    """Fails inside the transaction if a table came out with another number of rows."""
    checks = "".join(
        f'IF (SELECT count(*) FROM "{schema}"."{name}") <> {count} THEN'  # noqa: S608 - our tables
        f" RAISE EXCEPTION 'the table {name} has not {count} rows'; END IF;\n"
        for name, count in counts.items()
    )
    return f"\nDO $proof$ BEGIN\n{checks}END $proof$;\n"
