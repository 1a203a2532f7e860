"""Who a provider's answer is about. Only a verified address opens the door."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from accounts.actions.sign_in import Kind, record
from accounts.devices import Place
from accounts.models import User, as_address


class Refusal(StrEnum):
    UNKNOWN = auto()
    INACTIVE = auto()
    NOT_VERIFIED = auto()
    OTHER_LINK = auto()
    CANCELLED = auto()
    FAILED = auto()
    AWAY = auto()


class SignOnRefused(Exception):
    def __init__(self, why: Refusal, person: User | None = None) -> None:
        super().__init__(why)
        self.why, self.person = why, person


@dataclass(frozen=True)
class Claims:
    """What the provider says of somebody."""

    subject: str
    email: str
    is_verified: bool
    name: str


def person_for(claims: Claims, *, provider: str, place: Place, at: datetime) -> User:
    """The person on record to link to the provider's subject; SignOnRefused if there is none."""
    if not claims.email or not (claims.is_verified or settings.OIDC_TRUST_EMAIL):
        raise SignOnRefused(Refusal.NOT_VERIFIED)
    person: User | None = User.objects.filter(email__iexact=as_address(claims.email)).first()
    if person is None and settings.OIDC_CREATE_PEOPLE:
        person = User.objects.create_user(claims.email, claims.name or claims.email)
    if person is None:
        raise SignOnRefused(Refusal.UNKNOWN)
    if not person.is_active:
        raise SignOnRefused(Refusal.INACTIVE, person)
    if SocialAccount.objects.filter(user=person, provider=provider).exists():
        raise SignOnRefused(Refusal.OTHER_LINK, person)
    record(Kind.SSO_LINKED, person=person, place=place, at=at, by=person)
    return person


@transaction.atomic
def unlink(*, person: User, by: User, place: Place, at: datetime) -> None:
    """The next single sign-on with the person's address links anew."""
    SocialAccount.objects.filter(user=person).delete()
    record(Kind.SSO_UNLINKED, person=person, place=place, at=at, by=by)
