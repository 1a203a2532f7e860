"""The system that this installation serves: its clock, its holidays, and its parts."""

from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.dated import Dated, DatedQuerySet
from accounts.roles import Role

MAX_DEPTH = 6  # levels of the organisation tree, from the system down to a school


NO_SUCH_ZONE = _("No such time zone. Write it like America/Denver.")


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _are_weekdays(days: Any) -> bool:
    return isinstance(days, list) and all(type(day) is int and 1 <= day <= 7 for day in days)


def _are_words(words: Any) -> bool:
    return isinstance(words, dict) and all(isinstance(word, str) for word in words.values())


class SystemManager(models.Manager["System"]):
    def current(self) -> "System":
        """The one system of this installation; before it is set up, one with defaults."""
        return self.order_by("pk").first() or System()


class System(models.Model):
    """The organisation that this installation serves: its name, its clock and its words."""

    name = models.CharField(_("name"), max_length=120, default="Delivery Unit")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"), default=1
    )
    weekend = models.JSONField(
        _("days off"), default=list, blank=True, help_text=_("ISO weekdays, Saturday is 6.")
    )
    week_start = models.PositiveSmallIntegerField(_("first day of the week"), default=1)
    words = models.JSONField(
        _("words"),
        default=dict,
        blank=True,
        help_text=_('Local words, for example {"system_leader": "State Superintendent"}.'),
    )
    second_factor_roles = models.JSONField(
        _("second factor needed by"),
        default=list,
        blank=True,
        help_text=_("Whoever holds one of these roles sets up one-time codes at the next sign-in."),
    )
    load_alarm = models.PositiveSmallIntegerField(
        _("alarm of load"), default=4, help_text=_("Above it a consultant carries too much.")
    )
    independence_months = models.PositiveSmallIntegerField(
        _("look-back for independence"),
        default=12,
        help_text=_("Months for which having worked for a goal leader still counts."),
    )
    routine_hour = models.PositiveSmallIntegerField(_("hour of the daily routine"), default=6)
    demo_profile = models.CharField(max_length=20, blank=True, editable=False)

    objects = SystemManager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("system")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(fiscal_year_start__gte=1, fiscal_year_start__lte=12),
                name="accounts_system_fiscal_year_starts_in_a_month",
            ),
            models.CheckConstraint(
                condition=Q(week_start__gte=1, week_start__lte=7),
                name="accounts_system_week_starts_on_a_weekday",
            ),
            models.CheckConstraint(
                condition=Q(routine_hour__lte=23), name="accounts_system_routine_hour_exists"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.weekend, self.words = self.weekend or [], self.words or {}
        wrong = {
            "time_zone": None if is_time_zone(self.time_zone) else NO_SUCH_ZONE,
            "weekend": None if _are_weekdays(self.weekend) else _("Write a list like [6, 7]."),
            "words": None
            if _are_words(self.words)
            else _('Write pairs of texts, like {"system_leader": "State Superintendent"}.'),
            "fiscal_year_start": None
            if self.fiscal_year_start in range(1, 13)
            else _("A month is a number from 1 to 12."),
            "week_start": None
            if self.week_start in range(1, 8)
            else _("A day of the week is a number from 1 (Monday) to 7."),
            "routine_hour": None
            if self.routine_hour in range(24)
            else _("An hour is a number from 0 to 23."),
        }
        if errors := {name: words for name, words in wrong.items() if words}:
            raise ValidationError(errors)

    def needs_second_factor(self, roles: frozenset[Role]) -> bool:
        return bool(roles & set(self.second_factor_roles))

    @property
    def is_set_up(self) -> bool:
        """False while nobody has named it: what is shown are defaults."""
        return self.pk is not None


class Holiday(models.Model):
    """A day on which nobody is expected to work or to be reminded."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["on"]

    def __str__(self) -> str:
        return f"{self.on}, {self.name}"


class Term(Dated):
    """A part of the year that people plan by: a school term, a semester, a session."""

    name = models.CharField(_("name"), max_length=80)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["valid_from"]

    def __str__(self) -> str:
        return self.name


class OrgUnitQuerySet(DatedQuerySet):
    def whole(self) -> "OrgUnit | None":
        """The organisation itself, of which all others are parts; None before it is named."""
        whole: OrgUnit | None = self.filter(parent=None).order_by("pk").first()
        return whole

    def within(self, unit_ids: frozenset[int]) -> Self:
        """The given units and everything below them."""
        below = Q(pk__in=unit_ids)
        path = "parent"
        for _level in range(MAX_DEPTH - 1):
            below |= Q(**{f"{path}__in": unit_ids})
            path += "__parent"
        return self.filter(below)

    def in_line_with(self, unit_ids: frozenset[int]) -> Self:
        """The given units, everything below them, and everything that they are a part of."""
        line, path = Q(pk__in=self.within(unit_ids).values("pk")), "parts"
        for _level in range(MAX_DEPTH - 1):
            line |= Q(pk__in=self.filter(**{f"{path}__in": unit_ids}).order_by().values("pk"))
            path += "__parts"
        return self.filter(line)


class OrgUnit(Dated):
    """A part of the system: an office, a district, a campus, a school."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=40, default="office")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("part of"),
        null=True,
        blank=True,
        related_name="parts",
    )

    objects = OrgUnitQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["code"]
        verbose_name = _("organisation unit")

    def __str__(self) -> str:
        return self.name

    @property
    def above(self) -> "list[OrgUnit]":
        """The unit that it is part of, the one above that, and so on."""
        found: list[OrgUnit] = []
        unit = self.parent
        while unit is not None and len(found) < MAX_DEPTH:
            found.append(unit)
            unit = unit.parent
        return found

    @property
    def can_have_parts(self) -> bool:
        return len(self.above) + 1 < MAX_DEPTH

    def levels_below(self) -> int:
        """How many levels of parts it has; one query for each."""
        level, levels = {self.pk}, -1
        while level and levels < MAX_DEPTH:
            level = set(OrgUnit.objects.filter(parent__in=level).values_list("pk", flat=True))
            levels += 1
        return levels

    def clean(self) -> None:
        above, below = self.above, self.levels_below() if self.pk else 0
        if self.pk and self.pk in {unit.pk for unit in above}:
            raise ValidationError({"parent": _("A unit cannot be a part of itself.")})
        if len(above) + 1 + below > MAX_DEPTH:
            raise ValidationError({"parent": _("Units lie at most six levels deep.")})
