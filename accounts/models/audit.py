"""What was looked at or taken out: nothing changed, and yet somebody should be able to ask."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class AuditEvent(models.Model):
    """That somebody looked as another person, or took data out. Rows are added and never changed.

    What was changed has its own traces: the histories of rows, and rows that are only added.
    """

    class Kind(models.TextChoices):
        VIEW_STARTED = "view_started", _("Began to look as somebody else")
        VIEW_PAGE = "view_page", _("Looked at a page as somebody else")
        VIEW_REFUSED = "view_refused", _("Was refused while looking as somebody else")
        VIEW_STOPPED = "view_stopped", _("Stopped looking as somebody else")
        EXPORTED = "exported", _("Took out a file")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who"))
    # The person as whom `by` looked.
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    start = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    subject = models.CharField(_("page or file"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(kind="view_started")
                | (models.Q(person__isnull=False) & ~models.Q(reason="")),
                name="accounts_auditevent_looking_begins_with_a_reason",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"], name="accounts_auditevent_newest")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()}"
