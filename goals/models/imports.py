"""Files of numbers: how each kind is read, and what became of each file."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.roles import Permission
from goals.models.indicators import Indicator, code_validator


class ImportMapping(models.Model):
    """How one publisher's file is read: data, never code for one file."""

    name = models.CharField(_("name"), max_length=60, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=160)
    spec = models.JSONField(_("how to read the file"))
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.title


class DataImportQuerySet(models.QuerySet["DataImport"]):
    def visible_to(self, user: User) -> Self:
        """Own files and those with numbers that one stewards.

        Administrators see every file; whoever keeps the mappings all but those with numbers that
        serve confidential goals alone.
        """
        if user.may(Permission.ADMINISTER):
            return self
        stewarded = user.stewardships.current(user.access.on).values("indicator")
        own = Q(uploaded_by=user) | Q(indicators__in=stewarded)
        if user.may(Permission.KEEP_MAPPINGS):
            hidden = Indicator.objects.hidden_from(user).values("pk")
            inside = DataImport.indicators.through.objects.filter(indicator__in=hidden)
            own |= ~Q(pk__in=inside.values("dataimport"))
        return self.filter(own).distinct()


class DataImport(models.Model):
    """A file that was read: first on trial, then confirmed or discarded, and kept as evidence."""

    class State(models.TextChoices):
        REFUSED = "refused", _("refused")
        DRY_RUN = "dry_run", _("dry run")
        CONFIRMED = "confirmed", _("confirmed")
        DISCARDED = "discarded", _("discarded")

    filename = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    mapping = models.ForeignKey(
        ImportMapping, models.PROTECT, null=True, blank=True, related_name="+"
    )
    options = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRY_RUN)
    # counts: added, revised, withdrawn, unchanged, rejected, warnings
    counts = models.JSONField(default=dict)
    # rows: what the dry run found, as the page shows it
    rows = models.JSONField(default=list)
    problem = models.TextField(_("why the file was refused"), blank=True)
    reason = models.CharField(_("reason for the revisions"), max_length=300, blank=True)
    indicators = models.ManyToManyField(Indicator, related_name="imports", blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = DataImportQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-uploaded_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["dry_run", "refused"], decided_at__isnull=True)
                | Q(state__in=["confirmed", "discarded"], decided_at__isnull=False),
                name="goals_dataimport_decided_at_a_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filename}, {self.uploaded_at:%Y-%m-%d}"
