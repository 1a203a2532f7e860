"""`manage.py load_mapping NAME|FILE`: saves a mapping with the indicators and units it needs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goals.actions.mappings import read_mapping, save_mapping, shipped_names, shipped_path
from goals.importing.specs import MappingError


class Command(BaseCommand):
    help = "Saves a mapping: one that comes with the product, or one from a JSON file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mapping", help=f"{', '.join(shipped_names())}, or a JSON file")

    def handle(self, *_args: Any, **options: Any) -> None:
        given: str = options["mapping"]
        path = shipped_path(given) or Path(given)
        try:
            mapping = save_mapping(name=path.stem, data=read_mapping(path), by=None)
        except OSError:
            raise CommandError(
                f"There is no file {given}, and no mapping of that name comes with the product"
                f" ({', '.join(shipped_names())})."
            ) from None
        except MappingError as error:
            raise CommandError(f"The mapping cannot be used. {error}") from error
        self.stdout.write(f"Saved the mapping {mapping.name}: {mapping.title}.")
