"""`manage.py import_export DIR`: reads what `export_data` wrote into an empty system."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from delivery_unit.exporting.reading import CannotRead, read_export


class Command(BaseCommand):
    help = "Reads an export into an empty system: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="what export_data wrote")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            counts = read_export(options["folder"])
        except CannotRead as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        self.stdout.write(f"{sum(counts.values())} rows from {len(counts)} files.")
        self.stdout.write(
            "Nobody has a password yet. Make a link for an administrator with create_administrator."
        )
