"""`manage.py import_observations FILE`: the same importer as the data desk."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import OrgUnit, User
from accounts.readers import FileRefused
from goals.actions.imports import (
    PlanChanged,
    ReasonMissing,
    Request,
    RowsRejected,
    confirm_import,
    open_import,
)
from goals.actions.mappings import read_mapping, save_mapping, shipped_names, shipped_path
from goals.actions.observations import BackdatingRefused
from goals.importing.checking import moment_of
from goals.importing.specs import MappingError
from goals.models import DataImport, ImportMapping, Indicator

SHOWN = 50


class Command(BaseCommand):
    help = "Imports observations from a CSV file; a file with errors changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", default="", help="how a file of another shape is read")
        parser.add_argument("--indicator", default="", help="for rows that name no indicator")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and stop"
        )
        parser.add_argument("--known-from", default="", help="the moment since which this is known")
        parser.add_argument("--by", default="", help="e-mail of the person whose rights apply")
        parser.add_argument(
            "--accept-valid", action="store_true", help="take the rows that are right"
        )
        parser.add_argument("--create-units-under", default="", metavar="CODE")
        parser.add_argument("--reason", default="", help="why held values are revised")

    def handle(self, *_args: Any, **options: Any) -> None:
        request = self._request(options)
        data_import = open_import(request, at=timezone.now())
        if data_import.state == DataImport.State.REFUSED:
            raise CommandError(f"{request.filename} was refused. {data_import.problem}")
        self._report(data_import)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
            return
        self._confirm(data_import, request.by, options)

    def _request(self, options: dict[str, Any]) -> Request:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        return Request(
            filename=path.name,
            content=content,
            by=self._person(options["by"]),
            mapping=self._mapping(options["mapping"]),
            indicator_code=self._known(Indicator, options["indicator"], "indicator"),
            create_units_under=self._known(OrgUnit, options["create_units_under"], "unit"),
            known_from=self._moment(options["known_from"]),
        )

    def _person(self, email: str) -> User | None:
        if not email:
            return None
        person: User | None = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody with the address {email} is active here.")
        return person

    def _mapping(self, name: str) -> ImportMapping | None:
        if not name:
            return None
        if mapping := ImportMapping.objects.filter(name=name).first():
            return mapping
        path = shipped_path(name)
        if path is None:
            saved = [*ImportMapping.objects.values_list("name", flat=True), *shipped_names()]
            raise CommandError(f"There is no mapping {name}. There are: {', '.join(saved)}.")
        try:
            mapping = save_mapping(name=name, data=read_mapping(path), by=None)
        except MappingError as error:
            raise CommandError(f"The mapping {name} cannot be used. {error}") from error
        self.stdout.write(f"Saved the mapping {name} that comes with the product.")
        return mapping

    def _known(self, model: Any, code: str, what: str) -> str:
        if code and not model.objects.filter(code=code).exists():
            raise CommandError(f"There is no {what} with the code {code}.")
        return code

    def _moment(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            moment = moment_of(text)
        except ValueError:
            raise CommandError("Write --known-from like 2026-06-30T09:00:00+00:00.") from None
        if moment > timezone.now():
            raise CommandError("Nobody can have known it yet: --known-from lies ahead.")
        return moment

    def _report(self, data_import: DataImport) -> None:
        counts = data_import.counts
        names = ("added", "revised", "withdrawn", "unchanged", "rejected")
        self.stdout.write(", ".join(f"{counts[name]} {name}" for name in names))
        problems = data_import.rows["problems"]
        for each in problems[:SHOWN]:
            kind = "warning" if each["is_warning"] else "rejected"
            self.stdout.write(
                f"line {each['line']} {kind}: {each['field']} “{each['text']}”: {each['message']}"
            )
        more = counts["rejected"] + counts["warnings"] - SHOWN
        if more > 0:
            self.stdout.write(f"… and {more} more.")

    def _confirm(self, data_import: DataImport, by: User | None, options: dict[str, Any]) -> None:
        try:
            done = confirm_import(
                data_import=data_import,
                by=by,
                at=timezone.now(),
                accept_valid=options["accept_valid"],
                reason=options["reason"],
            )
        except RowsRejected:
            raise CommandError(
                "Nothing was changed. Correct the rows, or take the others with --accept-valid."
            ) from None
        except ReasonMissing:
            raise CommandError(
                "Nothing was changed. Say with --reason why values are revised or withdrawn."
            ) from None
        except PlanChanged:
            raise CommandError(
                "Nothing was changed: somebody entered values in the meantime. Try again."
            ) from None
        except (BackdatingRefused, FileRefused) as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        totals = done.counts.get("totals", 0)
        self.stdout.write(f"Imported{f', {totals} totals added up' if totals else ''}.")
