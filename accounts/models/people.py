"""People: who they are, what they may do, and who looks after whom."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models.dated import Dated, DatedQuerySet
from accounts.models.system import NO_SUCH_ZONE, OrgUnit, System, is_time_zone
from accounts.roles import CONSULTING_ROLES, Access, Permission, Role
from accounts.vocabulary import said


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

    def wanting_mail(self) -> Self:
        return self.filter(is_active=True, mail_wanted=True)

    def reading_in(self, zone: str, system: System) -> Self:
        """Those whose day begins with that of a zone; the system's is that of all the rest."""
        if zone != system.time_zone:
            return self.filter(time_zone=zone)
        return self.exclude(time_zone__in=self.other_zones(system))

    def other_zones(self, system: System) -> list[str]:
        """Those that somebody reads in beside the system's, as far as they are known."""
        chosen = self.exclude(time_zone__in=["", system.time_zone]).order_by()
        zones = chosen.values_list("time_zone", flat=True).distinct()
        return [zone for zone in zones if is_time_zone(zone)]

    def visible_to(self, user: "User") -> Self:
        """`permissions.can_view_person` says the same. Everybody sees their own page."""
        if user.may(Permission.SEE_PEOPLE):
            return self
        seen = Q(pk=user.pk)
        if user.may(Permission.SEE_DIRECTORY):
            seen |= Q(is_active=True)
        return self.filter(seen)

    def holding_something(self, on: date) -> Self:
        """Who had a position or a role on a day, whether they are still here or not."""
        held = Q(pk__in=Position.objects.current(on).values("person"))
        return self.filter(held | Q(pk__in=RoleAssignment.objects.current(on).values("person")))

    def finding(self, text: str, user: "User", on: date) -> Self:
        """By name and the title of a day, and by address for those who see addresses."""
        titled = Position.objects.current(on).filter(title__icontains=text)
        found = Q(name__icontains=text) | Q(pk__in=titled.values("person"))
        if user.may(Permission.SEE_PEOPLE):
            found |= Q(email__icontains=text)
        return self.filter(found)

    def working_in(self, unit_ids: frozenset[int], on: date) -> Self:
        """Those whose position, or whose home office, lies in one of the units or below it."""
        units = OrgUnit.objects.within(unit_ids).values("pk")
        held = Position.objects.current(on).filter(org_unit__in=units).values("person")
        lent = RoleAssignment.objects.current(on).filter(home_unit__in=units).values("person")
        return self.filter(Q(pk__in=held) | Q(pk__in=lent))

    def with_invitation(self) -> Self:
        """Adds `invited_until`: when the newest invitation ends or ended."""
        return self.annotate(invited_until=models.Max("invitations__expires_at"))

    def in_state(self, state: "AccessState", at: datetime) -> Self:
        """Those of whom `access_state(at)` says so."""
        has_come = Q(last_login__isnull=False) | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        asked = self.with_invitation().filter(~has_come, is_active=True)
        return {
            AccessState.LEFT: self.filter(is_active=False),
            AccessState.ACTIVE: self.filter(has_come, is_active=True),
            AccessState.INVITED: asked.filter(invited_until__gte=at),
            AccessState.ENDED: asked.filter(invited_until__lt=at),
            AccessState.NONE: asked.filter(invited_until__isnull=True),
        }[state]

    def to_let_go(self, user: "User") -> Self:
        """`permissions.can_let_go` says the same."""
        if not user.may(Permission.DECIDE_ACCOUNTS):
            return self.none()
        people = self.filter(is_active=True)
        if user.may(Permission.ADMINISTER):
            return people
        return people.exclude(
            pk__in=self.model.objects.holding(frozenset({Role.ADMINISTRATOR}), user.access.on)
        )

    def leaving_by(self, on: date) -> Self:
        """Still active, though their last day is over."""
        return self.filter(is_active=True, last_day__lt=on)


def as_address(typed: str) -> str:
    """An e-mail address as it is kept and looked for: capital letters and spaces tell nothing."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """A person; without a password one who cannot sign in."""
        user: User = self.model(email=as_address(email), name=name)
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
        found: User = self.get(email__iexact=as_address(username or ""))
        return found


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class AccessState(models.TextChoices):
    """Whether somebody can sign in, and how far they are."""

    ACTIVE = "active", _("Active")
    INVITED = "invited", _("Invited")
    ENDED = "ended", _("Invitation ended")
    NONE = "none", _("No sign-in")
    LEFT = "left", _("Has left")


class PersonHistory(HistoricalRecords):
    """Leaves out what is no change of a person: that they signed in, a new password, dark or light."""

    UNTOLD = frozenset({"password", "last_login", "theme"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(excluded_fields=sorted(self.UNTOLD), **kwargs)

    def post_save(self, instance: Any, created: Any, using: Any = None, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if not fields or not self.UNTOLD.issuperset(fields):
            super().post_save(instance, created, using, **kwargs)


class User(AbstractBaseUser):
    """A person. One who never signs in has an unusable password."""

    email = models.EmailField(
        _("e-mail"),
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail address is already here.")},
    )
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Off for people who have left; they stay on record.")
    )
    mail_wanted = models.BooleanField(
        _("digest by mail"), default=True, help_text=_("At most one mail a day, only when needed.")
    )
    time_zone = models.CharField(_("own time zone"), max_length=60, blank=True)
    theme = models.CharField(_("light or dark"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    language = models.CharField(_("language"), max_length=10, blank=True)

    last_day = models.DateField(_("last day"), null=True, blank=True)
    pseudonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()
    history = PersonHistory()

    title: str  # set by with_title()
    invited_until: datetime | None  # set by with_invitation()
    # Looked as by somebody who may not see confidential goals: then these stay hidden here, too.
    is_veiled = False

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

    def clean(self) -> None:
        self.email = as_address(self.email)
        if self.time_zone and not is_time_zone(self.time_zone):
            raise ValidationError({"time_zone": NO_SUCH_ZONE})

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalpha() and not word.endswith(".")]
        words = [word for word in words if word.lower() != "dr"] or words
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def zone(self, system: System) -> ZoneInfo:
        """In which days and times are told to them by mail: their own, else the system's."""
        own = self.time_zone if is_time_zone(self.time_zone) else ""
        return ZoneInfo(own or system.time_zone)

    def was_here(self, on: date) -> bool:
        """Still here, or not gone by that day."""
        return self.is_active or (self.last_day is not None and on <= self.last_day)

    def has_gone(self, on: date) -> bool:
        return self.last_day is not None and self.last_day < on

    def access_state(self, at: datetime) -> AccessState:
        """Of somebody loaded with_invitation(). `in_state` says the same of many."""
        if not self.is_active:
            return AccessState.LEFT
        if self.last_login is not None or self.has_usable_password():
            return AccessState.ACTIVE
        if self.invited_until is None:
            return AccessState.NONE
        return AccessState.INVITED if self.invited_until >= at else AccessState.ENDED

    @cached_property
    def access(self) -> Access:
        """Today's roles; one query, once for each loaded person."""
        return self.access_on(timezone.localdate())

    def access_on(self, on: date) -> Access:
        if not self.is_active or self.has_gone(on):
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


class PositionQuerySet(DatedQuerySet):
    def newest_of(self, person: User, on: date) -> "Position | None":
        """The position of that day; of two the one that began last."""
        return self.current(on).filter(person=person).order_by("-valid_from", "-pk").first()

    def boss_of(self, on: date) -> dict[int, int]:
        """For each person with a line on that day, the person above."""
        rows = self.current(on).filter(reports_to__isnull=False).order_by("valid_from", "pk")
        return dict(rows.values_list("person", "reports_to__person"))


def runs_in_circle(boss_of: Mapping[int, int], start: int) -> bool:
    """Whether going up from `start` leads back to somebody met before."""
    seen, here = set(), start
    while here in boss_of:
        if here in seen:
            return True
        seen.add(here)
        here = boss_of[here]
    return False


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

    objects = PositionQuerySet.as_manager()
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
                {
                    "role": said(
                        _("There is already %(a_system_leader)s in this time. End that role first.")
                    )
                }
            )
        if self.person_id and rivals.filter(person=self.person_id, org_unit=self.org_unit).exists():
            raise ValidationError({"role": _("This person already holds this role in this time.")})

    def clashes_with(self, other: "RoleAssignment") -> bool:
        same = self.person_id == other.person_id and self.org_unit_id == other.org_unit_id
        one_only = same or self.role == Role.SYSTEM_LEADER
        return one_only and self.role == other.role and self.overlaps(other)


class AccountAssignment(Dated):
    """A goal leader is the account of a consultant: one primary at a time, any number of backups."""

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        BACKUP = "backup", _("Backup")

    consultant = models.ForeignKey(User, models.PROTECT, related_name="accounts_kept")
    goal_leader = models.ForeignKey(User, models.PROTECT, related_name="consultant_assignments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRIMARY)
    handover_note = models.TextField(_("hand-over note"), blank=True)
    mitigation = models.TextField(
        _("mitigation"), blank=True, help_text=_("How a finding on independence is met.")
    )
    change = models.ForeignKey(
        "accounts.AccountChange",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="account_rows",
    )

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
                {
                    "kind": said(
                        _("This %(goal_leader)s already has a primary %(consultant)s in this time.")
                    )
                }
            )
        if rivals.filter(consultant=self.consultant_id).exists():
            raise ValidationError(
                {
                    "consultant": said(
                        _("This %(consultant)s already keeps this account in this time.")
                    )
                }
            )
