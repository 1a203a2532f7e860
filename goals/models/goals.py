"""Aspiration, content areas, priority goals, and the people who answer for them."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import AccountChange, Dated, DatedQuerySet, OrgUnit, RoleAssignment, User
from accounts.roles import CONSULTING_ROLES, UNIT_ROLES, Permission
from accounts.vocabulary import said, said_lazy
from goals.models.indicators import Series, code_validator

NOT_BOTH = _("Nobody can be in the Unit and on the team of a goal at once.")


class Aspiration(models.Model):
    """What the whole system wants to be true; the priority goals carry it."""

    statement = models.TextField(_("statement"))
    why = models.TextField(_("why it matters"), blank=True)
    horizon_on = models.DateField(_("by"), null=True, blank=True)
    approved_by_text = models.CharField(_("voted by"), max_length=120, blank=True)
    approved_on = models.DateField(_("voted on"), null=True, blank=True)
    is_current = models.BooleanField(_("current"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_current", "-approved_on"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="goals_aspiration_one_current",
                violation_error_message=_("Another aspiration is current. End that one first."),
            )
        ]

    def __str__(self) -> str:
        return self.statement


class ContentArea(models.Model):
    """A field of work that groups priority goals, with the chief who runs it."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[code_validator])
    name = models.CharField(_("name"), max_length=120)
    chief = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["rank", "name"]

    def __str__(self) -> str:
        return self.name


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user: User) -> Self:
        """The goals that the user may see today. `permissions.can_view_goal` says the same."""
        rows = self.filter(is_confidential=False) if user.is_veiled else self
        on = user.access.on
        mine = Q(pk__in=GoalRole.objects.current(on).filter(person=user).values("goal"))
        if user.may(Permission.SEE_CONFIDENTIAL_GOALS):
            return rows
        mine |= Q(pk__in=self._accounts_of(user, on))
        seen = Q(pk__in=[])
        if user.may(Permission.SEE_ALL_GOALS):
            seen = Q(is_confidential=False)
        if user.may(Permission.SEE_BOARD_GOALS):
            seen |= Q(is_confidential=False, is_for_board=True)
        if user.access.org_unit_ids:
            measured = GoalIndicator.objects.measured_within(user.access.org_unit_ids)
            seen |= Q(is_confidential=False, pk__in=measured.order_by().values("goal"))
        return rows.filter(mine | seen)

    def read_whole_by(self, user: User) -> Self:
        """Those whose own numbers the user may read, not only the numbers of their unit."""
        own = Q(pk__in=GoalRole.objects.current(user.access.on).filter(person=user).values("goal"))
        if user.may(Permission.SEE_BOARD_GOALS):
            own |= Q(is_for_board=True)
        return self.filter(own)

    def _accounts_of(self, user: User, on: date) -> models.QuerySet[Any, Any]:
        """Goals whose leader is an account of the consultant, or that are theirs by exception."""
        if not user.access.roles & CONSULTING_ROLES:
            return GoalRole.objects.none().values("goal")
        leaders = user.accounts_kept.current(on).values("goal_leader")
        led = GoalRole.objects.current(on).filter(role=GoalRole.Role.LEADER, person__in=leaders)
        special = GoalConsultant.objects.current(on).filter(consultant=user).values("goal")
        # Without an order, so that the union may stand inside any other query.
        return led.order_by().values("goal").union(special.order_by())

    def active(self) -> Self:
        return self.filter(state__in=Goal.LIVE)

    def live_at(self, moment: datetime, on: date) -> "list[Goal]":
        """Those that were live then, each with its state of then; two queries.

        One that was written down later counts from its first leader, with the state of today.
        """
        states = Goal.states_at(moment)
        leading = GoalRole.objects.current(on).filter(role=GoalRole.Role.LEADER)
        found = list(self.filter(Q(pk__in=list(states)) | Q(pk__in=leading.values("goal"))))
        for goal in found:
            goal.state = states.get(goal.pk, goal.state)
        return [goal for goal in found if goal.state in Goal.LIVE]


class Goal(models.Model):
    """A priority goal: one of the few measurable outcomes that carry the aspiration."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        AGREED = "agreed", _("agreed")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    LIVE: ClassVar[frozenset[str]] = frozenset({State.AGREED, State.ACTIVE, State.PAUSED})

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[code_validator])
    title = models.CharField(_("title"), max_length=90, help_text=_("In plain words."))
    aim = models.TextField(
        _("aim"), blank=True, help_text=_("One sentence: from what, to what, by when.")
    )
    aspiration = models.ForeignKey(
        Aspiration, models.PROTECT, null=True, blank=True, related_name="goals"
    )
    area = models.ForeignKey(ContentArea, models.PROTECT, related_name="goals")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    is_for_board = models.BooleanField(_("shown to the board"), default=False)

    objects = GoalQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["area__rank", "rank", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(is_confidential=True, is_for_board=True),
                name="goals_goal_confidential_is_not_for_the_board",
                violation_error_message=_("A confidential goal cannot be shown to the board."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("goals:goal_detail", args=[self.code])

    @classmethod
    def states_at(cls, moment: datetime) -> dict[int, str]:
        """The state of each goal that was written down by then."""
        told: dict[int, str] = dict(cls.history.as_of(moment).values_list("id", "state"))
        return told


class GoalRoleQuerySet(DatedQuerySet):
    def barring(self, role: RoleAssignment) -> Self:
        """What keeps a person out of a role of the Unit: being on the team of a goal meanwhile."""
        if role.role not in UNIT_ROLES:
            return self.none()
        return self.filter(person=role.person_id).overlapping(role.valid_from, role.valid_to)


class GoalRole(Dated):
    """Who leads a goal and who is on its team. Nobody of the Unit is on the team of a goal it serves."""

    class Role(models.TextChoices):
        LEADER = "leader", said_lazy(_("%(goal_leader)s"))
        TEAM = "team", _("goal team")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="roles")
    person = models.ForeignKey(User, models.PROTECT, related_name="goal_roles")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.TEAM)

    objects = GoalRoleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        ordering: ClassVar[list[str]] = ["goal", "role", "person__name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["goal"],
                condition=Q(role="leader", valid_to__isnull=True),
                name="goals_goalrole_one_open_leader",
                violation_error_message=_("This goal already has a leader."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal.code}: {self.person.name}, {self.get_role_display()}"

    def clean(self) -> None:
        if not self.has_dates or not self.person_id:
            return
        rivals = GoalRole.objects.filter(goal=self.goal_id).exclude(pk=self.pk)
        rivals = rivals.overlapping(self.valid_from, self.valid_to)
        if self.role == self.Role.LEADER and rivals.filter(role=self.Role.LEADER).exists():
            raise ValidationError({"role": _("This goal already has a leader in this time.")})
        unit = self.person.role_assignments.filter(role__in=UNIT_ROLES)
        if unit.overlapping(self.valid_from, self.valid_to).exists():
            raise ValidationError({"person": NOT_BOTH})

    def clashes_with(self, other: "GoalRole") -> bool:
        both_lead = self.role == other.role == self.Role.LEADER
        return both_lead and self.goal_id == other.goal_id and self.overlaps(other)


class GoalConsultant(Dated):
    """An exception: a consultant for one goal other than the one of its leader, with the reason."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="consultants")
    consultant = models.ForeignKey(User, models.PROTECT, related_name="goals_kept")
    reason = models.CharField(_("reason"), max_length=300)
    handover_note = models.TextField(_("hand-over note"), blank=True)
    mitigation = models.TextField(
        _("mitigation"), blank=True, help_text=_("How a finding on independence is met.")
    )
    change = models.ForeignKey(
        AccountChange,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="goal_rows",
    )

    objects = DatedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Dated.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="goals_goalconsultant_exception_has_a_reason",
                violation_error_message=_("Say why this goal has a consultant of its own."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal.code}: {self.consultant.name}"

    def clean(self) -> None:
        if not self.has_dates or not self.consultant_id:
            return
        if not self.consultant.access_on(self.valid_from).roles & CONSULTING_ROLES:
            raise ValidationError(
                {"consultant": _("This person holds no consulting role in the Unit on that day.")}
            )
        rivals = GoalConsultant.objects.filter(goal=self.goal_id).exclude(pk=self.pk)
        if rivals.overlapping(self.valid_from, self.valid_to).exists():
            raise ValidationError(
                {
                    "consultant": said(
                        _("This goal already has %(a_consultant)s of its own in this time.")
                    )
                }
            )

    def clashes_with(self, other: "GoalConsultant") -> bool:
        return self.goal_id == other.goal_id and self.overlaps(other)


class GoalIndicatorQuerySet(models.QuerySet["GoalIndicator"]):
    def measured_within(self, unit_ids: frozenset[int]) -> Self:
        """Uses by goals of these units or of what they are a part of, whose numbers they have, too.

        A goal of the whole system counts when its indicator is measured in the district as well; a
        goal of the next district never does, however alike its indicator.
        """
        local = Series.objects.filter(org_unit__in=OrgUnit.objects.within(unit_ids).values("pk"))
        line = OrgUnit.objects.in_line_with(unit_ids)
        return self.filter(
            series__indicator__in=local.values("indicator"),
            series__org_unit__in=line.values("pk"),
        )


class GoalIndicator(models.Model):
    """A series that a goal is measured by: its goal indicator, or one that helps to judge it."""

    class Kind(models.TextChoices):
        GOAL = "goal", _("goal indicator")
        PROGRESS = "progress", _("leading indicator")
        IMPLEMENTATION = "implementation", _("implementation indicator")
        PERCEPTION = "perception", _("perception indicator")
        PERVERSE = "perverse", _("perverse indicator")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="measures")
    series = models.ForeignKey(Series, models.PROTECT, related_name="goal_uses")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.GOAL)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = GoalIndicatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["goal", "rank", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["goal", "series"], name="goals_goalindicator_each_series_once"
            ),
            models.UniqueConstraint(
                fields=["goal"],
                condition=Q(kind="goal"),
                name="goals_goalindicator_one_goal_indicator",
                violation_error_message=_("This goal already has its goal indicator."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.goal.code}: {self.series.indicator.name}"

    def clashes_with(self, other: "GoalIndicator") -> bool:
        both_main = self.kind == other.kind == self.Kind.GOAL
        return both_main and self.goal_id == other.goal_id


class AnswerQuerySet(models.QuerySet["Answer"]):
    def current(self) -> Self:
        """The newest answer to each question of each goal."""
        return self._newest(Answer.objects.all())

    def as_known_at(self, moment: datetime) -> Self:
        return self._newest(Answer.objects.filter(written_at__lte=moment))

    def _newest(self, rivals: "models.QuerySet[Answer]") -> Self:
        rivals = rivals.filter(goal=models.OuterRef("goal"), question=models.OuterRef("question"))
        newest = rivals.order_by("-written_at", "-pk").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest))


class Answer(models.Model):
    """One of the five answers of a goal, in words that somebody stands behind.

    The goal's own people answer questions 1 to 4, the Unit answers the fifth. Rows are added and
    never changed.
    """

    class Question(models.IntegerChoices):
        AIM = 1, _("What are we trying to do?")
        PLAN = 2, _("How are we planning to do it?")
        PROGRESS = 3, _("Are we on track?")
        RESPONSE = 4, _("If not, what are we going to do about it?")
        HELP = 5, _("How can we help?")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="answers")
    question = models.PositiveSmallIntegerField(_("question"), choices=Question)
    text = models.TextField(_("answer"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written at"))

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["goal", "question", "written_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(question__gte=1, question__lte=5) & ~Q(text=""),
                name="goals_answer_to_one_of_five_questions",
            )
        ]

    def __str__(self) -> str:
        return f"{self.goal.code}, question {self.question}, {self.written_at:%Y-%m-%d}"
