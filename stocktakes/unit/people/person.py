"""The page of one person: positions, roles, goals, and what follows from the dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.as_at import AsAt
from accounts.models import AccessState, AccountAssignment, Dated, Position, RoleAssignment, User
from accounts.permissions import can_change_person, can_let_go, can_view_access, can_view_as
from accounts.roles import UNIT_ROLES, Permission
from accounts.vocabulary import said
from goals.models import Goal, GoalConsultant, GoalRole, IndicatorSteward

FULL_TIME = 100


@dataclass(frozen=True)
class Link:
    url: str
    text: str
    label: str  # the whole of it, for those who hear it without its row


@dataclass(frozen=True)
class Line:
    """What somebody is or holds between two dates: a position, a role, a part in a goal."""

    what: str
    part: str
    row: Dated
    url: str = ""
    about_what: str = ""
    about_part: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class PersonPage:
    person: User
    on: date
    positions: list[Position]
    roles: list[RoleAssignment]
    goals: list[Line]
    follows: list[tuple[str, str]]
    shows_address: bool
    shows_access: bool
    may_change: bool
    may_view_as: bool
    may_let_go: bool
    state: AccessState
    invited_at: datetime | None
    seen_at: datetime | None

    @property
    def is_unit(self) -> bool:
        return any(row.role in UNIT_ROLES and row.is_current(self.on) for row in self.roles)

    @property
    def position_lines(self) -> list[Line]:
        return [_position_line(row, may_change=self.may_change) for row in self.positions]

    @property
    def role_lines(self) -> list[Line]:
        return [_role_line(row, may_change=self.may_change) for row in self.roles]

    @property
    def position(self) -> Position | None:
        return next((row for row in self.positions if row.is_current(self.on)), None)


def person_page(*, person: User, user: User, as_at: AsAt) -> PersonPage:
    """On an earlier day what held then; those who see the directory alone see one day, too."""
    on, shows = as_at.on, can_view_access(user, person)
    is_past = as_at.is_past
    shows_all = shows and not is_past
    positions = Position.objects.filter(person=person).order_by("-valid_from", "-pk")
    roles = RoleAssignment.objects.filter(person=person).order_by("-valid_from", "role")
    if not shows_all:
        positions, roles = positions.current(on), roles.current(on)
    held = list(positions.select_related("org_unit", "reports_to__person"))
    given = list(roles.select_related("org_unit", "home_unit"))
    seen = person.sessions.aggregate(Max("last_seen_at"))["last_seen_at__max"]
    invitation = person.invitations.newest_first().first()
    return PersonPage(
        person=person,
        on=on,
        positions=held,
        roles=given,
        goals=list(_goal_lines(person, user, on, shows=shows_all)),
        follows=list(_follows(person, held, given, on)) if shows_all else [],
        shows_address=shows,
        shows_access=shows_all,
        may_change=can_change_person(user, person) and not is_past,
        may_view_as=can_view_as(user, person),
        may_let_go=can_let_go(user, person) and not is_past,
        state=person.access_state(as_at.moment),
        invited_at=invitation.made_at if invitation else None,
        seen_at=seen or person.last_login,
    )


def _position_line(row: Position, *, may_change: bool) -> Line:
    correct = Link(
        reverse("people:position_edit", args=[row.person_id, row.pk]),
        _("Correct"),
        _("Correct %s") % row.title,
    )
    return Line(
        what=row.title,
        part=row.reports_to.person.name if row.reports_to else "–",
        row=row,
        about_what=row.org_unit.name if row.org_unit else "",
        links=(correct,) if may_change else (),
    )


def _role_line(row: RoleAssignment, *, may_change: bool) -> Line:
    name, at = row.get_role_display(), [row.person_id, row.pk]
    links = [Link(reverse("people:role_edit", args=at), _("Correct"), _("Correct %s") % name)]
    if row.valid_to is None:
        links.append(Link(reverse("people:role_end", args=at), _("End"), _("End %s") % name))
    place = row.org_unit.name if row.org_unit else ""
    return Line(
        what=name,
        part=f"{row.fte_percent} %",
        row=row,
        about_what=f"{place} {_('shares the lead')}" if row.is_co_lead else place,
        about_part=row.home_unit.name if row.home_unit else "",
        links=tuple(links) if may_change else (),
    )


def _goal_lines(person: User, user: User, on: date, *, shows: bool) -> Iterator[Line]:
    seen = Goal.objects.visible_to(user).values("pk")

    def rows(found: Any) -> Any:
        return (found if shows else found.current(on)).order_by("-valid_from", "pk")

    roles = GoalRole.objects.filter(person=person, goal__in=seen).select_related("goal")
    for role in rows(roles):
        yield _goal_line(role.get_role_display(), role.goal, role)
    special = GoalConsultant.objects.filter(consultant=person, goal__in=seen)
    for each in rows(special.select_related("goal")):
        yield _goal_line(said(_("%(consultant)s, by exception")), each.goal, each)
    accounts = AccountAssignment.objects.filter(Q(consultant=person) | Q(goal_leader=person))
    for account in rows(accounts.select_related("consultant", "goal_leader")):
        is_kept = account.consultant_id == person.pk
        other = account.goal_leader if is_kept else account.consultant
        part = said(_("%(consultant)s of")) if is_kept else _("account of")
        if account.kind == AccountAssignment.Kind.BACKUP:
            part = _("backup for") if is_kept else _("backed up by")
        yield Line(other.name, part, account)
    if user.may(Permission.SEE_PEOPLE):
        stewarded = IndicatorSteward.objects.filter(person=person).select_related("indicator")
        for right in rows(stewarded):
            yield Line(right.indicator.name, _("steward"), right)


def _goal_line(part: str, goal: Goal, row: Dated) -> Line:
    return Line(str(goal), part, row, goal.get_absolute_url())


# --- what follows from the dates ------------------------------------------------------------------


def _follows(
    person: User, positions: list[Position], roles: list[RoleAssignment], on: date
) -> Iterator[tuple[str, str]]:
    if person.last_day is not None:
        words = _("The last day is %s.") if person.is_active else _("Left on %s.")
        yield _("Leaves"), words % _day(person.last_day)
    yield from _coming(positions, roles, on)
    if over := _too_much(roles, on):
        yield _("Time"), _("From %(day)s the shares add up to %(sum)s %%.") % over
    above = next((row.reports_to for row in positions if row.is_current(on)), None)
    if above and not (above.person.is_active and above.is_current(on)):
        words = _("Reports to %s, who does not hold that position today.")
        yield _("Line"), words % above.person.name
    below = Position.objects.current(on).filter(reports_to__person=person).count()
    if below:
        words = ngettext("%(n)s person reports here.", "%(n)s people report here.", below)
        yield _("Line"), words % {"n": below}
    if person.is_active and not any(row.is_current(on) for row in roles):
        yield _("Roles"), _("No role today, so nothing of the goals can be seen.")


def _coming(
    positions: list[Position], roles: list[RoleAssignment], on: date
) -> Iterator[tuple[str, str]]:
    named = [(row, row.title) for row in positions]
    named += [(row, row.get_role_display()) for row in roles]  # type: ignore[misc]
    for row, name in named:
        if row.valid_from > on:
            yield _day(row.valid_from), _("%s begins.") % name
        elif row.valid_to is not None and row.valid_to >= on:
            yield _day(row.valid_to), _("%s ends.") % name


def _too_much(roles: list[RoleAssignment], on: date) -> dict[str, Any] | None:
    """The first day, today or later, on which the shares of time are more than there is."""
    for day in sorted({on, *(row.valid_from for row in roles if row.valid_from > on)}):
        total = sum(row.fte_percent for row in roles if row.is_current(day))
        if total > FULL_TIME:
            return {"day": _day(day), "sum": total}
    return None


def _day(day: date) -> str:
    return date_format(day, "j M Y")
