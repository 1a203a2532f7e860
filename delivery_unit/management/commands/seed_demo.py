"""`manage.py seed_demo`: loads a demonstration system into an empty database, once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import System, User
from delivery_unit.demo.load import load_everly
from delivery_unit.demo.loader import PROFILE, ZONE
from delivery_unit.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Loads the demonstration system, if the database is empty. Only with DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", default=PROFILE, choices=[PROFILE])
        parser.add_argument("--on", default="", metavar="DATE", help="the fictional today")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demonstration has a published password, so it loads only with DEMO=1."
            )
        profile = options["profile"]
        loaded = System.objects.current().demo_profile
        if loaded == profile:
            self.stdout.write(f"The demonstration {profile} is already here; nothing was changed.")
            return
        if System.objects.exists() or User.objects.exists():
            raise CommandError(
                "This database is not empty. A demonstration wants a database of its own."
            )
        on = self._day(options["on"])
        with timezone.override(ZoneInfo(ZONE)):
            load_everly(on)
        self.stdout.write(f"Loaded the demonstration {profile} as of {on}.")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email:<38} {person.title}")
        self.stdout.write(f"The password of all: {PASSWORD}")

    def _day(self, text: str) -> date:
        if not text:
            return timezone.localdate(timezone.now(), ZoneInfo(ZONE))
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise CommandError("Write the date like 2026-07-21.") from None
