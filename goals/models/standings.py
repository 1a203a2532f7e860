"""Where a series stood against its path, as the product worked it out at a moment."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from goals.fields import ExactNumberField
from goals.models.indicators import Series
from goals.models.observations import Observation
from goals.models.trajectories import Target, Trajectory


class StandingQuerySet(models.QuerySet["Standing"]):
    def current(self, *, finals: bool = False) -> Self:
        """The newest standing of every series; of its final values alone if asked so."""
        return self._newest(Standing.objects.all(), finals=finals)

    def as_known_at(self, moment: datetime, *, finals: bool = False) -> Self:
        return self._newest(Standing.objects.filter(known_from__lte=moment), finals=finals)

    def _newest(self, rivals: "models.QuerySet[Standing]", *, finals: bool) -> Self:
        rivals = rivals.filter(series=models.OuterRef("series"), is_of_finals=finals)
        newest = rivals.order_by("-known_from", "-pk").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))


class Standing(models.Model):
    """The newest value of a series against its trajectory, with every number behind the band.

    Rows are added when something that they depend on changes, and never altered. Whether data are
    late is no part of it: that follows from dates when it is read. A series has two readings: of
    all its values, and of its final ones alone, which is what board members see.
    """

    class Band(models.TextChoices):
        # A computed band. People's agreed rating is another thing and has another dress.
        G = "G", _("on the trajectory")
        AG = "AG", _("slightly behind the trajectory")
        AR = "AR", _("behind the trajectory")
        R = "R", _("far behind the trajectory")

    series = models.ForeignKey(Series, models.PROTECT, related_name="standings")
    known_from = models.DateTimeField(_("known from"))
    observation = models.ForeignKey(Observation, models.PROTECT, null=True, related_name="+")
    trajectory = models.ForeignKey(Trajectory, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(Target, models.PROTECT, null=True, related_name="+")
    is_of_finals = models.BooleanField(_("of final values alone"), default=False)
    # The comparable value before: what the movement is counted from.
    previous = models.ForeignKey(Observation, models.PROTECT, null=True, related_name="+")
    shape = models.TextField(blank=True)  # see goals/shape.py
    expected = ExactNumberField(null=True)
    variance = ExactNumberField(null=True)
    movement = ExactNumberField(null=True)
    share = ExactNumberField(null=True)
    tolerance = ExactNumberField(null=True)
    noise = ExactNumberField(null=True)
    band = models.CharField(max_length=2, choices=Band, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    is_within_noise = models.BooleanField(default=False)
    # Where it leads: see goals/outlook.py.
    pace = models.CharField(max_length=2, choices=Band, blank=True)
    pace_reason = models.CharField(max_length=40, blank=True)
    confidence = models.CharField(max_length=6, blank=True)
    mode = models.CharField(max_length=6, blank=True)
    tendency = models.CharField(max_length=10, blank=True)
    slope = ExactNumberField(null=True)
    required = ExactNumberField(null=True)
    rho = ExactNumberField(null=True)
    projection = ExactNumberField(null=True)
    shortfall = ExactNumberField(null=True)
    projection_low = ExactNumberField(null=True)
    projection_high = ExactNumberField(null=True)
    is_plateau = models.BooleanField(default=False)
    reversal = models.CharField(max_length=6, blank=True)
    is_provisional = models.BooleanField(default=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "known_from"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["series", "is_of_finals", "-known_from", "-id"])
        ]

    def __str__(self) -> str:
        return f"{self.series} at {self.known_from:%Y-%m-%d}: {self.band or self.reason}"
