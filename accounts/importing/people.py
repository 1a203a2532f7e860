"""A list of people against those who are here. Nothing is written.

A person may stand on several lines, one for each role. An empty cell leaves what is here, and
nothing that is not in the file ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.importing.held import Held, read_held
from accounts.importing.lists import (
    Change,
    Plan,
    Record,
    RowRefused,
    Step,
    check_cells,
    correct_first,
    records,
)
from accounts.models import OrgUnit, Position, RoleAssignment, User, as_address
from accounts.readers import Line
from accounts.roles import UNIT_ROLES, Role
from accounts.vocabulary import said

COLUMNS = ("email", "name", "title", "org_unit_code", "reports_to_email", "role", "fte_percent")
LONGEST = {"name": 120, "title": 120, "org_unit_code": 40}
FULL_TIME = 100


@dataclass(frozen=True)
class RoleLine:
    record: Record
    role: Role
    fte_percent: int
    held: RoleAssignment | None

    @property
    def change(self) -> Change:
        if self.held is None:
            return Change.ADDED
        same = self.held.fte_percent == self.fte_percent
        return Change.UNCHANGED if same else Change.CHANGED


@dataclass
class PersonEntry:
    """All that the file says of one person."""

    email: str
    person: User | None
    position: Position | None
    records: list[Record] = field(default_factory=list)
    name: str = ""
    title: str = ""
    org_unit: OrgUnit | None = None
    boss: str = ""
    roles: list[RoleLine] = field(default_factory=list)

    @property
    def is_renamed(self) -> bool:
        return self.person is not None and bool(self.name) and self.name != self.person.name

    @property
    def is_placed(self) -> bool:
        """Whether the file puts the person on another position than the one held."""
        if self.position is None:
            return bool(self.title)
        held = self.position
        above = held.reports_to.person.email if held.reports_to else ""
        return (
            (bool(self.title) and self.title != held.title)
            or (self.org_unit is not None and self.org_unit.pk != held.org_unit_id)
            or (bool(self.boss) and self.boss != above)
        )


def plan_people(
    lines: Sequence[Line], *, today: date, on_goal_teams: frozenset[int] = frozenset()
) -> Plan:
    """`on_goal_teams`: people who may hold no role in the Unit. Raises FileRefused."""
    plan, held = Plan(), read_held(today)
    entries: dict[str, PersonEntry] = {}
    lost: dict[str, int] = {}  # who is not taken, and the line that says so
    for record in records(lines, COLUMNS):
        try:
            _take(record, entries, held, on_goal_teams)
        except RowRefused as refusal:
            plan.refuse(record, refusal.column, str(refusal))
            lost.setdefault(as_address(record.cells["email"]), record.line)
    _refuse_bad_lines(plan, entries, held, lost)
    plan.entries = list(entries.values())
    steps = [step for entry in entries.values() for step in _steps(entry)]
    plan.steps = sorted(steps, key=lambda step: step.line)
    return plan


# --- one row --------------------------------------------------------------------------------------


def _take(
    record: Record, entries: dict[str, PersonEntry], held: Held, on_goal_teams: frozenset[int]
) -> None:
    """Adds the row to what the file says of its person; all of it, or nothing."""
    check_cells(record, LONGEST)
    email = _address(record, "email")
    if not email:
        raise RowRefused("email", _("Give the e-mail address."))
    person = held.people.get(email)
    entry = entries.get(email) or PersonEntry(email, person, held.position_of(person))
    said = _said(record, held)
    _check_person(entry, said)
    role = _role(record, entry, held)
    if role and role.role in UNIT_ROLES and person and person.pk in on_goal_teams:
        raise RowRefused("role", _("Nobody of the Unit is on the team of a goal."))
    for name, value in said.items():
        setattr(entry, name, value or getattr(entry, name))
    entry.records.append(record)
    if role:
        entry.roles.append(role)
    entries[email] = entry


def _address(record: Record, column: str) -> str:
    email = as_address(record.cells[column])
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise RowRefused(column, _("This is not an e-mail address.")) from None
    return email


def _said(record: Record, held: Held) -> dict[str, object]:
    code = record.cells["org_unit_code"]
    unit = held.units.get(code)
    if code and unit is None:
        raise RowRefused("org_unit_code", _("There is no unit with this code today."))
    return {
        "name": record.cells["name"],
        "title": record.cells["title"],
        "org_unit": unit,
        "boss": _address(record, "reports_to_email"),
    }


_COLUMN_OF = {"org_unit": "org_unit_code", "boss": "reports_to_email"}


def _check_person(entry: PersonEntry, said: dict[str, object]) -> None:
    if entry.person is not None and not entry.person.is_active:
        raise RowRefused("email", _("This person has left. Bring them back on their page first."))
    if entry.person is None and not (entry.name or said["name"]):
        raise RowRefused("name", _("Give the name of somebody new."))
    for name, value in said.items():
        before = getattr(entry, name)
        if entry.records and value and before and value != before:
            line = entry.records[0].line
            raise RowRefused(
                _COLUMN_OF.get(name, name), _("Line %s says otherwise of this person.") % line
            )
    is_placed = said["org_unit"] or said["boss"]
    if is_placed and not (said["title"] or entry.title or entry.position):
        raise RowRefused("title", _("Give the title of the position."))


def _role(record: Record, entry: PersonEntry, held: Held) -> RoleLine | None:
    text, share = record.cells["role"], record.cells["fte_percent"]
    if not text:
        if share:
            raise RowRefused("role", _("Say in which role this time is spent."))
        return None
    role = _role_named(text.casefold())
    if role is None:
        raise RowRefused("role", _("There is no such role. There are: %s.") % ", ".join(Role))
    if any(each.role is role for each in entry.roles):
        raise RowRefused("role", _("This role stands on another line of this person already."))
    before = held.role_of(entry.person, role)
    _check_role(record, role, entry, held, before)
    fte = _share(share, before)
    return RoleLine(record, role, fte, before)


def _role_named(text: str) -> Role | None:
    """By its code, or by the word that the system has for it."""
    words = {str(role.label).casefold(): role for role in Role}
    return {**words, **{role.value: role for role in Role}}.get(text)


def _share(text: str, before: RoleAssignment | None) -> int:
    if not text:
        return before.fte_percent if before else FULL_TIME
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= FULL_TIME):
        raise RowRefused("fte_percent", _("Write a whole number from 0 to 100."))
    return int(text)


def _check_role(
    record: Record, role: Role, entry: PersonEntry, held: Held, before: RoleAssignment | None
) -> None:
    if role is Role.SYSTEM_LEADER:
        leader = held.system_leader or entry.email
        if leader != entry.email:
            raise RowRefused(
                "role",
                said(_("%(name)s is the %(system_leader)s. End that role first."), name=leader),
            )
        held.system_leader = entry.email
    if role is Role.LOCAL_LEADER and before is None and not record.cells["org_unit_code"]:
        raise RowRefused("org_unit_code", said(_("Say which unit the %(local_leader)s leads.")))


# --- rows together --------------------------------------------------------------------------------


def _refuse_bad_lines(
    plan: Plan, entries: dict[str, PersonEntry], held: Held, lost: dict[str, int]
) -> None:
    """Until nothing more is refused: a refused boss takes along who reports there."""
    while True:
        boss_of = {**held.boss_of, **{e.email: e.boss for e in entries.values() if e.boss}}
        refused = {e.email: _line_fault(e, entries, held, lost, boss_of) for e in entries.values()}
        refused = {email: message for email, message in refused.items() if message}
        if not refused:
            return
        for email, message in refused.items():
            for record in entries.pop(email).records:
                plan.refuse(record, "reports_to_email", message, follows=boss_of[email] in lost)
                lost.setdefault(email, record.line)


def _line_fault(
    entry: PersonEntry,
    entries: dict[str, PersonEntry],
    held: Held,
    lost: dict[str, int],
    boss_of: dict[str, str],
) -> str:
    if not entry.boss:
        return ""
    boss = entries.get(entry.boss)
    has_position = held.has_position(entry.boss) or (boss is not None and bool(boss.title))
    if not has_position and entry.boss in lost:
        return correct_first(lost[entry.boss])
    if not has_position:
        return _("Nobody here or in the file has this address and a position.")
    seen, here = [entry.email], entry.boss
    while here and here not in seen:
        seen.append(here)
        here = boss_of.get(here, "")
    return _("This would make the reporting line run in a circle.") if here == entry.email else ""


def _steps(entry: PersonEntry) -> list[Step]:
    """The first line of a person carries what is said of the person, each line its role."""
    roles = {role.record.line: role for role in entry.roles}
    first, steps = entry.records[0].line, []
    for record in entry.records:
        said = _person_changes(entry) if record.line == first else []
        role = roles.get(record.line)
        if role is not None and role.change is not Change.UNCHANGED:
            before = f"{role.held.fte_percent} %" if role.held else ""
            said.append((str(role.role.label), before, f"{role.fte_percent} %"))
        change = Change.CHANGED if said else Change.UNCHANGED
        if entry.person is None:
            change = Change.ADDED
        label = entry.name or (entry.person.name if entry.person else entry.email)
        steps.append(Step(record.line, change, label, tuple(said)))
    return steps


def _person_changes(entry: PersonEntry) -> list[tuple[str, str, str]]:
    said = []
    if entry.is_renamed and entry.person:
        said.append(("name", entry.person.name, entry.name))
    if entry.is_placed:
        held = entry.position
        unit = entry.org_unit.name if entry.org_unit else ""
        after = ", ".join(filter(None, [entry.title or (held.title if held else ""), unit]))
        if entry.boss:
            after = _("%(title)s, reports to %(boss)s") % {"title": after, "boss": entry.boss}
        said.append(("title", held.title if held else "", after))
    return said
