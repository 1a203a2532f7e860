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
    def current(self) -> Self:
        """The newest standing of every series."""
        rivals = Standing.objects.filter(series=models.OuterRef("series"))
        newest = rivals.order_by("-known_from", "-pk").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))

    def as_known_at(self, moment: datetime) -> Self:
        rivals = Standing.objects.filter(series=models.OuterRef("series"), known_from__lte=moment)
        newest = rivals.order_by("-known_from", "-pk").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))


class Standing(models.Model):
    """The newest value of a series against its trajectory, with every number behind the band.

    Rows are added when something that they depend on changes, and never altered. Whether data are
    late is no part of it: that follows from dates when it is read.
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
    expected = ExactNumberField(null=True)
    variance = ExactNumberField(null=True)
    movement = ExactNumberField(null=True)
    share = ExactNumberField(null=True)
    tolerance = ExactNumberField(null=True)
    noise = ExactNumberField(null=True)
    band = models.CharField(max_length=2, choices=Band, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    is_within_noise = models.BooleanField(default=False)
    is_provisional = models.BooleanField(default=False)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "known_from"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["series", "-known_from"])]

    def __str__(self) -> str:
        return f"{self.series} at {self.known_from:%Y-%m-%d}: {self.band or self.reason}"
