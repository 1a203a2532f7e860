"""People come, change their name or address, leave, and come back."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.sessions import end_sessions
from accounts.actions.turns import check_unchanged, end, keep, one_after_another
from accounts.devices import Place
from accounts.models import Position, RoleAssignment, User, as_address
from accounts.roles import Role
from accounts.vocabulary import said

NOWHERE = Place(address=None, device="")


def add_person(*, email: str, name: str, by: User | None, at: datetime, reason: str = "") -> User:
    """Somebody on record, who cannot sign in before being invited. Raises ValidationError."""
    person = User(email=as_address(email), name=name.strip())
    person.set_unusable_password()
    with one_after_another():
        person.full_clean(exclude=["password"])
        keep(person, by=by, reason=reason, at=at)
    return person


def change_person(
    *,
    person: User,
    fields: dict[str, str],
    by: User | None,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
) -> None:
    """`fields`: name and email. Raises ValidationError or ChangedMeanwhile."""
    with one_after_another():
        check_unchanged(person, seen)
        name, email = fields["name"].strip(), as_address(fields["email"])
        has_moved = person.email != email
        person.name, person.email = name, email
        person.full_clean(exclude=["password"])
        keep(person, by=by, reason=reason, at=at)
        if has_moved:  # what was sent to the old address opens nothing any more
            person.invitations.filter(expires_at__gt=at).update(expires_at=at)


def deactivate(*, person: User, last_day: date, reason: str, by: User | None, at: datetime) -> None:
    """Ends roles and positions on the last day; what the person judged and wrote stays.

    A last day that lies ahead ends them then, and the daily routine closes the door. Raises
    ValidationError.
    """
    with one_after_another():
        person.refresh_from_db()
        if not person.is_active:
            raise ValidationError(_("%s has already left.") % person.name)
        check_another_administrator(person, last_day)
        end_everything(person, last_day=last_day, reason=reason, by=by, at=at)
        person.last_day = last_day
        person.is_active = last_day >= timezone.localdate(at)
        keep(person, by=by, reason=reason, at=at)
        if not person.is_active:
            end_sessions(person=person, place=NOWHERE, at=at, by=by)


def check_another_administrator(person: User, last_day: date) -> None:
    """Nobody locks the organisation out of its own system."""
    if Role.ADMINISTRATOR not in person.access_on(last_day).roles:
        return
    others = User.objects.holding(frozenset({Role.ADMINISTRATOR}), last_day + timedelta(days=1))
    if not others.exclude(pk=person.pk).filter(last_day__isnull=True).exists():
        raise ValidationError(
            said(
                _("%(name)s is the only %(administrator)s. Somebody else has to take the role."),
                name=person.name,
            )
        )


def end_everything(
    person: User, *, last_day: date, reason: str, by: User | None, at: datetime
) -> None:
    """Roles and positions that would hold after the day; those that only begin then never do."""
    for rows in (RoleAssignment.objects, Position.objects):
        for row in rows.filter(person=person).overlapping(last_day, None):
            end(row, last_day=last_day, by=by, reason=reason, at=at)


def reactivate(*, person: User, reason: str, by: User | None, at: datetime) -> None:
    """Back on record, without roles: those that ended stay ended. Raises ValidationError."""
    with one_after_another():
        person.refresh_from_db()
        if person.pseudonymised_at is not None:
            raise ValidationError(_("This person asked to be forgotten and cannot come back so."))
        person.is_active, person.last_day = True, None
        keep(person, by=by, reason=reason, at=at)


def close_for_those_who_left(*, on: date, at: datetime) -> int:
    """Every morning: the last day of some people is over. How many."""
    people = list(User.objects.leaving_by(on))
    for person in people:
        person.is_active = False
        keep(person, by=None, reason=_("The last day is over."), at=at)
        end_sessions(person=person, place=NOWHERE, at=at, by=None)
    return len(people)
