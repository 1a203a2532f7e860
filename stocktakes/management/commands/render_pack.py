"""A pack as a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stocktakes.actions.packs import keep_pdf
from stocktakes.models import Pack, PackDamaged
from stocktakes.pdf import PdfUnavailable, own_file
from stocktakes.sheets import document


class Command(BaseCommand):
    help = "Writes an issued pack of a stocktake to a PDF or HTML file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("stocktake", type=int, help="the number in the stocktake's address")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE.pdf|.html")
        parser.add_argument("--pack-version", type=int, help="the newest unless said otherwise")

    def handle(self, *_args: Any, **options: Any) -> None:
        pack = _pack(options["stocktake"], options["pack_version"])
        target: Path = options["to"]
        try:
            target.write_bytes(_content(pack, target))
        except PackDamaged as damage:
            raise CommandError(f"{damage} Restore it from a backup.") from damage
        except OSError as problem:
            raise CommandError(f"Cannot write {target}: {problem.strerror}.") from problem
        self.stdout.write(f"{pack}, written to {target}.")


def _pack(stocktake: int, version: int | None) -> Pack:
    packs = Pack.objects.filter(stocktake=stocktake).select_related("stocktake")
    found = packs.filter(version=version).first() if version else packs.first()
    if found is None:
        wanted = f" version {version}" if version else ""
        raise CommandError(f"Stocktake {stocktake} has no issued pack{wanted}.")
    return found


def _content(pack: Pack, target: Path) -> bytes:
    match target.suffix.lower():
        case ".pdf":
            try:
                return keep_pdf(pack_id=pack.pk).file()
            except PdfUnavailable as problem:
                raise CommandError(
                    "This machine cannot draw PDF files: the library pango is not installed"
                    " (libpango-1.0-0 and libpangoft2-1.0-0). An .html file needs no library."
                ) from problem
        case ".html":
            return document(pack.text(), style=own_file("/css/pack.css").read_text()).encode()
        case ".pptx":
            raise CommandError("Slides are not made yet. Choose a file that ends in .pdf or .html.")
        case _:
            raise CommandError("Choose a file that ends in .pdf or .html.")
