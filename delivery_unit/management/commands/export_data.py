"""`manage.py export_data DIR`: what the system holds, as files that people and importers read."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import System
from delivery_unit.exporting.writing import NotEmpty, write_export


class Command(BaseCommand):
    help = "Writes what the system holds as CSV and JSON into an empty folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="DIR", help="an empty folder, or a new one"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        zone = ZoneInfo(System.objects.current().time_zone)
        try:
            counts = write_export(folder, on=timezone.localdate(timezone.now(), zone))
        except NotEmpty:
            raise CommandError(f"{folder} is not empty. Name a new folder.") from None
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{sum(counts.values())} rows in {len(counts)} tables: {folder}")
        self.stdout.write(
            "Confidential goals are in it. Sealed judgements, notes about relationships, raw feedback"
            " and credentials are not: README.txt in the folder says what was kept back."
        )
