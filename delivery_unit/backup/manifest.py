"""What a copy says of itself, and whether what lies there is still that."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from delivery_unit.version import VERSION

FORMAT = 1
FILE = "manifest.json"
FILES = "files.tar"


class BackupError(Exception):
    """Why a copy cannot be made, read or restored: a sentence that says what is safe."""


@dataclass(frozen=True)
class Part:
    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """Everything that a copy holds, so that it can be held against it."""

    version: str
    made_at: str
    database: str
    migrations: list[str]
    counts: dict[str, int]
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    @property
    def size(self) -> int:
        return sum(part.bytes for part in self.parts)

    @property
    def database_part(self) -> str:
        return next(part.name for part in self.parts if part.name != FILES)

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=1, sort_keys=True)
        (folder / FILE).write_text(text + "\n")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parts_in(folder: Path) -> list[Part]:
    return [
        Part(path.name, path.stat().st_size, digest_of(path)) for path in sorted(folder.iterdir())
    ]


def read(folder: Path) -> Manifest:
    """The manifest of a copy. Raises BackupError if there is none, or it is not whole."""
    try:
        told = json.loads((folder / FILE).read_text())
        manifest = Manifest(**{**told, "parts": [Part(**part) for part in told["parts"]]})
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise BackupError(
            f"{folder} holds no whole backup: its {FILE} cannot be read ({problem})."
        ) from problem
    if manifest.format != FORMAT:
        raise BackupError(f"The backup in {folder} has a form that this release does not know.")
    return manifest


def check_parts(folder: Path, manifest: Manifest) -> None:
    """Every byte is as it was written. Raises BackupError, which names the damaged part."""
    for part in manifest.parts:
        path = folder / part.name
        if Path(part.name).name != part.name or not path.is_file():
            raise BackupError(f"The backup is not whole: {part.name} is missing in {folder}.")
        if path.stat().st_size != part.bytes or digest_of(path) != part.sha256:
            raise BackupError(f"The backup is damaged: {path} is not what was written.")


# --- what the running system is -------------------------------------------------------------------


def applied_migrations() -> list[str]:
    return sorted(
        f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()
    )


def unknown_migrations(manifest: Manifest) -> list[str]:
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(connection, load=True).disk_migrations
    }
    return sorted(set(manifest.migrations) - known)


def check_release(manifest: Manifest) -> None:
    """A copy of a newer release is never restored: this code would not understand it."""
    if _numbers(manifest.version) > _numbers(VERSION) or (unknown := unknown_migrations(manifest)):
        detail = "" if _numbers(manifest.version) > _numbers(VERSION) else f" ({unknown[0]})"
        raise BackupError(
            f"The backup was made by release {manifest.version}{detail}, which is newer than this"
            f" one, {VERSION}. Install that release first. Nothing was changed."
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def count_rows(cursor: Any, tables: Iterable[str]) -> dict[str, int]:
    counts = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - the name of a table we hold
        counts[table] = int(cursor.fetchone()[0])
    return counts


def tell_differences(wanted: dict[str, int], found: dict[str, int]) -> str:
    names = sorted(wanted.keys() | found.keys())
    return ", ".join(
        f"{name}: {found.get(name, 'none')} instead of {wanted.get(name, 'none')}"
        for name in names
        if wanted.get(name) != found.get(name)
    )
