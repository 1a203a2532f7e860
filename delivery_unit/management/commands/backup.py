"""`manage.py backup DIR`: database and files, whole, while the system runs."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from delivery_unit.backup.copying import find_backup, make_backup, thin, verify
from delivery_unit.backup.manifest import BackupError
from stocktakes.models import BackupRecord


def three_numbers(text: str) -> tuple[int, int, int]:
    """Reads 7,5,24: days, weeks, months."""
    try:
        days, weeks, months = (int(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError("write it like 7,5,24: days, weeks, months") from None
    if min(days, weeks, months) < 0 or days + weeks + months < 1:
        raise ArgumentTypeError("at least one backup must be kept")
    return days, weeks, months


class Command(BaseCommand):
    help = "Copies the database and the files into a new folder in DIR, while the system runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument(
            "--keep", type=three_numbers, metavar="7,5,24",
            help="afterwards delete older backups in DIR, but for the last of so many days, weeks"
                 " and months",
        )  # fmt: skip
        parser.add_argument(
            "--verify", action="store_true",
            help="make none; read the backup in DIR (the newest) again from end to end",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        place: Path = options["dir"].absolute()
        if options["verify"]:
            self._verify(place)
        else:
            self._make(place, options["keep"])

    def _make(self, place: Path, keep: tuple[int, int, int] | None) -> None:
        begun = timezone.now()
        try:
            folder, made = make_backup(place=place, at=begun)
        except BackupError as problem:
            _record("", place, begun, error=str(problem))
            raise CommandError(str(problem)) from problem
        _record(folder.name, place, begun, size=made.size)
        rows = sum(made.counts.values())
        self.stdout.write(
            f"{folder}: {filesizeformat(made.size)}, {rows} rows in {len(made.counts)} tables."
        )
        for old in thin(place, keep) if keep else []:
            self.stdout.write(f"Deleted, as --keep says: {old}")

    def _verify(self, place: Path) -> None:
        try:
            folder = find_backup(place)
            found = verify(folder)
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        BackupRecord.objects.filter(name=folder.name, error="").update(verified_at=timezone.now())
        self.stdout.write(f"{folder}: whole, of {found.made_at}, release {found.version}.")


def _record(name: str, place: Path, begun: datetime, *, size: int = 0, error: str = "") -> None:
    """For the status page. A database that cannot be written is told by the command itself."""
    try:
        BackupRecord.objects.create(
            name=name, place=str(place)[:300], started_at=begun, finished_at=timezone.now(),
            size=size, error=error,
        )  # fmt: skip
    except DatabaseError as problem:
        raise CommandError(f"{error} The database does not answer, either: {problem}") from problem
