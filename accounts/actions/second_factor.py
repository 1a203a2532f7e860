"""One-time codes and recovery codes. The library keeps and checks them; here is who may do what."""

from datetime import datetime

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import limits, security_mail
from accounts.actions.sessions import end_sessions
from accounts.actions.sign_in import CODE, Kind, lift_lock, record
from accounts.devices import Place
from accounts.models import User

SECONDS_OF_A_CODE = 120  # a code and its neighbours, which a slow clock may still show


def has_second_factor(person: User) -> bool:
    has_one: bool = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    return has_one


def check_code(*, person: User, code: str, place: Place, at: datetime) -> Authenticator | None:
    """What the code belongs to, if it is right and new. Raises TooManyAttempts."""
    attempt = limits.take(CODE, str(person.pk), place.address, at)
    for authenticator in Authenticator.objects.filter(user=person):
        if authenticator.wrap().validate_code(code) and _is_first_use(person, code):
            limits.succeed(attempt)
            return authenticator
    kind = Kind.LOCKED if attempt.is_last else Kind.CODE_REFUSED
    record(kind, person=person, place=place, at=at)
    return None


def _is_first_use(person: User, code: str) -> bool:
    """A code that somebody saw over a shoulder is good for nothing."""
    return cache.add(f"code-used:{person.pk}:{normalize_user_code(code)}", 1, SECONDS_OF_A_CODE)


def recovery_codes(person: User) -> list[str]:
    """The recovery codes that were not used yet."""
    kind = Authenticator.Type.RECOVERY_CODES
    row = Authenticator.objects.filter(user=person, type=kind).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


@transaction.atomic
def set_up(*, person: User, secret: str, place: Place, at: datetime, keep: str | None) -> None:
    """Turns one-time codes on, with fresh recovery codes; other sessions sign in anew."""
    Authenticator.objects.filter(user=person).delete()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    record(Kind.FACTOR_ON, person=person, place=place, at=at, by=person)
    end_sessions(person=person, place=place, at=at, by=person, keep=keep)
    _tell(person, _("One-time codes were turned on."), place, at)


@transaction.atomic
def make_recovery_codes(*, person: User, place: Place, at: datetime) -> None:
    """New codes; the old ones open nothing any longer."""
    kind = Authenticator.Type.RECOVERY_CODES
    Authenticator.objects.filter(user=person, type=kind).delete()
    RecoveryCodes.activate(person)
    record(Kind.CODES_MADE, person=person, place=place, at=at, by=person)
    _tell(person, _("New recovery codes were made."), place, at)


@transaction.atomic
def turn_off(*, person: User, place: Place, at: datetime) -> None:
    Authenticator.objects.filter(user=person).delete()
    record(Kind.FACTOR_OFF, person=person, place=place, at=at, by=person)
    _tell(person, _("One-time codes were turned off."), place, at)


@transaction.atomic
def reset_second_factor(*, person: User, by: User, reason: str, place: Place, at: datetime) -> None:
    """For somebody who lost the device and the recovery codes. The reason stays on record."""
    Authenticator.objects.filter(user=person).delete()
    record(Kind.FACTOR_RESET, person=person, place=place, at=at, by=by, detail=reason)
    lift_lock(person=person, place=place, at=at, by=by)
    end_sessions(person=person, place=place, at=at, by=by)
    _tell(person, _("An administrator reset your one-time codes."), place, at)


def _tell(person: User, what: str, place: Place, at: datetime) -> None:
    transaction.on_commit(lambda: security_mail.mail_change(person, what, place, at))
