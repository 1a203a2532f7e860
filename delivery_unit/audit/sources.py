"""Where traces lie: the histories of editable rows, and rows that are only added.

A source names the fields that the list reads. Sealed judgements, relationship notes and
credentials have no source and never get one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccountAssignment,
    AccountChange,
    AuditEvent,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    SignInEvent,
    System,
    Term,
    User,
)
from accounts.vocabulary import said_lazy
from goals.models import (
    Answer,
    Aspiration,
    ContentArea,
    DataImport,
    DefinitionVersion,
    Goal,
    GoalConsultant,
    GoalIndicator,
    GoalRole,
    ImportMapping,
    Indicator,
    IndicatorSteward,
    Observation,
    Series,
    Subgroup,
    Target,
    Trajectory,
    TrajectoryPoint,
)
from goals.models.observations import TOLD_ALONE
from stocktakes.models import Intervention, Pack, Stocktake, StocktakeAttendee, StocktakeGoal

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Source:
    """One kind of line. The paths lead from a row of `model` to what the line is about."""

    subject: type[Model]
    label: tuple[str, ...]  # fields that name the thing, in order
    called: Any = ""  # in the words of the page, where the model's own do not do
    goal: str = ""  # path to the goal, or ...
    indicator: str = ""  # ... the indicator, ...
    stocktake: str = ""  # ... the stocktake that hides it from those who may not see that
    is_about_goals: bool = True
    moment: str = "history_date"
    who: str = "history_user"
    reason: str = ""
    texts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # rows joined, because the label or the words read them
    is_history: bool = True
    only: Callable[[Rows], Rows] = field(default=lambda rows: rows)
    told: Callable[[Rows], Rows] = field(default=lambda rows: rows)

    @property
    def key(self) -> str:
        return self.subject._meta.model_name or ""

    @property
    def title(self) -> str:
        return capfirst(str(self.called or self.subject._meta.verbose_name))

    @cached_property
    def model(self) -> Any:
        manager: Any = getattr(self.subject, "history", None)
        return manager.model if self.is_history else self.subject

    @property
    def pk(self) -> str:
        return "history_id" if self.is_history else "id"

    def found(self) -> Rows:
        """All that is told of this kind, the newest first."""
        rows: Rows = self.only(self.model._base_manager.order_by(f"-{self.moment}", f"-{self.pk}"))
        return rows

    def rows(self, pks: Iterable[int]) -> Rows:
        """These, with what is told of each: the dear part, asked only for lines that are shown."""
        rows = self.found().filter(pk__in=pks)
        if self.is_history:
            rows = rows.annotate(earlier=self._earlier())
        return self.told(rows).select_related(self.who, *self.needs)

    def _earlier(self) -> Subquery:
        """The line of the same thing before this one."""
        before = self.model._base_manager.filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")),
            id=OuterRef("id"),
        )
        return Subquery(before.order_by("-history_date", "-history_id").values("history_id")[:1])

    @property
    def people(self) -> tuple[str, ...]:
        """Paths to whom a line is about."""
        if self.subject is User:
            return ("id",)
        return tuple(name for name in self.label if name in {"person", "consultant", "goal_leader"})

    def matching(self, text: str) -> Q:
        found = Q(pk__in=[])
        for name in self.texts + ((self.reason,) if self.reason else ()):
            found |= Q(**{f"{name}__icontains": text})
        return found


def _typed_values(rows: Rows) -> Rows:
    """Values that somebody typed, and every revision; what a file added is told by its file."""
    return rows.filter(TOLD_ALONE)


def _with_value_before(rows: Rows) -> Rows:
    before = Observation.objects.filter(
        series=OuterRef("series"),
        period_end=OuterRef("period_end"),
        revision=OuterRef("revision") - 1,
    )
    told: Rows = rows.annotate(
        value_before=Subquery(before.values("value")[:1]),
        status_before=Subquery(before.values("status")[:1]),
    )
    return told


def _answers(rows: Rows) -> Rows:
    before = Answer.objects.filter(
        goal=OuterRef("goal"), question=OuterRef("question"), written_at__lt=OuterRef("written_at")
    )
    newest = before.order_by("-written_at", "-pk").values("text")[:1]
    told: Rows = rows.annotate(text_before=Subquery(newest))
    return told


def _decided(rows: Rows) -> Rows:
    return rows.filter(decided_at__isnull=False)


_SERIES = ("series__indicator", "series__org_unit", "series__subgroup")

PEOPLE = (
    Source(User, ("name",), is_about_goals=False, texts=("name", "email")),
    Source(Position, ("person", "title"), is_about_goals=False, texts=("title", "person__name")),
    Source(RoleAssignment, ("person", "role"), is_about_goals=False, texts=("person__name",)),
    Source(
        AccountAssignment, ("goal_leader", "consultant"), is_about_goals=False,
        reason="handover_note", texts=("goal_leader__name", "consultant__name"),
    ),
    Source(
        AccountChange, ("starts_on",), _("change of accounts"), is_about_goals=False,
        is_history=False, moment="decided_at", who="decided_by", reason="reason",
        needs=("undone_by",),
    ),
    Source(OrgUnit, ("name",), is_about_goals=False, texts=("code", "name")),
    Source(Holiday, ("name",), is_about_goals=False, texts=("name",)),
    Source(Term, ("name",), is_about_goals=False, texts=("name",)),
    Source(System, ("name",), is_about_goals=False, texts=("name",)),
    Source(
        AuditEvent, ("person", "subject"), _("looking and taking out"), is_about_goals=False, is_history=False, moment="at",
        who="by", reason="reason", texts=("subject", "person__name"), needs=("person",),
    ),
    Source(
        SignInEvent, ("person",), is_about_goals=False, is_history=False, moment="at",
        who="person", texts=("person__name", "detail"), needs=("by",),
    ),
    Source(
        Intervention, ("subject",), _("running the system"), is_about_goals=False,
        is_history=False, moment="at", who="by", texts=("subject",),
    ),
)  # fmt: skip

GOALS = (
    Source(Aspiration, ("statement",), texts=("statement",)),
    Source(ContentArea, ("code", "name"), texts=("code", "name")),
    Source(Goal, ("code", "title"), goal="id", texts=("code", "title")),
    Source(GoalRole, ("goal", "person"), _("role in a goal"), goal="goal_id", texts=("goal__code", "person__name")),
    Source(
        GoalConsultant, ("goal", "consultant"), said_lazy(_("%(consultant)s of a goal")), goal="goal_id", reason="reason",
        texts=("goal__code", "consultant__name"),
    ),
    Source(
        GoalIndicator, ("goal", "series"), _("indicator of a goal"), goal="goal_id",
        texts=("goal__code", "series__indicator__name"),
    ),
    Source(
        Answer, ("goal", "question"), goal="goal_id", is_history=False, moment="written_at",
        who="written_by", texts=("text", "goal__code"), needs=("goal",), told=_answers,
    ),
    Source(Indicator, ("name",), indicator="id", texts=("code", "name")),
    Source(
        DefinitionVersion, ("indicator", "number"), _("definition"), indicator="indicator_id", reason="reason",
        texts=("text", "indicator__name"),
    ),
    Source(
        IndicatorSteward, ("indicator", "person"), indicator="indicator_id",
        texts=("indicator__name", "person__name"),
    ),
    Source(Series, ("indicator", "org_unit", "subgroup"), indicator="indicator_id",
           texts=("indicator__name", "org_unit__name")),
    Source(Subgroup, ("name",), texts=("code", "name")),
    Source(
        Observation, ("series", "period_end"), _("value"), indicator="series__indicator_id", is_history=False,
        moment="known_from", who="entered_by", reason="reason", needs=_SERIES, only=_typed_values, told=_with_value_before,
        texts=("series__indicator__name", "note", "source"),
    ),
    Source(Target, ("series", "version"), indicator="series__indicator_id",
           texts=("series__indicator__name",)),
    Source(Trajectory, ("series", "version"), indicator="series__indicator_id", reason="reason",
           texts=("series__indicator__name", "assumptions")),
    Source(TrajectoryPoint, ("trajectory", "on"), _("point of a trajectory"), indicator="trajectory__series__indicator_id",
           texts=("trajectory__series__indicator__name",)),
    Source(ImportMapping, ("title",), _("how a file is read"), texts=("name", "title")),
    Source(
        DataImport, ("filename",), _("file of numbers"), is_history=False, moment="decided_at", who="decided_by",
        reason="reason", texts=("filename",), only=_decided,
        told=lambda rows: rows.defer("content", "rows"),
    ),
)  # fmt: skip

STOCKTAKES = (
    Source(Stocktake, ("title",), stocktake="id", reason="state_reason", texts=("title", "place")),
    Source(
        StocktakeGoal, ("stocktake", "goal"), _("agenda item"), stocktake="stocktake_id", goal="goal_id",
        texts=("stocktake__title", "goal__code", "summary"),
    ),
    Source(
        StocktakeAttendee, ("stocktake", "person"), _("seat at a stocktake"), stocktake="stocktake_id",
        texts=("stocktake__title", "person__name"),
    ),
    Source(
        Pack, ("stocktake", "version"), stocktake="stocktake_id", is_history=False,
        moment="issued_at", who="issued_by", reason="change_note", needs=("stocktake",),
        texts=("stocktake__title",), told=lambda rows: rows.defer("snapshot", "pdf"),
    ),
)  # fmt: skip

SOURCES: dict[str, Source] = {each.key: each for each in (*PEOPLE, *GOALS, *STOCKTAKES)}
