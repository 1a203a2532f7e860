"""The door: a password or a code is tried, under the limits and into the log."""

from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts import limits
from accounts.devices import Place
from accounts.models import SignInEvent, User, as_address

Kind = SignInEvent.Kind
PASSWORD, CODE = "password", "code"


def record(
    kind: SignInEvent.Kind,
    *,
    person: User | None,
    place: Place,
    at: datetime,
    by: User | None = None,
    detail: str = "",
) -> None:
    SignInEvent.objects.create(
        kind=kind,
        person=person,
        by=by,
        address=place.address,
        device=place.device,
        at=at,
        detail=detail[:200],
    )


def check_password(
    *, request: HttpRequest, email: str, password: str, place: Place, at: datetime
) -> User | None:
    """The person, if the password is right. Raises TooManyAttempts, whoever the address is of."""
    email = as_address(email)
    attempt = limits.take(PASSWORD, email, place.address, at)
    person = authenticate(request, email=email, password=password)
    if isinstance(person, User):
        limits.succeed(attempt)
        return person
    meant = User.objects.filter(email__iexact=email).first()
    kind = Kind.LOCKED if attempt.is_last else Kind.REFUSED
    record(kind, person=meant, place=place, at=at)
    return None


def confirm_password(*, person: User, password: str, place: Place, at: datetime) -> bool:
    """Whether somebody who is signed in knows the password, too. Raises TooManyAttempts."""
    attempt = limits.take(PASSWORD, as_address(person.email), place.address, at)
    if person.check_password(password):
        limits.succeed(attempt)
        return True
    record(Kind.LOCKED if attempt.is_last else Kind.REFUSED, person=person, place=place, at=at)
    return False


def lift_lock(*, person: User, place: Place, at: datetime, by: User | None) -> None:
    limits.lift(PASSWORD, as_address(person.email))
    limits.lift(CODE, str(person.pk))
    record(Kind.LOCK_LIFTED, person=person, place=place, at=at, by=by)
