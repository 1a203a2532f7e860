"""How the sign-in library is fitted to this house: our person, our limits, our log, our pages.

`User.email` is the only truth about addresses: the library's own table of addresses stays empty,
nobody signs up, and the library neither mails nor counts anything.
"""

import base64
import hashlib
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import sign_in, single_sign_on
from accounts.actions.second_factor import has_second_factor
from accounts.actions.single_sign_on import Claims, Refusal, SignOnRefused
from accounts.devices import place_of
from accounts.limits import TooManyAttempts
from accounts.models import System, User
from accounts.wording import TOO_MANY, too_many

SECOND_FACTOR_DUE = "second_factor_due"
logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail address and password do not go together. Check both; capital letters"
            " count in the password only."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened; the library's own messages are left out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            return sign_in.check_password(
                request=request,
                email=credentials["email"],
                password=credentials["password"],
                place=place_of(request),
                at=timezone.now(),
            )
        except TooManyAttempts as refusal:
            raise ValidationError(
                too_many(refusal.until, timezone.now()), code=TOO_MANY
            ) from refusal

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        at, place = timezone.now(), place_of(request)
        request.session.remember_place(place, at)  # type: ignore[attr-defined]
        if self._lacks_second_factor(user):
            request.session[SECOND_FACTOR_DUE] = True
        sign_in.record(
            sign_in.Kind.SIGNED_IN, person=user, place=place, at=at, detail=_methods(request)
        )

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return refuse_sign_on(request, SignOnRefused(Refusal.INACTIVE, user))

    def _lacks_second_factor(self, user: User) -> bool:
        system = System.objects.current()
        return system.needs_second_factor(user.access.roles) and not has_second_factor(user)


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 - the library's signature
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Links a first sign-in to the person on record; later ones are known by their subject."""
        if sociallogin.is_existing:
            return
        try:
            person = single_sign_on.person_for(
                _claims(sociallogin),
                provider=sociallogin.account.provider,
                place=place_of(request),
                at=timezone.now(),
            )
        except SignOnRefused as refusal:
            raise ImmediateHttpResponse(refuse_sign_on(request, refusal)) from refusal
        sociallogin.connect(request, person)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002 - the library's signature
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,  # noqa: ARG002 - the library's signature
    ) -> None:
        logger.warning("single sign-on failed: %s", exception or error)
        why = Refusal.CANCELLED if error == AuthError.CANCELLED else Refusal.FAILED
        raise ImmediateHttpResponse(refuse_sign_on(request, SignOnRefused(why)))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of one-time codes encrypted with a key made from SECRET_KEY."""

    def get_totp_issuer(self) -> str:
        return System.objects.current().name

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Without the key that it was kept with, a secret is one that fits no code."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.exception("a second factor was kept under another SECRET_KEY")
            return base64.b32encode(Fernet.generate_key()[:20]).decode()


def refuse_sign_on(request: HttpRequest, refusal: SignOnRefused) -> HttpResponse:
    sign_in.record(
        sign_in.Kind.SSO_REFUSED,
        person=refusal.person,
        place=place_of(request),
        at=timezone.now(),
        detail=refusal.why,
    )
    status = 503 if refusal.why == Refusal.AWAY else 403
    return render(request, "accounts/sso_refused.html", {"why": refusal.why}, status=status)


def _methods(request: HttpRequest) -> str:
    records = request.session.get("account_authentication_methods", [])
    words = [row.get("type") or row.get("method", "") for row in records]
    return ", ".join(dict.fromkeys(words))


def _claims(sociallogin: SocialLogin) -> Claims:
    """From the signed token and the provider's answer, if both speak of the same subject."""
    data = sociallogin.account.extra_data
    about, token = data.get("userinfo") or data, data.get("id_token")
    if token and token.get("sub") != about.get("sub"):
        raise SignOnRefused(Refusal.FAILED)
    return Claims(
        subject=str(about["sub"]),
        email=str(about.get("email") or ""),
        is_verified=about.get("email_verified") is True,
        name=str(about.get("name") or ""),
    )


def _cipher() -> Fernet:
    key = hashlib.sha256(b"second factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
