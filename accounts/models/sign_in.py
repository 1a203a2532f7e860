"""How people sign in: open sessions, what happened, and the table behind the shared cache."""

from datetime import datetime
from importlib import import_module
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class SessionQuerySet(models.QuerySet["Session"]):
    def open_of(self, person: User, at: datetime) -> Self:
        return self.filter(person=person, expire_date__gt=at).order_by("-last_seen_at")


class Session(AbstractBaseSession):
    """A browser that is signed in. Deleting the row signs it out."""

    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=80, blank=True)
    address = models.GenericIPAddressField(null=True)
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()

    objects = SessionQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.handle

    @property
    def handle(self) -> str:
        """A name for pages; the key itself would open the session to whoever reads it."""
        return salted_hmac("accounts.session", self.session_key).hexdigest()[:20]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class SignInEventQuerySet(models.QuerySet["SignInEvent"]):
    def about(self, person: User) -> Self:
        return self.filter(person=person)


class SignInEvent(models.Model):
    """What happened at the door. Rows are added and never changed, and hold no secret.

    What somebody typed as an address is kept only as the person whom it belongs to: people type
    passwords into the wrong field.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        REFUSED = "refused", _("Wrong password")
        CODE_REFUSED = "code_refused", _("Wrong code")
        LOCKED = "locked", _("Locked after wrong attempts")
        LOCK_LIFTED = "lock_lifted", _("Lock lifted")
        LINK_MAILED = "link_mailed", _("Link to a new password sent by mail")
        LINK_MADE = "link_made", _("One-time link made")
        PASSWORD_SET = "password_set", _("New password by link")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_ON = "factor_on", _("Second factor set up")
        FACTOR_OFF = "factor_off", _("Second factor turned off")
        FACTOR_RESET = "factor_reset", _("Second factor reset by an administrator")
        CODES_MADE = "codes_made", _("New recovery codes")
        SSO_REFUSED = "sso_refused", _("Single sign-on refused")
        SSO_LINKED = "sso_linked", _("Single sign-on linked")
        SSO_UNLINKED = "sso_unlinked", _("Single sign-on link removed")
        SESSIONS_ENDED = "sessions_ended", _("Sessions ended")

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20, choices=Kind)
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="sign_in_events"
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    address = models.GenericIPAddressField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    objects = SignInEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        verbose_name = _("sign-in event")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-at"], name="accounts_signinevent_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"


class SharedCacheRow(models.Model):
    """The table that Django's database cache keeps for itself.

    A model, so that it is migrated like any other table; nothing reads it but the cache, and the
    daily routine throws out what has expired.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_shared_cache"

    def __str__(self) -> str:
        return self.cache_key
