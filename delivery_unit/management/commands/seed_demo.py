"""`manage.py seed_demo`: loads a demonstration system into an empty database, once."""

from argparse import ArgumentParser
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import System, User
from delivery_unit.demo.names import USUAL
from delivery_unit.demo.profiles import PROFILES
from delivery_unit.demo.shapes import PASSWORD


class Command(BaseCommand):
    help = "Loads the demonstration system, if the database is empty. Only with DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", default=USUAL, choices=sorted(PROFILES))
        parser.add_argument("--on", default="", metavar="DATE", help="the fictional today")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demonstration has a published password, so it loads only with DEMO=1."
            )
        profile = PROFILES[options["profile"]]
        if System.objects.current().demo_profile == profile.name:
            self.stdout.write(
                f"The demonstration {profile.name} is already here; nothing was changed."
            )
            return
        if System.objects.exists() or User.objects.exists():
            raise CommandError(
                "This database is not empty. A demonstration wants a database of its own."
            )
        on = self._day(options["on"], profile.zone)
        with timezone.override(ZoneInfo(profile.zone)):
            profile.load(on)
        self.stdout.write(f"Loaded the demonstration {profile.name} as of {on}.")
        for email, _name, title in profile.who:
            self.stdout.write(f"  {email:<38} {title}")
        self.stdout.write(f"The password of all: {PASSWORD}")

    def _day(self, text: str, zone: str) -> date:
        if not text:
            return timezone.localdate(timezone.now(), ZoneInfo(zone))
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise CommandError("Write the date like 2026-07-21.") from None
