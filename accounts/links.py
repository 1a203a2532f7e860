"""Links that work once: to choose a password, by mail or from the hand of an administrator."""

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import User


class _OneTimeTokens(PasswordResetTokenGenerator):
    """Good until the password or the address changes or the person signs in; then for nothing."""

    key_salt = "accounts.links"


tokens = _OneTimeTokens()


def link_for(person: User) -> str:
    uid = urlsafe_base64_encode(str(person.pk).encode())
    path = reverse("accounts:choose_password", args=[uid, tokens.make_token(person)])
    return f"{settings.SITE_URL}{path}"


def person_of(uid: str, token: str) -> User | None:
    """Whose link it is; None if it is not, or no longer, good."""
    person = User.objects.filter(pk=_number(uid), is_active=True).first()
    return person if person is not None and tokens.check_token(person, token) else None


def _number(uid: str) -> int | None:
    try:
        text = force_str(urlsafe_base64_decode(uid))
    except (ValueError, UnicodeDecodeError):
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
