"""`manage.py check_vectors PATH`: whether the product calculates what it should."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from delivery_unit.vectors import Result, replay


class Command(BaseCommand):
    help = "Replays a file or folder of test vectors through the product's own calculations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a JSON file of vectors, or a folder of them")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            result = replay(path)
        except FileNotFoundError:
            raise CommandError(self._nothing_at(path)) from None
        self._report(result)
        if result.failed:
            raise SystemExit(1)

    def _nothing_at(self, path: Path) -> str:
        if path.is_dir():
            return f"There are no test vectors in {path}: no file ends in .json."
        return f"There is no file or folder {path}."

    def _report(self, result: Result) -> None:
        for failure in result.failures:
            self.stdout.write(failure)
        for kind in sorted(result.passed.keys() | result.failed.keys()):
            self.stdout.write(f"{kind}: {result.passed[kind]} passed, {result.failed[kind]} failed")
        if result.unknown:
            self.stdout.write(
                f"not in the product yet: {len(result.unknown)} kinds,"
                f" {result.unknown.total()} vectors ({', '.join(sorted(result.unknown))})"
            )
        self.stdout.write(f"{result.passed.total()} passed, {result.failed.total()} failed")
