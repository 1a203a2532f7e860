"""The first administrator of a new installation."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.administrators import HasLeft, appoint_administrator, welcome_path


class Command(BaseCommand):
    help = "Makes a person an administrator and prints a link to set a password, good for once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="how a new person is called")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        try:
            person = appoint_administrator(
                email=options["email"], name=options["name"], on=timezone.localdate()
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except HasLeft as error:
            raise CommandError(str(error)) from error
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)
        self.stdout.write(f"{person.name} <{person.email}> is an administrator.")
        self.stdout.write(f"Set a password here, once, within {days} days:")
        self.stdout.write(f"{settings.SITE_URL}{welcome_path(person)}")
