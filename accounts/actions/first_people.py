"""The people with whom an organisation begins: named, given a role, and given an account."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.settings import sign
from accounts.models import AccountAssignment, OrgUnit, Position, RoleAssignment, User, as_address
from accounts.roles import Role


@dataclass(frozen=True)
class NewPerson:
    name: str
    email: str
    role: str
    title: str = ""
    org_unit: OrgUnit | None = None


@transaction.atomic
def bring_in(*, new: NewPerson, by: User, at: datetime, on: date) -> User:
    """A person with a role from `on`; somebody who is here keeps the name and gets the role.

    Raises ValidationError.
    """
    User.objects.select_for_update().order_by("pk").first()
    person = User.objects.filter(email__iexact=as_address(new.email)).first()
    person = person or _make(new, by=by, at=at)
    if not person.is_active:
        raise ValidationError({"email": _("%s has left. Bring the person back first.") % person})
    for row in _rows(person, new, on):
        row.full_clean()
        sign(row, by=by, at=at).save()
    return person


def _make(new: NewPerson, *, by: User, at: datetime) -> User:
    person = User(email=as_address(new.email), name=new.name.strip())
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    sign(person, by=by, at=at).save()
    return person


def _rows(person: User, new: NewPerson, on: date) -> list[RoleAssignment | Position]:
    place = new.org_unit if new.role == Role.LOCAL_LEADER else None
    rows: list[RoleAssignment | Position] = [
        RoleAssignment(person=person, role=new.role, org_unit=place, valid_from=on)
    ]
    has_position = Position.objects.current(on).filter(person=person).exists()
    if new.title and not has_position:
        rows.append(Position(person=person, title=new.title, org_unit=new.org_unit, valid_from=on))
    return rows


@transaction.atomic
def give_account(
    *, consultant: User, goal_leader: User, by: User, at: datetime, on: date
) -> AccountAssignment:
    """The goal leader is the consultant's account from `on`. Raises ValidationError."""
    User.objects.select_for_update().order_by("pk").first()
    row = AccountAssignment(consultant=consultant, goal_leader=goal_leader, valid_from=on)
    row.full_clean()
    sign(row, by=by, at=at).save()
    return row
