"""`manage.py restore DIR`: the way back from a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from delivery_unit.backup.copying import find_backup
from delivery_unit.backup.manifest import BackupError
from delivery_unit.backup.restoring import restore_backup


class Command(BaseCommand):
    help = "Puts the backup in DIR (the newest one in it) in the place of this system."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument(
            "--replace", action="store_true", help="also where the system is not empty"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            folder = find_backup(options["dir"].absolute())
            found = restore_backup(folder=folder, replace=options["replace"], at=timezone.now())
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"Restored {folder.name}, release {found.version}: {sum(found.counts.values())} rows in"
            f" {len(found.counts)} tables, every table as counted when the backup was made."
        )
        self.stdout.write(
            "Outgoing mail is stopped, so that nobody is written to twice: start it on the page"
            " of the mail settings when you have looked. What people did since the backup is not"
            " in it."
        )
