"""Everything that hangs on one person from a day on, and who could take it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from accounts.models import AccountAssignment, Position, RoleAssignment, User
from accounts.roles import Role
from goals.models import (
    ContentArea,
    DataImport,
    Goal,
    GoalConsultant,
    GoalRole,
    IndicatorSteward,
    Trajectory,
)
from stocktakes.models import Stocktake
from stocktakes.unit.board import roomiest
from stocktakes.unit.book import Day

# Roles of which there should be somebody, always.
PASSED_ON = frozenset(
    {Role.SYSTEM_LEADER, Role.DELIVERY_LEADER, Role.ADMINISTRATOR, Role.LOCAL_LEADER}
)


@dataclass(frozen=True)
class Hanging:
    """What a person holds on the day or later. `drafts` and `files` stay where they are."""

    person: User
    on: date
    accounts: list[AccountAssignment]
    backups: list[AccountAssignment]
    exceptions: list[GoalConsultant]
    kept_by: list[AccountAssignment]
    leads: list[GoalRole]
    teams: list[GoalRole]
    stewardships: list[IndicatorSteward]
    roles: list[RoleAssignment]
    positions: list[Position]
    reports: list[Position]
    chairs: list[Stocktake]
    prepares: list[Stocktake]
    attends: list[Stocktake]
    areas: list[ContentArea]
    drafts: list[Trajectory]
    files: list[DataImport]

    @property
    def is_anything(self) -> bool:
        return any(value for value in vars(self).values() if isinstance(value, list))

    @property
    def needs_takers(self) -> bool:
        """Whether something is there that somebody must do from the day on."""
        return any(
            (
                self.accounts, self.exceptions, self.leads, self.stewardships, self.reports,
                self.chairs, self.prepares,
            )
        )  # fmt: skip

    @property
    def to_pass_on(self) -> list[RoleAssignment]:
        return [row for row in self.roles if row.role in PASSED_ON]


def hanging(person: User, on: date) -> Hanging:
    """In eighteen queries at most, whatever hangs there."""
    start = timezone.make_aware(datetime.combine(on, time()))
    kept = _open(person.accounts_kept.select_related("goal_leader", "consultant"), on)
    goal_roles = _open(person.goal_roles.select_related("goal", "person"), on)
    posts = _open(person.positions.select_related("reports_to"), on)
    meetings = Stocktake.objects.ahead(start).order_by("starts_at")
    return Hanging(
        person=person,
        on=on,
        accounts=[row for row in kept if row.kind == "primary"],
        backups=[row for row in kept if row.kind == "backup"],
        exceptions=_open(person.goals_kept.select_related("goal", "consultant"), on),
        kept_by=_open(person.consultant_assignments.select_related("consultant"), on),
        leads=[row for row in goal_roles if row.role == "leader"],
        teams=[row for row in goal_roles if row.role == "team"],
        stewardships=_open(person.stewardships.select_related("indicator"), on),
        roles=_open(person.role_assignments.select_related("org_unit", "person"), on),
        positions=posts,
        reports=_open(
            Position.objects.filter(reports_to__in=posts)
            .exclude(person=person)
            .select_related("person"),
            on,
        ),
        chairs=list(meetings.filter(chair=person)),
        prepares=list(meetings.filter(prepared_by=person)),
        attends=list(meetings.filter(attendees__person=person)),
        areas=list(ContentArea.objects.filter(chief=person)),
        drafts=list(
            Trajectory.objects.filter(drafted_by=person, state=Trajectory.State.DRAFT)
            .select_related("series__indicator")
        ),
        files=list(
            DataImport.objects.filter(uploaded_by=person, state=DataImport.State.DRY_RUN)
        ),
    )  # fmt: skip


def _open(rows: Any, on: date) -> list[Any]:
    return list(rows.overlapping(on, None))


def proposed(day: Day, row: AccountAssignment, leaver: User) -> User | None:
    """A backup who knows the account and has the most room; else whoever has the most room."""
    knows = [
        backup.consultant
        for backup in day.backups_of(row.goal_leader)
        if backup.consultant_id != leaver.pk and day.is_consulting(backup.consultant)
    ]
    if knows:
        return max(knows, key=lambda person: (day.room(person), person.name))
    free = roomiest(day, row.goal_leader)
    return None if free is None or free.pk == leaver.pk else free


def seen_goals(rows: list[Any], seen: dict[int, Goal]) -> list[Any]:
    """Those rows whose goal the reader may see."""
    return [row for row in rows if row.goal_id in seen]
