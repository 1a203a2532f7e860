"""Who looks after whom, loaded once and told for any day: seven queries for any number of goals."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from accounts.as_at import AsAt
from accounts.models import AccountAssignment, Dated, Position, RoleAssignment, System, User
from accounts.roles import CONSULTING_ROLES, UNIT_ROLES, Role
from goals.models import Goal, GoalConsultant, GoalRole
from stocktakes.unit.independence import Finding, Graph, Post, independence
from stocktakes.unit.load import Held, Load, load_of

FULL_TIME = 100
Keeping = AccountAssignment | GoalConsultant
DAY = timedelta(days=1)
Row = TypeVar("Row", bound=Dated)


@dataclass(frozen=True)
class Limits:
    """What the system has set: above which load the alarm goes, how far independence looks back."""

    alarm: int
    months: int

    @classmethod
    def of(cls, system: System) -> "Limits":
        return cls(system.load_alarm, system.independence_months)


@dataclass(frozen=True)
class Book:
    """The rows that say who looks after whom, of all days; goals as far as the reader sees them."""

    limits: Limits
    goals: dict[int, Goal]
    leading: list[GoalRole]
    accounts: list[AccountAssignment]
    exceptions: list[GoalConsultant]
    roles: list[RoleAssignment]
    graph: Graph
    titles: dict[int, list[Position]] = field(default_factory=dict)

    def day(self, on: date) -> "Day":
        return Day(self, on)

    def until(self, on: date) -> "Book":
        """Without whatever began after a day: it tells that day as those who lived it saw it."""
        return replace(
            self,
            leading=_begun(self.leading, on),
            accounts=_begun(self.accounts, on),
            exceptions=_begun(self.exceptions, on),
            roles=_begun(self.roles, on),
        )

    def title_of(self, person: int, on: date) -> str:
        held = [row for row in self.titles.get(person, []) if row.is_current(on)]
        return held[0].title if held else ""

    @cached_property
    def people(self) -> dict[int, User]:
        """Everybody who is named in the book."""
        rows = [*(row.person for row in self.leading), *(row.person for row in self.roles)]
        rows += [row.consultant for row in self.accounts]
        rows += [row.consultant for row in self.exceptions]
        rows += [row.goal_leader for row in self.accounts]
        rows += [post.person for held in self.titles.values() for post in held]
        return {person.pk: person for person in rows}

    def ahead(self, on: date) -> list[date]:
        """The days after `on` on which something begins or ends, the next first."""
        days = set()
        for row in (*self.accounts, *self.exceptions, *self.leading):
            days.add(row.valid_from)
            if row.valid_to is not None:
                days.add(row.valid_to + DAY)
        return sorted(day for day in days if day > on)


def _begun(rows: list[Row], on: date) -> list[Row]:
    return [row for row in rows if row.valid_from <= on]


def open_book(goals: Iterable[Goal], *, system: System) -> Book:
    """All that is known about who looks after these goals and their leaders."""
    held = {goal.pk: goal for goal in goals}
    leading = GoalRole.objects.filter(role=GoalRole.Role.LEADER, goal__in=held)
    roles = RoleAssignment.objects.filter(role__in=[*UNIT_ROLES, Role.SYSTEM_LEADER])
    exceptions = GoalConsultant.objects.filter(goal__in=held)
    posts = list(Position.objects.select_related("person", "org_unit").order_by("-valid_from"))
    titles: dict[int, list[Position]] = defaultdict(list)
    for post in posts:
        titles[post.person_id].append(post)
    accounts = AccountAssignment.objects.select_related(
        "consultant", "goal_leader", "change__decided_by"
    )
    return Book(
        limits=Limits.of(system),
        goals=held,
        leading=list(leading.select_related("person").order_by("valid_from", "pk")),
        accounts=list(accounts.order_by("valid_from", "pk")),
        exceptions=list(
            exceptions.select_related("consultant", "goal", "change__decided_by").order_by(
                "valid_from", "pk"
            )
        ),
        roles=list(roles.select_related("person", "home_unit", "org_unit").order_by("pk")),
        graph=Graph.of(
            Post(row.pk, row.person_id, row.reports_to_id, row.valid_from, row.valid_to)
            for row in posts
        ),
        titles=titles,
    )


def book_for(user: User, *, system: System, as_at: AsAt | None = None) -> Book:
    """What one reader may know of it, with the goals that there were on the day."""
    goals = Goal.objects.visible_to(user).select_related("area")
    if as_at is None or as_at.known_at is None:
        return open_book(goals.active(), system=system)
    return open_book(goals.live_at(as_at.known_at, as_at.on), system=system).until(as_at.on)


@dataclass(frozen=True)
class Found:
    """A consultant and a goal leader who are not independent of each other, and for which goals."""

    consultant: User
    leader: User
    finding: Finding
    rows: tuple[Keeping, ...]
    goals: tuple[Goal, ...]

    @property
    def mitigation(self) -> str:
        return next((row.mitigation for row in self.rows if row.mitigation), "")

    @property
    def is_open(self) -> bool:
        return self.finding.needs_mitigation and not self.mitigation

    @property
    def key(self) -> str:
        return f"{self.consultant.pk}_{self.leader.pk}"

    @property
    def row(self) -> Keeping:
        return self.rows[0]


@dataclass(frozen=True)
class Gap:
    """A goal or a whole account that nobody keeps, or that nobody else knows, and since when."""

    leader: User
    goals: tuple[Goal, ...]
    is_primary: bool
    since: date


class Day:
    """The book on one day."""

    def __init__(self, book: Book, on: date) -> None:
        self.book, self.on = book, on
        self.leader = {row.goal_id: row.person for row in book.leading if row.is_current(on)}
        self.primary = {
            row.goal_leader_id: row
            for row in book.accounts
            if row.is_current(on) and row.kind == AccountAssignment.Kind.PRIMARY
        }
        self.exception = {row.goal_id: row for row in book.exceptions if row.is_current(on)}
        self._backups: dict[int, list[AccountAssignment]] = defaultdict(list)
        for row in book.accounts:
            if row.is_current(on) and row.kind == AccountAssignment.Kind.BACKUP:
                self._backups[row.goal_leader_id].append(row)

    @cached_property
    def leaders(self) -> list[User]:
        """Who leads goals on this day or is an account, by name."""
        found = {person.pk: person for person in self.leader.values()}
        return sorted(found.values(), key=lambda person: (person.name, person.pk))

    @cached_property
    def goals_led(self) -> dict[int, list[Goal]]:
        led: dict[int, list[Goal]] = defaultdict(list)
        for pk, goal in self.book.goals.items():
            if pk in self.leader:
                led[self.leader[pk].pk].append(goal)
        return led

    def keeper(self, goal: Goal) -> Keeping | None:
        """The row by which somebody is primary for a goal: its exception, or its leader's account."""
        if goal.pk in self.exception:
            return self.exception[goal.pk]
        leader = self.leader.get(goal.pk)
        return self.primary.get(leader.pk) if leader else None

    def backups_of(self, leader: User) -> list[AccountAssignment]:
        return self._backups[leader.pk]

    def backups(self, goal: Goal) -> list[AccountAssignment]:
        """Those who know the account beside the primary of this very goal."""
        keeper, leader = self.keeper(goal), self.leader.get(goal.pk)
        rows = self._backups[leader.pk] if leader else []
        return [row for row in rows if keeper is None or row.consultant_id != keeper.consultant_id]

    # people of the Unit

    def roles_of(self, person: User) -> list[RoleAssignment]:
        rows = (row for row in self.book.roles if row.person_id == person.pk)
        return [row for row in rows if row.is_current(self.on) and row.role in UNIT_ROLES]

    def is_consulting(self, person: User) -> bool:
        return person.was_here(self.on) and any(
            row.role in CONSULTING_ROLES for row in self.roles_of(person)
        )

    def is_consultant(self, person: User) -> bool:
        """By role, not as a leader of the Unit who may keep accounts, too."""
        return any(row.role == Role.CONSULTANT for row in self.roles_of(person))

    def fte_percent(self, person: User) -> int:
        return min(FULL_TIME, sum(row.fte_percent for row in self.roles_of(person)))

    @cached_property
    def held(self) -> dict[int, list[Goal]]:
        """The goals that each consultant has as primary."""
        found: dict[int, list[Goal]] = defaultdict(list)
        for goal in self.book.goals.values():
            if row := self.keeper(goal):
                found[row.consultant_id].append(goal)
        return found

    @cached_property
    def backed(self) -> dict[int, list[Goal]]:
        """The goals that each knows beside their primary."""
        found: dict[int, list[Goal]] = defaultdict(list)
        for goal in self.book.goals.values():
            for row in self.backups(goal):
                found[row.consultant_id].append(goal)
        return found

    def load(self, person: User) -> Load:
        """Ratings and levels are not kept yet, so every goal counts as unrated."""
        goals = [Held(is_active=goal.state == Goal.State.ACTIVE) for goal in self.held[person.pk]]
        fte = Fraction(self.fte_percent(person))
        return load_of(goals, fte_percent=fte, alarm=self.book.limits.alarm)

    def room(self, person: User) -> Fraction:
        """How much more somebody can carry up to the alarm, in goals of full-time work."""
        load = self.load(person)
        return Fraction(-1) if load.load is None else self.book.limits.alarm - load.load

    # what is missing, and what is in question

    @cached_property
    def consultants(self) -> list[User]:
        """Who may be an account manager on this day, by name."""
        people = {row.person_id: row.person for row in self.book.roles}
        found = [person for person in people.values() if self.is_consulting(person)]
        return sorted(found, key=lambda person: person.name)

    @cached_property
    def gaps(self) -> list[Gap]:
        """Leaders without a primary first, then goals without a backup, the longest first."""
        found = []
        for leader in self.leaders:
            goals = self.goals_led[leader.pk]
            bare = tuple(goal for goal in goals if self.keeper(goal) is None)
            if leader.pk not in self.primary:
                shown = bare or tuple(goals)
                found.append(Gap(leader, shown, is_primary=True, since=self._since(leader, shown)))
            alone = tuple(goal for goal in goals if self.keeper(goal) and not self.backups(goal))
            if alone:
                found.append(
                    Gap(leader, alone, is_primary=False, since=self._alone_since(leader, alone[0]))
                )
        return sorted(found, key=lambda gap: (not gap.is_primary, gap.since, gap.leader.name))

    def _ended(self, leader: User, kind: str, but: int | None = None) -> list[date]:
        return [
            row.valid_to + DAY
            for row in self.book.accounts
            if row.goal_leader_id == leader.pk and row.kind == kind and row.consultant_id != but
            and row.valid_to is not None and row.valid_to < self.on
        ]  # fmt: skip

    def _led_since(self, leader: User, goals: tuple[Goal, ...]) -> date:
        ids = {goal.pk for goal in goals}
        return min(
            row.valid_from
            for row in self.book.leading
            if row.person_id == leader.pk and row.goal_id in ids and row.is_current(self.on)
        )

    def _since(self, leader: User, goals: tuple[Goal, ...]) -> date:
        return max([*self._ended(leader, "primary"), self._led_since(leader, goals)])

    def _alone_since(self, leader: User, goal: Goal) -> date:
        keeper = self.keeper(goal)
        assert keeper is not None  # noqa: S101 - only goals with a primary lack a backup
        ended = self._ended(leader, "backup", but=keeper.consultant_id)
        return max(ended, default=max(keeper.valid_from, self._led_since(leader, (goal,))))

    @cached_property
    def leads(self) -> frozenset[int]:
        """The system leader and the delivery leaders, under whom many stand."""
        top = {Role.SYSTEM_LEADER, Role.DELIVERY_LEADER}
        return frozenset(
            row.person_id for row in self.book.roles if row.role in top and row.is_current(self.on)
        )

    def independence(self, consultant: User, leader: User) -> Finding:
        return independence(
            self.book.graph,
            consultant=consultant.pk,
            leader=leader.pk,
            on=self.on,
            leads=self.leads,
            months=self.book.limits.months,
        )

    def pairs(self) -> dict[tuple[int, int], list[tuple[Keeping, Goal]]]:
        """Consultant and leader, with the goals that the one judges and the other leads."""
        found: dict[tuple[int, int], list[tuple[Keeping, Goal]]] = defaultdict(list)
        for goal in self.book.goals.values():
            keeper, leader = self.keeper(goal), self.leader.get(goal.pk)
            if keeper is not None and leader is not None:
                found[keeper.consultant_id, leader.pk].append((keeper, goal))
        return found

    @cached_property
    def findings(self) -> list[Found]:
        """Every pair that is not independent, what is open first."""
        found = []
        for (consultant, leader), held in self.pairs().items():
            people = self.book.people
            finding = self.independence(people[consultant], people[leader])
            if finding.verdict != "pass":
                rows = tuple(dict.fromkeys(row for row, _goal in held))
                goals = tuple(goal for _row, goal in held)
                found.append(Found(people[consultant], people[leader], finding, rows, goals))
        return sorted(found, key=lambda each: (not each.is_open, each.leader.name))
