"""What is measured, for whom, and who keeps the numbers."""

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Dated, DatedQuerySet, OrgUnit, User
from accounts.roles import Permission
from goals.data_age import Frequency, Schedule
from goals.definitions import Definition
from goals.fields import Exact, ExactNumberField
from goals.trajectory import Bounds, Direction, Range
from goals.variance import Yardstick

code_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Use letters, digits, dots, dashes and underscores only.")
)

ALL_SUBGROUP = "all"


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def hidden_from(self, user: User) -> Self:
        """Those that serve confidential goals alone, none of which the user may see."""
        from goals.models.goals import Goal, GoalIndicator  # noqa: PLC0415 - they name each other

        seen = Goal.objects.visible_to(user).values("pk")
        # From the uses and not from the goals: a goal without one would put a NULL into the list,
        # and nothing is outside a list with NULL.
        uses = GoalIndicator.objects.order_by()
        kept_back = uses.filter(goal__is_confidential=True).exclude(goal__in=seen)
        shown = uses.filter(goal__in=seen)
        return self.filter(pk__in=kept_back.values("series__indicator")).exclude(
            pk__in=shown.values("series__indicator")
        )

    def enterable_by(self, user: User) -> Self:
        """Those whose numbers the person may enter: stewarded ones; for administrators all."""
        if user.may(Permission.ADMINISTER):
            return self
        held = user.stewardships.current(user.access.on).values("indicator")
        return self.filter(pk__in=held)


class Indicator(models.Model):
    """A measure that outlives the goals it serves: what, in which unit, how often, how late."""

    class Unit(models.TextChoices):
        PERCENT = "percent", _("percent")
        COUNT = "count", _("count")
        RATE = "rate", _("rate")
        CURRENCY = "currency", _("currency")
        DAYS = "days", _("days")
        INDEX = "index", _("index")

    class Direction(models.TextChoices):
        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")
        RANGE = "range", _("within a range is best")

    class Frequency(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        MONTHLY = "monthly", _("monthly")
        QUARTERLY = "quarterly", _("quarterly")
        HALF_YEARLY = "half_yearly", _("half-yearly")
        ANNUAL = "annual", _("yearly")
        COHORT = "cohort", _("by cohort")
        BIENNIAL = "biennial", _("every two years")

    class Noise(models.TextChoices):
        OFF = "off", _("none: everybody is counted")
        BINOMIAL = "binomial", _("from the number counted")

    class Aggregation(models.TextChoices):
        NONE = "none", _("not added up")
        RATIO_OF_SUMS = "ratio_of_sums", _("sum of numerators over sum of denominators")
        SUM = "sum", _("sum of counts")

    NEVER_NEGATIVE: ClassVar[frozenset[str]] = frozenset(
        {Unit.PERCENT, Unit.COUNT, Unit.RATE, Unit.DAYS}
    )

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("what it measures"), blank=True)
    unit = models.CharField(_("unit"), max_length=12, choices=Unit, default=Unit.PERCENT)
    unit_label = models.CharField(
        _("unit in words"),
        max_length=40,
        blank=True,
        help_text=_("For example “per 1,000 births”."),
    )
    scale = ExactNumberField(_("scale"), default=100, help_text=_("100 for percent, else 1."))
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    direction = models.CharField(_("direction"), max_length=6, choices=Direction, default="up")
    range_low = ExactNumberField(_("range from"), null=True, blank=True)
    range_high = ExactNumberField(_("range to"), null=True, blank=True)
    minimum = ExactNumberField(_("lowest possible value"), null=True, blank=True)
    maximum = ExactNumberField(_("highest possible value"), null=True, blank=True)
    frequency = models.CharField(_("how often"), max_length=12, choices=Frequency, default="annual")
    publication_lag_days = models.PositiveSmallIntegerField(
        _("published after"), default=60, help_text=_("Days from the end of the period.")
    )
    grace_days = models.PositiveSmallIntegerField(_("days of grace"), default=7)
    first_expected_period_end = models.DateField(_("first period ends"), null=True, blank=True)
    is_seasonal = models.BooleanField(_("seasonal"), default=False)
    noise = models.CharField(_("noise"), max_length=10, choices=Noise, default=Noise.OFF)
    aggregation = models.CharField(
        _("how parts are added up"), max_length=14, choices=Aggregation, default=Aggregation.NONE
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)

    objects = IndicatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(direction="range")
                | Q(range_low__isnull=False, range_high__isnull=False),
                name="goals_indicator_range_has_both_ends",
                violation_error_message=_("Give both ends of the range."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def yardstick(self, tolerance: Exact | None = None) -> Yardstick:
        """How values of this indicator are judged, with the tolerance of a path if it has one."""
        return Yardstick(
            direction=Direction(self.direction),
            decimals=self.decimals,
            within=Range.between(self.range_low, self.range_high),
            counts_noise=self.noise == self.Noise.BINOMIAL,
            scale=Fraction(self.scale),
            tolerance=None if tolerance is None else Fraction(tolerance),
        )

    def bounds(self) -> Bounds:
        """The values that there can be: as written down, else what the unit itself says."""
        low, high = self.minimum, self.maximum
        if low is None and self.unit in self.NEVER_NEGATIVE:
            low = Decimal(0)
        if high is None and self.unit == self.Unit.PERCENT:
            high = self.scale
        return Bounds(low, high)

    def schedule(self) -> Schedule:
        """When its numbers are expected."""
        return Schedule(
            Frequency(self.frequency),
            self.publication_lag_days,
            self.grace_days,
            self.first_expected_period_end,
        )

    def definition_list(self) -> list[Definition]:
        """Its definitions as plain values; reads `definitions`, prefetch them in lists."""
        return [
            Definition(row.number, row.valid_from, row.is_comparable)
            for row in self.definitions.all()
        ]


class DefinitionVersion(models.Model):
    """How the indicator is defined from a day on, and whether older values still compare."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="definitions")
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.TextField(_("definition"))
    valid_from = models.DateField(_("from"), null=True, blank=True)
    is_comparable = models.BooleanField(_("comparable with the one before"), default=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["indicator", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["indicator", "number"], name="goals_definitionversion_one_of_each_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}, definition {self.number}"


class IndicatorSteward(Dated):
    """The right to enter this indicator's numbers: a right, not a job."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="stewards")
    person = models.ForeignKey(User, models.PROTECT, related_name="stewardships")

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        verbose_name = _("steward")

    def __str__(self) -> str:
        return f"{self.person.name}, {self.indicator.code}"


class SubgroupManager(models.Manager["Subgroup"]):
    def everybody(self) -> "Subgroup":
        """The subgroup of a number that is about all."""
        return self.get_or_create(code=ALL_SUBGROUP, defaults={"name": "All"})[0]


class Subgroup(models.Model):
    """Whom a number is about: everybody ("all"), or one group of a dimension."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    dimension = models.CharField(_("dimension"), max_length=60, blank=True)

    objects = SubgroupManager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["dimension", "name"]

    def __str__(self) -> str:
        return self.name


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, user: User) -> Self:
        """Series of goals and dictionary that the user may see; local leaders their subtree.

        Series of an indicator that only confidential goals use stay hidden with those goals.
        """
        from goals.models.goals import Goal  # noqa: PLC0415 - goals and series name each other

        if user.may(Permission.SEE_ALL_GOALS):
            return self.exclude(indicator__in=Indicator.objects.hidden_from(user).values("pk"))
        goals = Goal.objects.visible_to(user)
        if not user.access.org_unit_ids:
            return self.filter(goal_uses__goal__in=goals.values("pk")).distinct()
        subtree = OrgUnit.objects.within(user.access.org_unit_ids)
        local = Q(
            org_unit__in=subtree.values("pk"),
            indicator__in=goals.values("measures__series__indicator"),
        )
        whole = goals.read_whole_by(user)
        return self.filter(local | Q(goal_uses__goal__in=whole.values("pk"))).distinct()


class Series(models.Model):
    """One line of numbers: an indicator, for one organisation unit and one subgroup."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="series")
    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="series")
    subgroup = models.ForeignKey(Subgroup, models.PROTECT, related_name="series")

    objects = SeriesQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["indicator__code", "org_unit__code", "subgroup__code"]
        verbose_name_plural = _("series")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["indicator", "org_unit", "subgroup"],
                name="goals_series_one_for_each_unit_and_subgroup",
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}, {self.org_unit.code}, {self.subgroup.code}"
