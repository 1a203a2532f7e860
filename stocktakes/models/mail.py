"""The digest: the one mail that the system writes to people by itself."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class DigestQuerySet(models.QuerySet["Digest"]):
    def gone_out(self) -> Self:
        """Those that their person has, as far as anybody can know."""
        return self.filter(
            state__in=[Digest.State.CLAIMED, Digest.State.SENT, Digest.State.UNCERTAIN]
        )


class Digest(models.Model):
    """The one mail of a person and day. Written only if there is something to say.

    A reader in another zone may have begun a day that the system has not, or the other way about;
    lateness and working days are counted on the system's. No day of either has two digests.

    A row is claimed, sent with a Message-ID that never changes, and marked. After a crash in
    between it is uncertain: shown to an administrator, never sent again by itself.
    """

    class State(models.TextChoices):
        WRITTEN = "written", _("written")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCERTAIN = "uncertain", _("uncertain")

    person = models.ForeignKey(User, models.PROTECT, related_name="digests")
    on = models.DateField(_("day"))  # of the reader, in whose zone the mail is told
    counted_on = models.DateField(_("counted on"))  # of the system at that moment
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WRITTEN)
    written_at = models.DateTimeField(_("written at"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-on", "person__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "on"], name="stocktakes_digest_one_a_day_for_each_person"
            ),
            models.UniqueConstraint(
                fields=["person", "counted_on"],
                name="stocktakes_digest_one_a_day_of_the_system_for_each_person",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="stocktakes_digest_sent_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.on}"
