"""What is to be reached, and the approved path to it."""

from datetime import date
from fractions import Fraction
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from goals import trajectory as engine
from goals.definitions import is_comparable, number_in_force
from goals.fields import ExactNumberField
from goals.models.indicators import Series
from goals.models.observations import Observation
from goals.variance import Comparison, compare


class Target(models.Model):
    """A level to reach by the end of a period, with the dated baseline that it starts from."""

    class Kind(models.TextChoices):
        LEVEL = "level", _("a level")
        PP_CHANGE = "pp_change", _("a change in points")
        PCT_CHANGE = "pct_change", _("a change in percent")
        HALVE_DISTANCE = "halve_distance", _("halve the distance")
        CLOSE_GAP = "close_gap", _("close a gap")
        MAINTAIN = "maintain", _("maintain")

    class Rule(models.TextChoices):
        PERIOD_END = "period_end", _("by the value of the period")
        PUBLICATION = "publication", _("by what is published on the day")

    series = models.ForeignKey(Series, models.PROTECT, related_name="targets")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.LEVEL)
    parameter = ExactNumberField(_("parameter"), null=True, blank=True)
    baseline_observation = models.ForeignKey(
        Observation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    baseline_on = models.DateField(_("baseline date"))
    baseline_value = ExactNumberField(_("baseline"))
    due_on = models.DateField(_("due: end of the period"))
    raw_level = ExactNumberField(_("level before rounding"))
    level = ExactNumberField(_("level"))
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=1)
    derivation = models.CharField(_("how it was worked out"), max_length=300, blank=True)
    measured_on_rule = models.CharField(
        _("measured"), max_length=12, choices=Rule, default=Rule.PERIOD_END
    )
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "version"], name="goals_target_one_of_each_version"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("baseline_on")) | Q(kind="maintain"),
                name="goals_target_due_after_its_baseline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}, target {self.version}"

    def clean(self) -> None:
        value = self.baseline_observation
        if value is not None and value.series_id != self.series_id:
            raise ValidationError({"baseline_observation": _("This value is of another series.")})


class TrajectoryQuerySet(models.QuerySet["Trajectory"]):
    def in_force(self, on: date) -> Self:
        """The approved version of each series on the day; drafts never count."""
        newer = Trajectory.objects.filter(
            Q(approved_on__gt=models.OuterRef("approved_on"))
            | Q(approved_on=models.OuterRef("approved_on"), version__gt=models.OuterRef("version")),
            series=models.OuterRef("series"),
            approved_on__lte=on,
        )
        return self.filter(~models.Exists(newer), approved_on__lte=on)

    def approved_by(self, on: date) -> Self:
        """Every version approved by the day; the last one of a series is in force."""
        return self.filter(approved_on__lte=on).order_by("series", "approved_on", "version")

    def for_drawing(self) -> Self:
        """With all that drawing and comparing read, in two queries more."""
        return self.select_related(
            "series__indicator", "target__baseline_observation"
        ).prefetch_related("points", "series__indicator__definitions")


class Trajectory(models.Model):
    """The expected path of a series from baseline to target: one approved version at a time."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        SUPERSEDED = "superseded", _("superseded")

    class Method(models.TextChoices):
        LINEAR = "linear", _("straight line")
        CUSTOM = "custom", _("through dated points")
        STEP = "step", _("in steps")
        SEASONAL = "seasonal", _("seasonal")
        HOLD = "hold", _("hold")
        HALVE_DISTANCE = "halve_distance", _("halve the distance")

    class Axis(models.TextChoices):
        MONTHS = "months", _("months")
        DAYS = "days", _("days")

    # The methods whose path goes by typed points or past values.
    WITH_POINTS: ClassVar[frozenset[str]] = frozenset({Method.CUSTOM, Method.STEP, Method.SEASONAL})

    series = models.ForeignKey(Series, models.PROTECT, related_name="trajectories")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    target = models.ForeignKey(Target, models.PROTECT, related_name="trajectories")
    method = models.CharField(_("method"), max_length=16, choices=Method, default=Method.LINEAR)
    time_axis = models.CharField(_("time axis"), max_length=6, choices=Axis, default=Axis.MONTHS)
    season_length = models.PositiveSmallIntegerField(_("seasons a year"), null=True, blank=True)
    start_on = models.DateField(_("holds from"), null=True, blank=True)
    limit = ExactNumberField(_("limit"), null=True, blank=True)
    tolerance = ExactNumberField(_("tolerance"), null=True, blank=True)
    assumptions = models.TextField(_("assumptions"), blank=True)
    reason = models.CharField(_("reason for the version"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_on = models.DateField(_("approved on"), null=True, blank=True)

    objects = TrajectoryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["series", "version"]
        verbose_name_plural = _("trajectories")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["series", "version"], name="goals_trajectory_one_of_each_version"
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=True, state__in=["draft", "proposed"])
                | Q(approved_on__isnull=False, state__in=["approved", "superseded"]),
                name="goals_trajectory_approved_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series}, trajectory {self.version}"

    def clean(self) -> None:
        if self.target_id and self.target.series_id != self.series_id:
            raise ValidationError({"target": _("This target is of another series.")})

    def compare(self, observation: Observation) -> Comparison:
        """The observation against this path: reads the indicator, its definitions and points.

        Whoever asks makes sure that the path is the approved one.
        """
        indicator = self.series.indicator
        definitions = indicator.definition_list()
        baseline = number_in_force(definitions, self.target.baseline_on)
        if self.target.baseline_observation is not None:
            baseline = self.target.baseline_observation.definition_number(definitions)
        return compare(
            observation.reading(),
            self.path(),
            indicator.yardstick(self.tolerance),
            comparable=is_comparable(
                definitions, baseline, observation.definition_number(definitions)
            ),
        )

    def _limit(self) -> Fraction | None:
        """What is halved towards: as typed, else 0 for a falling indicator; 100 is the engine's."""
        if self.limit is not None:
            return Fraction(self.limit)
        if self.method != self.Method.HALVE_DISTANCE:
            return None
        is_falling = self.series.indicator.direction == engine.Direction.DOWN
        return Fraction(0) if is_falling else None

    @property
    def typed_points(self) -> "list[TrajectoryPoint]":
        """Those the path goes through, without the past values that give it its seasons."""
        return [each for each in self.points.all() if each.kind == TrajectoryPoint.Kind.POINT]

    def path(self) -> engine.Trajectory:
        """The path as a plain value; reads `target`, and `points` if it goes by them.

        Raises TrajectoryError.
        """
        points = list(self.points.all()) if self.method in self.WITH_POINTS else []
        kinds = TrajectoryPoint.Kind
        return engine.Trajectory(
            method=engine.Method(self.method),
            time_axis=engine.TimeAxis(self.time_axis),
            baseline=engine.Point(self.target.baseline_on, self.target.baseline_value),
            target=engine.Point(self.target.due_on, self.target.level),
            points=tuple(engine.Point(p.on, p.value) for p in points if p.kind == kinds.POINT),
            history=tuple(engine.Point(p.on, p.value) for p in points if p.kind == kinds.HISTORY),
            season_length=self.season_length,
            start=self.start_on,
            limit=self._limit(),
            decimals=self.target.decimals,
        )


class TrajectoryPoint(models.Model):
    """A typed point of a path, or a past value that gives a seasonal path its shape."""

    class Kind(models.TextChoices):
        POINT = "point", _("point of the path")
        HISTORY = "history", _("past value")

    trajectory = models.ForeignKey(Trajectory, models.CASCADE, related_name="points")
    on = models.DateField(_("date"))
    value = ExactNumberField(_("value"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.POINT)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["trajectory", "on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["trajectory", "kind", "on"], name="goals_trajectorypoint_one_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.value}"
