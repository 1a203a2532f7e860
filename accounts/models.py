"""People: who they are, what they may do, and who looks after whom. Knows no goal."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.roles import CONSULTING_ROLES, Access, Permission, Role

MAX_DEPTH = 6  # levels of the organisation tree, from the system down to a school


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

    def is_current(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or self.valid_to >= on)


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
    words = models.JSONField(
        _("words"),
        default=dict,
        blank=True,
        help_text=_('Local words, for example {"system_leader": "State Superintendent"}.'),
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
                condition=Q(routine_hour__lte=23), name="accounts_system_routine_hour_exists"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise ValidationError(
                {"time_zone": _("No such time zone. Write it like America/Denver.")}
            ) from None

    def word(self, code: str, default: str) -> str:
        return str(self.words.get(code, default))


class Holiday(models.Model):
    """A day on which nobody is expected to work or to be reminded."""

    on = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering: ClassVar[list[str]] = ["on"]

    def __str__(self) -> str:
        return f"{self.on}, {self.name}"


class OrgUnitQuerySet(DatedQuerySet):
    def within(self, unit_ids: frozenset[int]) -> Self:
        """The given units and everything below them."""
        below = Q(pk__in=unit_ids)
        path = "parent"
        for _level in range(MAX_DEPTH - 1):
            below |= Q(**{f"{path}__in": unit_ids})
            path += "__parent"
        return self.filter(below)


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

    def clean(self) -> None:
        depth, above = 1, self.parent
        while above is not None:
            depth += 1
            if above.pk == self.pk or depth > MAX_DEPTH:
                raise ValidationError(
                    {
                        "parent": _(
                            "A unit cannot be part of itself, or lie more than six levels deep."
                        )
                    }
                )
            above = above.parent


class UserQuerySet(models.QuerySet["User"]):
    def with_title(self, on: date) -> Self:
        """Adds `title`: what the person's position of that day is called."""
        held = Position.objects.current(on).filter(person=models.OuterRef("pk"))
        return self.annotate(
            title=models.functions.Coalesce(
                models.Subquery(held.order_by("-valid_from").values("title")[:1]), models.Value("")
            )
        )

    def holding(self, roles: frozenset[Role], on: date) -> Self:
        held = RoleAssignment.objects.current(on).filter(role__in=roles)
        return self.filter(is_active=True, pk__in=held.values("person"))

    def with_login(self) -> Self:
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """A person; without a password one who cannot sign in."""
        user: User = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None) -> "User":
        user = self.create_user(email, name, password)
        RoleAssignment.objects.create(
            person=user, role=Role.ADMINISTRATOR, valid_from=timezone.localdate()
        )
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        found: User = self.get(email__iexact=username)
        return found


class User(AbstractBaseUser):
    """A person. One who never signs in has an unusable password."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off for people who have left; they stay on record.")
    )
    mail_wanted = models.BooleanField(
        _("digest by mail"), default=True, help_text=_("At most one mail a day, only when needed.")
    )
    time_zone = models.CharField(_("own time zone"), max_length=60, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    title: str  # set by with_title()

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_one_person_per_address",
                violation_error_message=_("Somebody with this e-mail address is already here."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalpha() and not word.endswith(".")]
        words = [word for word in words if word.lower() != "dr"] or words
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @cached_property
    def access(self) -> Access:
        """Today's roles; one query, once for each loaded person."""
        return self.access_on(timezone.localdate())

    def access_on(self, on: date) -> Access:
        if not self.is_active:
            return Access(on=on, roles=frozenset())
        held = list(self.role_assignments.current(on))
        return Access(
            on=on,
            roles=frozenset(Role(row.role) for row in held),
            org_unit_ids=frozenset(
                row.org_unit_id
                for row in held
                if row.role == Role.LOCAL_LEADER and row.org_unit_id is not None
            ),
        )

    def may(self, permission: Permission) -> bool:
        return self.access.may(permission)

    # Django's admin asks these; only administrators get in.
    @property
    def is_staff(self) -> bool:
        return self.may(Permission.ADMINISTER)

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        return self.may(Permission.ADMINISTER)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's signature
        return self.may(Permission.ADMINISTER)


class Position(Dated):
    """A job that a person holds between two dates, and the job that it reports to."""

    person = models.ForeignKey(User, models.PROTECT, related_name="positions")
    title = models.CharField(_("title"), max_length=120)
    org_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("organisation unit"), null=True, blank=True
    )
    reports_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reports to"),
    )

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["person__name", "-valid_from"]

    def __str__(self) -> str:
        return f"{self.title}: {self.person.name}"

    def clean(self) -> None:
        above, seen = self.reports_to, {self.pk}
        while above is not None:
            if above.pk in seen:
                raise ValidationError(
                    {"reports_to": _("This would make the reporting line run in a circle.")}
                )
            seen.add(above.pk)
            above = above.reports_to


class RoleAssignment(Dated):
    """A role that a person holds between two dates, whole or for part of their time."""

    person = models.ForeignKey(User, models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    org_unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for"),
        help_text=_("The unit that a local leader leads."),
    )
    fte_percent = models.PositiveSmallIntegerField(
        _("share of time"), default=100, help_text=_("Percent of a full-time post.")
    )
    home_unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("home office"),
        help_text=_("Where somebody on loan to the Unit belongs."),
    )
    is_co_lead = models.BooleanField(_("shares the lead"), default=False)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["person__name", "role"]
        verbose_name = _("role")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fte_percent__lte=100),
                name="accounts_roleassignment_at_most_full_time",
                violation_error_message=_("Nobody gives a role more than 100 percent."),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.LOCAL_LEADER) | Q(org_unit__isnull=False),
                name="accounts_roleassignment_local_leader_of_a_unit",
                violation_error_message=_("Say which organisation unit the local leader leads."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}, {self.get_role_display()}"

    def clean(self) -> None:
        if not self.has_dates:
            return
        rivals = RoleAssignment.objects.filter(role=self.role).exclude(pk=self.pk)
        rivals = rivals.overlapping(self.valid_from, self.valid_to)
        if self.role == Role.SYSTEM_LEADER and rivals.exists():
            raise ValidationError(
                {"role": _("There is already a system leader in this time. End that role first.")}
            )
        if self.person_id and rivals.filter(person=self.person_id, org_unit=self.org_unit).exists():
            raise ValidationError({"role": _("This person already holds this role in this time.")})


class AccountAssignment(Dated):
    """A goal leader is the account of a consultant: one primary at a time, any number of backups."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        BACKUP = "backup", _("Backup")

    consultant = models.ForeignKey(User, models.PROTECT, related_name="accounts_kept")
    goal_leader = models.ForeignKey(User, models.PROTECT, related_name="consultant_assignments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRIMARY)
    handover_note = models.TextField(_("hand-over note"), blank=True)

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["goal_leader__name", "kind"]
        verbose_name = _("account assignment")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["goal_leader"],
                condition=Q(kind="primary", valid_to__isnull=True),
                name="accounts_accountassignment_one_open_primary",
                violation_error_message=_("This goal leader already has a primary consultant."),
            ),
            models.CheckConstraint(
                condition=~Q(consultant=F("goal_leader")),
                name="accounts_accountassignment_nobody_is_their_own_consultant",
                violation_error_message=_("Nobody can be their own consultant."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultant.name} for {self.goal_leader.name} ({self.get_kind_display()})"

    def clean(self) -> None:
        if not self.has_dates or not self.consultant_id or not self.goal_leader_id:
            return
        if not self.consultant.access_on(self.valid_from).roles & CONSULTING_ROLES:
            raise ValidationError(
                {"consultant": _("This person holds no consulting role in the Unit on that day.")}
            )
        rivals = AccountAssignment.objects.filter(goal_leader=self.goal_leader_id)
        rivals = rivals.exclude(pk=self.pk).overlapping(self.valid_from, self.valid_to)
        if self.kind == self.Kind.PRIMARY and rivals.filter(kind=self.Kind.PRIMARY).exists():
            raise ValidationError(
                {"kind": _("This goal leader already has a primary consultant in this time.")}
            )
        if rivals.filter(consultant=self.consultant_id).exists():
            raise ValidationError(
                {"consultant": _("This consultant already keeps this account in this time.")}
            )
