"""`manage.py run_routines [--on DATE]`: all scheduled checks of a day, by hand."""

from argparse import ArgumentParser
from datetime import date
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import System
from stocktakes.actions.digests import MailDeferred, NotForAll
from stocktakes.actions.routines import run_by_hand


class Command(BaseCommand):
    help = "Runs all scheduled checks of a day; a second run on the same day changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", default="", metavar="DATE", help="today if left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        on = self._day(options["on"])
        try:
            outcome = run_by_hand(on=on, clock=timezone.now)
        except NotForAll as problem:
            raise CommandError(
                f"Everything else of {on} is done and sent. {problem} Mend it and run this again."
            ) from problem
        except (OSError, SMTPException, MailDeferred) as problem:
            raise CommandError(
                f"The mail server does not take everything now: {problem} What was not sent is kept;"
                " the worker sends it, or this command run again."
            ) from problem
        self.stdout.write(
            f"Routines of {on}: {outcome['standings']} standings brought up to date,"
            f" {outcome['digests']} digests written, {outcome['sent']} sent."
        )
        if outcome.get("failed") or outcome.get("uncertain"):
            self.stdout.write(
                f"{outcome.get('failed', 0)} refused by the mail server,"
                f" {outcome.get('uncertain', 0)} uncertain."
            )

    def _day(self, text: str) -> date:
        if not text:
            return timezone.localdate(timezone.now(), ZoneInfo(System.objects.current().time_zone))
        try:
            on = date.fromisoformat(text)
        except ValueError:
            raise CommandError("Write the date like 2026-07-21.") from None
        if not 1900 <= on.year <= 2200:
            raise CommandError("Choose a day between 1900 and 2200.")
        return on
