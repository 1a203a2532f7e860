"""What the commands that read lists have in common."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions.lists import (
    ListFile,
    PlanChanged,
    RowsRejected,
    confirm_list,
    discard_list,
    file_of,
    open_list,
    plan_list,
)
from accounts.models import ListImport
from stocktakes.actions.people import on_goal_teams

SHOWN = 50


class ListCommand(BaseCommand):
    kind: ClassVar[ListImport.Kind]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, and stop"
        )
        parser.add_argument(
            "--accept-valid", action="store_true", help="take the rows that are right"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        at = timezone.now()
        row = open_list(ListFile(self.kind, path.name, content, on_goal_teams), by=None, at=at)
        if row.state == ListImport.State.REFUSED:
            raise CommandError(f"{path.name} was refused. {row.problem}")
        self._report(row)
        if options["dry_run"]:
            discard_list(row=row, by=None, at=at)
            self.stdout.write("Dry run: nothing was changed.")
            return
        self._confirm(row, accept_valid=options["accept_valid"])

    def _report(self, row: ListImport) -> None:
        self.stdout.write(", ".join(f"{count} {name}" for name, count in row.counts.items()))
        plan = plan_list(file_of(row, on_goal_teams), timezone.localdate())
        for each in plan.problems[:SHOWN]:
            self.stdout.write(
                f"line {each.line} rejected: {each.column} “{each.text}”: {each.message}"
            )
        if len(plan.problems) > SHOWN:
            self.stdout.write(f"… and {len(plan.problems) - SHOWN} more.")

    def _confirm(self, row: ListImport, *, accept_valid: bool) -> None:
        try:
            confirm_list(
                row=row,
                on_goal_teams=on_goal_teams,
                by=None,
                at=timezone.now(),
                accept_valid=accept_valid,
            )
        except RowsRejected:
            discard_list(row=row, by=None, at=timezone.now())
            raise CommandError(
                "Nothing was changed. Correct the rows, or take the others with --accept-valid."
            ) from None
        except PlanChanged:
            raise CommandError(
                "Nothing was changed: something else changed in the meantime. Try again."
            ) from None
        self.stdout.write("Imported.")
