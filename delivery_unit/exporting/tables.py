"""Which table goes into which file, under which columns, and what is kept back.

Columns follow from the models, so that a new field is exported without a word here. A link to
another row is written as what that row is called: a code, an address, a number in its file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models

from accounts.models import (
    AccountAssignment,
    AccountChange,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    Term,
    User,
)
from goals.models import (
    Answer,
    Aspiration,
    ContentArea,
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
from stocktakes.models import Pack, Stocktake, StocktakeAttendee, StocktakeGoal

NUMBER = "number"
SERIES = ("indicator_code", "org_unit_code", "subgroup_code")
PERIOD = (*SERIES, "period_end", "revision")

# What a row is called by. Rows without a name of their own have their number in their file.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    User: ("email",),
    OrgUnit: ("code",),
    Subgroup: ("code",),
    Indicator: ("code",),
    ContentArea: ("code",),
    Goal: ("code",),
    Series: SERIES,
    Target: (*SERIES, "version"),
    Trajectory: (*SERIES, "version"),
    Observation: PERIOD,
    Position: (NUMBER,),
    AccountChange: (NUMBER,),
    Aspiration: (NUMBER,),
    Stocktake: (NUMBER,),
}

# Why a table is not in the export; the README of every export says it.
KEPT_BACK = {
    "accounts.ListImport": "uploaded lists; the people and offices that came out of them are here",
    "accounts.Invitation": "credentials: sessions, sign-ins, what the cache holds",
    "accounts.AuditEvent": "who looked at what, and took out which file",
    "accounts.Session": "credentials: sessions, sign-ins, what the cache holds",
    "accounts.SharedCacheRow": "credentials: sessions, sign-ins, what the cache holds",
    "accounts.SignInEvent": "credentials: sessions, sign-ins, what the cache holds",
    "goals.DataImport": "uploaded files; the values that came out of them are here",
    "goals.Standing": "standings, which are worked out again from values and paths",
    "stocktakes.BackupRecord": "background work, backups, and who ran a job again",
    "stocktakes.Digest": "mail that was sent",
    "stocktakes.Intervention": "background work, backups, and who ran a job again",
    "stocktakes.Job": "background work, backups, and who ran a job again",
    "stocktakes.MailRecord": "mail that was sent",
    "stocktakes.Notification": "what each person was told, and has seen",
    "stocktakes.RoutineRun": "background work, backups, and who ran a job again",
}


@dataclass(frozen=True)
class Column:
    """A plain column is one field of the model. A link takes as many as the key of its row has."""

    names: tuple[str, ...]
    field: models.Field
    to: type[models.Model] | None = None

    @property
    def is_link(self) -> bool:
        return self.to is not None


@dataclass(frozen=True)
class Table:
    file: str
    model: type[models.Model]
    left_out: frozenset[str] = frozenset()
    renamed: dict[str, str] = field(default_factory=dict)
    first: tuple[str, ...] = ()  # columns that stand first, in this order
    is_sorted: bool = False  # by its text; else rows stand in the order in which they were made

    def rows(self) -> Any:
        return self.model._base_manager.order_by("pk")  # noqa: SLF001 - Django's documented API

    @property
    def is_numbered(self) -> bool:
        return KEYS.get(self.model) == (NUMBER,)

    @cached_property
    def columns(self) -> list[Column]:
        found = list(self._columns())
        place = {name: number for number, name in enumerate(self.first)}
        return sorted(found, key=lambda each: place.get(each.names[0], len(place)))

    def _columns(self) -> Iterator[Column]:
        for each in self.model._meta.concrete_fields:  # noqa: SLF001 - Django's documented API
            if each.primary_key or each.name in self.left_out:
                continue
            yield self._link(each) if each.is_relation else self._plain(each)

    def _plain(self, each: models.Field) -> Column:
        return Column((self.renamed.get(each.name, each.name),), each)

    def _link(self, each: models.Field) -> Column:
        to = each.related_model
        assert isinstance(to, type)  # noqa: S101 - a link leads to a model
        return Column(tuple(_link_names(each.name, KEYS[to])), each, to)

    @property
    def header(self) -> list[str]:
        """Every column once: a link within a series shares the columns of the series."""
        names = [NUMBER] if self.is_numbered else []
        for column in self.columns:
            names += [name for name in column.names if name not in names]
        return names


def _link_names(link: str, key: tuple[str, ...]) -> Iterator[str]:
    """series: as the key says; target inside a series: the series, then target_version."""
    for name in key:
        is_series = name in SERIES and len(key) >= len(SERIES)
        if is_series or (link == "trajectory" and name == "version"):
            yield name
        else:
            yield f"{link}_{name}"


def _out(*names: str) -> frozenset[str]:
    return frozenset(names)


# In the order in which they are read: a row comes after those that it names.
TABLES = (
    Table("system.csv", System, _out("demo_profile")),
    Table("holidays.csv", Holiday, is_sorted=True),
    Table("terms.csv", Term, is_sorted=True),
    Table(
        "org_units.csv", OrgUnit, renamed={"kind": "type"}, is_sorted=True,
        first=("code", "name", "type", "parent_code", "valid_from", "valid_to"),
    ),
    Table("people_settings.csv", User, _out("password", "last_login"), first=("email", "name")),
    Table("positions.csv", Position, first=("person_email", "title", "org_unit_code")),
    Table("roles.csv", RoleAssignment, first=("person_email", "role")),
    # What undoing a plan would need are keys of the system that it was made in.
    Table("account_changes.csv", AccountChange, _out("shortened", "asked")),
    Table(
        "accounts.csv", AccountAssignment, _out("handover_note"),
        first=("goal_leader_email", "consultant_email", "kind"),
    ),
    Table("subgroups.csv", Subgroup),
    Table("indicators.csv", Indicator),
    Table("definitions.csv", DefinitionVersion),
    Table("stewards.csv", IndicatorSteward, first=("indicator_code", "person_email")),
    Table("mappings.csv", ImportMapping, _out("updated_by", "updated_at")),
    Table("series.csv", Series, is_sorted=True),
    Table("aspirations.csv", Aspiration),
    Table("content_areas.csv", ContentArea),
    Table("goals.csv", Goal),
    Table("goal_roles.csv", GoalRole, first=("goal_code", "person_email", "role")),
    Table("goal_consultants.csv", GoalConsultant, first=("goal_code", "consultant_email")),
    Table("goal_indicators.csv", GoalIndicator),
    Table("answers.csv", Answer),
    Table("targets.csv", Target),
    Table("trajectory_versions.csv", Trajectory),
    Table("trajectory_points.csv", TrajectoryPoint),
    Table("stocktakes.csv", Stocktake),
    Table("agenda.csv", StocktakeGoal),
    Table("attendees.csv", StocktakeAttendee),
    Table("packs.csv", Pack, _out("snapshot", "pdf", "pdf_sha256")),
)  # fmt: skip


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)  # noqa: SLF001 - Django's documented API


# Numbers come in the canonical columns. What those do not say stands beside them.
OBSERVATIONS, TOTALS, ENTRIES = "observations.csv", "totals.csv", "entries.csv"
