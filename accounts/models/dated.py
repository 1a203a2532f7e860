"""Rows that hold between two dates."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold between two dates, both included; no end means until further notice."""

    def current(self, on: date) -> Self:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)

    def overlapping(self, first: date, last: date | None) -> Self:
        rows = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=first))
        return rows if last is None else rows.filter(valid_from__lte=last)


class Dated(models.Model):
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="%(app_label)s_%(class)s_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    @property
    def has_dates(self) -> bool:
        """False while a form is being filled in that has no first day yet."""
        first: date | None = self.valid_from
        return first is not None

    def overlaps(self, other: "Dated") -> bool:
        """Whether the two share a day."""
        begins = self.valid_to is None or other.valid_from <= self.valid_to
        return begins and (other.valid_to is None or self.valid_from <= other.valid_to)

    def clashes_with(self, other: Any) -> bool:  # noqa: ARG002 - each kind of row has its own rule
        """Whether the two cannot both hold; for new rows, where `clean()` knows the saved ones."""
        return False

    def is_current(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)
