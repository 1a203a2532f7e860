"""What the list of people shows, and the page of one person, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.as_at import AsAt
from accounts.models import AccessState, AccountAssignment, Position, RoleAssignment, User
from accounts.roles import CONSULTING_ROLES, UNIT_ROLES, Permission, Role
from goals.models import Goal, GoalConsultant, GoalRole

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """The filters of the list, as the address of the page has them."""

    text: str = ""
    role: str = ""
    office: int | None = None
    state: str = ""


@dataclass
class PersonRow:
    """One person as the list shows them."""

    person: User
    position: Position | None = None
    roles: list[RoleAssignment] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    serves: list[str] = field(default_factory=list)
    keeps: list[str] = field(default_factory=list)
    backs: list[str] = field(default_factory=list)
    state: AccessState | None = None

    @property
    def is_unit(self) -> bool:
        return any(row.role in UNIT_ROLES for row in self.roles)

    @property
    def duties(self) -> list[str]:
        """Roles, with the goals that make them real."""
        leads, serves = _codes(self.leads), _codes(self.serves)
        told: dict[str, str] = {Role.GOAL_LEADER: leads, Role.GOAL_TEAM: serves}
        keeping = next((row.role for row in self.roles if row.role in CONSULTING_ROLES), "")
        told[keeping] = _codes(self.keeps)
        said = [_with(row, told.get(row.role, "")) for row in self.roles]
        held = {row.role for row in self.roles}
        more = (
            (Role.GOAL_LEADER not in held, _("Leads"), leads),
            (Role.GOAL_TEAM not in held, _("On the team of"), serves),
            (True, _("Backup"), _codes(self.backs)),
        )
        return said + [f"{words} {codes}" for wanted, words, codes in more if wanted and codes]


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(codes)


def _with(row: RoleAssignment, codes: str) -> str:
    where = row.org_unit.name if row.org_unit else ""
    return ": ".join(part for part in (row.get_role_display(), codes or where) if part)


@dataclass(frozen=True)
class People:
    rows: list[PersonRow]
    page: Page
    counts: dict[str, int]
    shows_access: bool
    is_past: bool = False

    @property
    def title(self) -> str:
        """44 people; one invitation waits and one has ended."""
        return _title(self.counts)


# --- the list -------------------------------------------------------------------------------------


def people_list(*, user: User, wanted: Wanted, number: str | None, as_at: AsAt) -> People:
    found = filtered(user=user, wanted=wanted, as_at=as_at)
    page = Paginator(found, PAGE).get_page(number)
    return People(
        rows=rows_of(list(page), user=user, as_at=as_at),
        page=page,
        counts=_counts(user, as_at),
        shows_access=shows_access(user, as_at),
        is_past=as_at.is_past,
    )


def shows_access(user: User, as_at: AsAt) -> bool:
    """Who can sign in is known of today alone."""
    return user.may(Permission.SEE_PEOPLE) and not as_at.is_past


def filtered(*, user: User, wanted: Wanted, as_at: AsAt) -> QuerySet[User]:
    """Who has left is left out, unless asked for, or the day is one on which they were here."""
    on = as_at.on
    people = User.objects.visible_to(user).order_by("name", "pk")
    if wanted.text:
        people = people.finding(wanted.text, user, on)
    if wanted.role:
        held = RoleAssignment.objects.current(on).filter(role=wanted.role).values("person")
        people = people.filter(pk__in=held)
    if wanted.office:
        people = people.working_in(frozenset({wanted.office}), on)
    if as_at.is_past:
        were: QuerySet[User] = people.holding_something(on)
        return were
    if wanted.state and user.may(Permission.SEE_PEOPLE):
        found: QuerySet[User] = people.in_state(AccessState(wanted.state), as_at.moment)
        return found.with_invitation()  # type: ignore[attr-defined, no-any-return]
    here: QuerySet[User] = people.filter(is_active=True).with_invitation()
    return here


def _counts(user: User, as_at: AsAt) -> dict[str, int]:
    if not as_at.is_past:
        return count_states(user, as_at.moment)
    return {"here": User.objects.visible_to(user).holding_something(as_at.on).count()}


def count_states(user: User, at: datetime) -> dict[str, int]:
    """How many are in each state; those who may not know learn only how many are here."""
    people = User.objects.visible_to(user)
    if not user.may(Permission.SEE_PEOPLE):
        return {"here": people.count()}
    asked = {state.value: people.in_state(state, at).values("pk") for state in AccessState}
    counted = {name: Count("pk", filter=Q(pk__in=rows)) for name, rows in asked.items()}
    found = User.objects.aggregate(**counted)
    left = found.pop(AccessState.LEFT.value)
    return {**found, "left": left, "here": sum(found.values())}


def _title(counts: dict[str, int]) -> str:
    people = ngettext("%(n)s person", "%(n)s people", counts["here"]) % {"n": counts["here"]}
    waits, ended = counts.get("invited", 0), counts.get("ended", 0)
    waiting = ngettext("one invitation waits", "%(n)s invitations wait", waits) % {"n": waits}
    over = ngettext("one has ended", "%(n)s have ended", ended) % {"n": ended}
    if waits and ended:
        return _("%(people)s; %(waiting)s and %(over)s.") % {
            "people": people, "waiting": waiting, "over": over,
        }  # fmt: skip
    if ended:
        over = ngettext("one invitation has ended", "%(n)s invitations have ended", ended)
        return f"{people}; {over % {'n': ended}}."
    return f"{people}; {waiting}." if waits else f"{people}."


def rows_of(people: Sequence[User], *, user: User, as_at: AsAt) -> list[PersonRow]:
    """Six queries, however many people."""
    on, ids = as_at.on, [person.pk for person in people]
    rows = {person.pk: PersonRow(person) for person in people}
    positions = Position.objects.current(on).filter(person__in=ids).order_by("valid_from", "pk")
    for position in positions.select_related("org_unit", "reports_to__person"):
        rows[position.person_id].position = position
    held = RoleAssignment.objects.current(on).filter(person__in=ids)
    for role in held.select_related("org_unit", "home_unit").order_by("valid_from", "pk"):
        rows[role.person_id].roles.append(role)
    _add_goals(rows, ids, user, on)
    for row in rows.values():
        row.person.title = row.position.title if row.position else ""
        if shows_access(user, as_at):
            row.state = row.person.access_state(as_at.moment)
    return list(rows.values())


def _add_goals(rows: dict[int, PersonRow], ids: list[int], user: User, on: date) -> None:
    accounts = list(AccountAssignment.objects.current(on).filter(consultant__in=ids))
    wanted = {*ids, *(each.goal_leader_id for each in accounts)}
    seen = Goal.objects.visible_to(user).values("pk")
    led = defaultdict(list)
    for role in _goal_roles(on).filter(person__in=wanted, goal__in=seen):
        if role.role == GoalRole.Role.LEADER:
            led[role.person_id].append(role.goal.code)
        elif role.person_id in rows:
            rows[role.person_id].serves.append(role.goal.code)
    special = GoalConsultant.objects.current(on).filter(consultant__in=ids, goal__in=seen)
    for each in special.select_related("goal"):
        rows[each.consultant_id].keeps.append(each.goal.code)
    for account in accounts:
        row = rows[account.consultant_id]
        codes = row.keeps if account.kind == AccountAssignment.Kind.PRIMARY else row.backs
        codes += led[account.goal_leader_id]
    for pk, row in rows.items():
        row.leads = led[pk]


def _goal_roles(on: date) -> QuerySet[GoalRole]:
    rows: QuerySet[GoalRole] = GoalRole.objects.current(on).select_related("goal")
    return rows.order_by("goal__area__rank", "goal__rank", "goal__code")
