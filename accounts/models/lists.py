"""How people come in: by an invitation, one by one, or by a list, many at once."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


def _fingerprint(key: str) -> str:
    return sha256(key.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def of_key(self, key: str) -> "Invitation | None":
        return self.filter(fingerprint=_fingerprint(key)).select_related("person").first()

    def newest_first(self) -> Self:
        return self.order_by("-made_at", "-pk")


class Invitation(models.Model):
    """A link that lets somebody who has never signed in choose a password. The key is not kept."""

    person = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    fingerprint = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    was_mailed = models.BooleanField(default=False)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person.name}, {self.made_at:%Y-%m-%d}"

    def new_key(self) -> str:
        """Makes the key and keeps its fingerprint; the key itself is only in the answer."""
        key = secrets.token_urlsafe(24)
        self.fingerprint = _fingerprint(key)
        return key

    def opens(self, at: datetime) -> bool:
        """Good until it ends, a newer one is made, or the person has a password or signs in."""
        person = self.person
        has_come = person.last_login is not None or person.has_usable_password()
        newer = Invitation.objects.filter(person=person, pk__gt=self.pk)
        return person.is_active and not has_come and at <= self.expires_at and not newer.exists()


class ListImport(models.Model):
    """A list that was read: first on trial, then confirmed or put aside.

    Its text holds people's data, so it is kept until it is decided on and no longer.
    """

    class Kind(models.TextChoices):
        ORG_UNITS = "org_units", _("organisation units")
        PEOPLE = "people", _("people")

    class State(models.TextChoices):
        REFUSED = "refused", _("refused")
        DRY_RUN = "dry_run", _("dry run")
        CONFIRMED = "confirmed", _("confirmed")
        DISCARDED = "discarded", _("put aside")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRY_RUN)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)  # added, changed, unchanged, rejected
    problem = models.TextField(_("why the file was refused"), blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-uploaded_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["dry_run", "refused"], decided_at__isnull=True)
                | Q(state__in=["confirmed", "discarded"], decided_at__isnull=False),
                name="accounts_listimport_decided_at_a_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filename}, {self.uploaded_at:%Y-%m-%d}"
