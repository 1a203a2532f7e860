"""The way back: everything is looked at first, then it is one step, then it is proved."""

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from delivery_unit.backup import manifest as manifests
from delivery_unit.backup.copying import engine, verify
from delivery_unit.backup.manifest import FILES, BackupError, Manifest
from stocktakes.actions.running import settle_after_restore
from stocktakes.models import BackupRecord

# What a fresh installation holds before anybody has entered anything.
EMPTY_ANYWAY = {"django_migrations", "django_content_type", "auth_permission"}
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


def rows_here() -> int:
    """How many rows somebody would lose."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - EMPTY_ANYWAY
        return sum(manifests.count_rows(cursor, tables).values())


def restore_backup(*, folder: Path, replace: bool, at: datetime) -> Manifest:
    """Raises BackupError with the reason; until the last step nothing has changed."""
    found = manifests.read(folder)
    if found.database != connection.vendor:
        raise BackupError(
            f"This is a backup of {NAMES.get(found.database, 'something else')}, and the system runs on"
            f" {NAMES[connection.vendor]}. Set DATABASE_URL to a database of that kind."
            " Nothing was changed."
        )
    manifests.check_release(found)
    verify(folder)
    files = _anything_in(Path(settings.MEDIA_ROOT))
    if not replace and (rows_here() or files):
        raise BackupError(
            "This system is not empty. With --replace everything in it is replaced by the"
            " backup. Nothing was changed."
        )
    with _room_for_it(), _files_unpacked(folder / FILES) as swap:
        engine().restore(folder / found.database_part, found.counts)
        swap()
    call_command("migrate", interactive=False, verbosity=0)
    settle_after_restore(at=at, name=folder.name)
    _remember(folder, found, at)
    return found


def _remember(folder: Path, found: Manifest, at: datetime) -> None:
    """A copy cannot know of itself. It has just been read from end to end."""
    BackupRecord.objects.update_or_create(
        name=folder.name,
        defaults={
            "place": str(folder.parent)[:300],
            "started_at": datetime.fromisoformat(found.made_at),
            "finished_at": datetime.fromisoformat(found.made_at),
            "size": found.size,
            "verified_at": at,
        },
    )


@contextmanager
def _room_for_it() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BackupError(
            f"The backup could not be put in place: {problem.strerror or problem}."
            " The system is as it was before."
        ) from problem


def _anything_in(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


@contextmanager
def _files_unpacked(archive: Path) -> Iterator["Swap"]:
    """Unpacks beside the files of the system, where a full disk does no harm yet."""
    swap = Swap(Path(settings.MEDIA_ROOT))
    try:
        swap.unpack(archive)
        yield swap
    finally:
        swap.tidy()


class Swap:
    """The folder of files, the new one beside it, and the old one on its way out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.new = root.with_name(f"{root.name}.restoring")
        self.old = root.with_name(f"{root.name}.replaced")

    def unpack(self, archive: Path) -> None:
        self.tidy()
        self.new.mkdir(parents=True)
        try:
            with tarfile.open(archive) as packed:
                packed.extractall(self.new, filter="data")
        except tarfile.TarError as problem:
            raise BackupError(
                f"The files in the backup cannot be unpacked: {problem}. Nothing was changed."
            ) from problem

    def __call__(self) -> None:
        if self.root.exists():
            self.root.rename(self.old)
        self.new.rename(self.root)

    def tidy(self) -> None:
        shutil.rmtree(self.new, ignore_errors=True)
        if self.root.exists():
            shutil.rmtree(self.old, ignore_errors=True)
