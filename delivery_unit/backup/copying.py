"""Making a copy: under another name until it is whole, then renamed."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection

from delivery_unit.backup import manifest as manifests
from delivery_unit.backup import postgresql, sqlite
from delivery_unit.backup.manifest import FILE, FILES, BackupError, Manifest
from delivery_unit.version import VERSION

UNFINISHED = ".unfinished-"


def engine() -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite


def make_backup(*, place: Path, at: datetime) -> tuple[Path, Manifest]:
    """A new folder in `place`, named after the moment. Raises BackupError; then nothing is left."""
    name = at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    with _in_words(place):
        place.mkdir(parents=True, exist_ok=True)
        target = place / name
        if target.exists():
            raise BackupError(f"{target} is there already. Nothing was written.")
        unfinished = place / f"{UNFINISHED}{name}"
        try:
            unfinished.mkdir(mode=0o700)
            made = _fill(unfinished, at)
            unfinished.rename(target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return target, made


@contextmanager
def _in_words(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise BackupError(
            f"No backup was made in {place}: {problem.strerror or problem}. Nothing of it is left."
        ) from problem


def _fill(folder: Path, at: datetime) -> Manifest:
    counts = engine().dump(folder)
    _pack_files(folder / FILES)
    made = Manifest(
        version=VERSION,
        made_at=at.astimezone(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
        migrations=manifests.applied_migrations(),
        counts=counts,
        parts=manifests.parts_in(folder),
    )
    made.write(folder)
    for path in folder.iterdir():
        path.chmod(0o600)
        _to_disk(path)
    return made


def _pack_files(target: Path) -> None:
    """The uploaded files, where there are any. Links and devices are not ours and stay behind."""
    root = Path(settings.MEDIA_ROOT)
    with tarfile.open(target, "w") as archive:
        for path in sorted(root.rglob("*")) if root.is_dir() else []:
            if path.is_file() and not path.is_symlink():
                archive.add(path, arcname=str(path.relative_to(root)), recursive=False)


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def find_backup(place: Path) -> Path:
    """The copy in a folder: the folder itself, or the newest one that lies in it."""
    if (place / FILE).is_file():
        return place
    try:
        inside = sorted(path.parent for path in place.glob(f"[0-9]*/{FILE}"))
    except OSError:
        inside = []
    if not inside:
        raise BackupError(f"{place} holds no backup. Nothing was changed.")
    return inside[-1]


def verify(folder: Path) -> Manifest:
    """Reads a whole copy again. Raises BackupError at the first thing that is not as it should be."""
    found = manifests.read(folder)
    manifests.check_parts(folder, found)
    reader = postgresql if found.database == "postgresql" else sqlite
    reader.verify(folder / found.database_part, found.counts)
    return found


# --- thinning -------------------------------------------------------------------------------------


def kept(moments: list[datetime], days: int, weeks: int, months: int) -> set[datetime]:
    """Of each of the last days, weeks and months with a copy the newest one."""
    keep: set[datetime] = set()
    for form, count in (("%Y-%m-%d", days), ("%G-%V", weeks), ("%Y-%m", months)):
        newest: dict[str, datetime] = {}
        for moment in sorted(moments):
            newest[moment.strftime(form)] = moment
        keep |= set(sorted(newest.values())[-count:] if count else [])
    return keep


def thin(place: Path, keep: tuple[int, int, int]) -> list[Path]:
    """Deletes the whole copies in `place` that no rule keeps; touches nothing else there."""
    found = {}
    for path in place.glob(f"[0-9]*/{FILE}"):
        try:
            found[datetime.strptime(path.parent.name, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)] = (
                path.parent
            )
        except ValueError:
            continue
    gone = [found[moment] for moment in sorted(found.keys() - kept(list(found), *keep))]
    for folder in gone:
        shutil.rmtree(folder)
    return gone
