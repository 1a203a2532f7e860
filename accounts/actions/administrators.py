"""The first administrator of an installation, whom nobody can appoint on a page yet."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleAssignment, User, as_address
from accounts.roles import Role


class HasLeft(Exception):
    """The person is on record, and no longer active."""


@transaction.atomic
def appoint_administrator(*, email: str, name: str, on: date) -> User:
    """A person, new or known, who holds the role from the day before `on`.

    The zone of the system may not be chosen yet: further west it is still yesterday, and whoever
    chose it would lock themselves out. Raises ValidationError or HasLeft.
    """
    person: User | None = User.objects.filter(email__iexact=as_address(email)).first()
    if person is None:
        person = User(email=as_address(email), name=name or email.partition("@")[0])
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
    if not person.is_active:
        raise HasLeft(_("%s has left. Make the person active first.") % person.name)
    if Role.ADMINISTRATOR not in person.access_on(on).roles:
        first = on - timedelta(days=1)
        RoleAssignment.objects.create(person=person, role=Role.ADMINISTRATOR, valid_from=first)
    return person
