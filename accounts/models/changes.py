"""Who decided that accounts change hands, when and why; what a plan needs to be taken back."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class AccountChangeQuerySet(models.QuerySet["AccountChange"]):
    def ahead(self, on: date) -> "AccountChangeQuerySet":
        """Plans that have not begun, the next first."""
        rows = self.filter(undone_at__isnull=True, starts_on__gt=on)
        return rows.order_by("starts_on", "pk")


class AccountChange(models.Model):
    """One decision about accounts: what begins and ends with it points here."""

    starts_on = models.DateField(_("from"))
    reason = models.CharField(_("reason"), max_length=300)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))
    # What was shortened and until when it held before: [kind of row, its key, last day or none].
    shortened = models.JSONField(default=list)
    # What was asked for, as the form had it, so that a plan can be changed.
    asked = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="accounts_accountchange_has_a_reason",
                violation_error_message=_("Say why the accounts change hands."),
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="accounts_accountchange_undone_by_somebody_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}: {self.reason}"

    @property
    def is_of_accounts(self) -> bool:
        """Not if somebody leaves with it: that changes more than accounts, and is not undone."""
        return "leaving" not in self.asked

    def can_be_undone(self, on: date) -> bool:
        """Until the day before it begins."""
        return self.is_of_accounts and self.undone_at is None and self.starts_on > on
