"""Passwords: changed by their owner, lost and found by mail, or by a link from an administrator."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import limits, security_mail
from accounts.actions.sessions import end_sessions
from accounts.actions.sign_in import Kind, lift_lock, record
from accounts.devices import Place
from accounts.links import link_for
from accounts.models import User, as_address

SECONDS_OF_AN_ANSWER = 0.2


def mail_password_link(*, email: str, place: Place, at: datetime) -> None:
    """Sends a link to whoever signs in with the address. Says to nobody whether there is one."""
    with _taking_the_same_time():
        _mail_password_link(email=email, place=place, at=at)


@contextmanager
def _taking_the_same_time() -> Iterator[None]:
    """A row and a letter more take some milliseconds; nobody shall be able to measure them."""
    start = time.perf_counter()
    yield
    time.sleep(max(0.0, SECONDS_OF_AN_ANSWER - (time.perf_counter() - start)))


def _mail_password_link(*, email: str, place: Place, at: datetime) -> None:
    may_mail = limits.may_mail(as_address(email), at)
    person = User.objects.filter(email__iexact=as_address(email), is_active=True).first()
    if person is None or not person.has_usable_password() or not may_mail:
        return
    record(Kind.LINK_MAILED, person=person, place=place, at=at)
    security_mail.mail_link(person, link_for(person))


def make_one_time_link(*, person: User, place: Place, at: datetime, by: User | None) -> str:
    """A link for somebody without mail; who gets it can choose the password, once."""
    record(Kind.LINK_MADE, person=person, place=place, at=at, by=by)
    return link_for(person)


@transaction.atomic
def set_password_by_link(*, person: User, password: str, place: Place, at: datetime) -> None:
    """Ends every session and lifts the lock: who holds the link has shown who they are."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record(Kind.PASSWORD_SET, person=person, place=place, at=at, by=person)
    lift_lock(person=person, place=place, at=at, by=person)
    end_sessions(person=person, place=place, at=at, by=person)
    _tell(person, _("Your password was set with a one-time link."), place, at)


@transaction.atomic
def change_password(
    *, person: User, password: str, place: Place, at: datetime, keep: str | None
) -> None:
    """Ends every session but the one in which it was changed."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record(Kind.PASSWORD_CHANGED, person=person, place=place, at=at, by=person)
    end_sessions(person=person, place=place, at=at, by=person, keep=keep)
    _tell(person, _("Your password was changed."), place, at)


def _tell(person: User, what: str, place: Place, at: datetime) -> None:
    transaction.on_commit(lambda: security_mail.mail_change(person, what, place, at))
