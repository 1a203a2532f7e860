"""The first administrator of a new installation."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.administrators import HasLeft, appoint_administrator
from accounts.actions.passwords import make_one_time_link
from accounts.devices import Place


class Command(BaseCommand):
    help = "Makes a person an administrator and prints a link to set a password, good for once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="how a new person is called")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        at = timezone.now()
        try:
            person = appoint_administrator(
                email=options["email"], name=options["name"], on=timezone.localdate(at)
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except HasLeft as error:
            raise CommandError(str(error)) from error
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        self.stdout.write(f"{person.name} <{person.email}> is an administrator.")
        self.stdout.write(f"Set a password here, once, within {hours} hours:")
        self.stdout.write(make_one_time_link(person=person, place=Place(), at=at, by=None))
