"""The numbers themselves: rows that are added and never changed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import ClassVar, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Sum, When, Window
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from goals.definitions import Definition, number_in_force
from goals.fields import Exact, ExactNumberField
from goals.models.indicators import Series
from goals.variance import Reading


class ObservationQuerySet(models.QuerySet["Observation"]):
    def current(self) -> Self:
        """The newest revision of every period, withdrawn ones included."""
        newer = Observation.objects.filter(
            series=OuterRef("series"),
            period_end=OuterRef("period_end"),
            revision__gt=OuterRef("revision"),
        )
        return self.filter(~Exists(newer))

    def as_known_at(self, moment: datetime) -> Self:
        """Of every period the newest revision that was known at the moment."""
        newer = Observation.objects.filter(
            series=OuterRef("series"),
            period_end=OuterRef("period_end"),
            revision__gt=OuterRef("revision"),
            known_from__lte=moment,
        )
        return self.filter(~Exists(newer), known_from__lte=moment)

    def reported(self) -> Self:
        """Only rows that carry a value: missing, suppressed and withdrawn ones are no number."""
        return self.filter(value__isnull=False).exclude(status=Observation.Status.WITHDRAWN)

    def newest_values(self, limit: int) -> Self:
        """Of each series the newest values, so many, and the rows without a value among them."""
        is_value = Q(value__isnull=False) & ~Q(status=Observation.Status.WITHDRAWN)
        counted = Window(
            Sum(Case(When(is_value, then=1), default=0)),
            partition_by=F("series"),
            order_by=F("period_end").desc(),
        )
        return self.annotate(values_since=counted).filter(values_since__lte=limit)

    def final(self) -> Self:
        return self.filter(status__in=Observation.FINAL)

    def of_indicators(self, indicators: Iterable[int]) -> list["Observation"]:
        """The rows of whole indicators with their series: thousands of rows share a few hundred."""
        wanted = set(indicators)
        rows: list[Observation] = list(self.filter(series__indicator__in=wanted))
        found = Series.objects.filter(indicator__in=wanted)
        series = {
            each.pk: each for each in found.select_related("indicator", "org_unit", "subgroup")
        }
        for row in rows:
            row.series = series[row.series_id]
        return rows


# Typed by somebody, or a revision: in the list of changes these have lines of their own, the rest is
# told by the line of its file, or follows from its parts.
TOLD_ALONE = Q(is_derived=False) & (Q(data_import__isnull=True) | Q(revision__gt=0))


class Observation(models.Model):
    """A value for one period, as it became known at one moment.

    A correction is a new row with the next revision; the rows of a period are their own audit.
    """

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("provisional")
        ESTIMATED = "estimated", _("estimated")
        FINAL = "final", _("final")
        REVISED = "revised", _("revised")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Missing(models.TextChoices):
        NOT_REPORTED = "not_reported", _("not reported")
        SUPPRESSED = "suppressed", _("suppressed: small group")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        NOT_YET_DUE = "not_yet_due", _("not yet due")

    FINAL: ClassVar[frozenset[str]] = frozenset({Status.FINAL, Status.REVISED})

    series = models.ForeignKey(Series, models.PROTECT, related_name="observations")
    period_start = models.DateField(_("period starts"))
    period_end = models.DateField(_("period ends"))
    revision = models.PositiveIntegerField(_("revision"), default=0)
    known_from = models.DateTimeField(_("known from"))
    value = ExactNumberField(_("value"), null=True, blank=True)
    numerator = ExactNumberField(_("numerator"), null=True, blank=True)
    denominator = ExactNumberField(_("denominator"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.FINAL)
    missing_reason = models.CharField(
        _("why there is no value"), max_length=16, choices=Missing, blank=True
    )
    published_on = models.DateField(_("published on"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    reason = models.CharField(_("reason for the revision"), max_length=300, blank=True)
    definition = models.PositiveSmallIntegerField(_("definition"), null=True, blank=True)
    # A total that the importer added up from its parts, kept apart from what a source published.
    is_derived = models.BooleanField(default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    data_import = models.ForeignKey(
        "goals.DataImport", models.PROTECT, null=True, blank=True, related_name="observations"
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "period_end", "revision"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "period_end", "revision"],
                name="goals_observation_one_of_each_revision",
            ),
            models.CheckConstraint(
                condition=Q(period_start__lte=F("period_end")),
                name="goals_observation_period_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, missing_reason="")
                | (Q(value__isnull=True) & ~Q(missing_reason=""))
                | Q(value__isnull=True, status="withdrawn"),
                name="goals_observation_value_or_why_there_is_none",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["series", "-period_end", "-revision"]),
            models.Index(
                fields=["known_from", "id"],
                condition=TOLD_ALONE,
                name="goals_observation_told_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}, {self.period_end}, revision {self.revision}"

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL

    @property
    def number(self) -> Exact | None:
        """The value, unless it was withdrawn."""
        return None if self.status == self.Status.WITHDRAWN else self.value

    def age_days(self, on: date) -> int:
        return (on - self.period_end).days

    def reading(self) -> Reading | None:
        """The value as the calculations take it; None where there is no value."""
        if self.number is None:
            return None
        return Reading(
            period_end=self.period_end,
            value=Fraction(self.number),
            status=self.status,
            numerator=None if self.numerator is None else Fraction(self.numerator),
            denominator=None if self.denominator is None else Fraction(self.denominator),
            definition=self.definition,
        )

    def definition_number(self, definitions: Sequence[Definition]) -> int:
        """Its own definition if one was given, else the one in force at the period's end."""
        return self.definition or number_in_force(definitions, self.period_end)
