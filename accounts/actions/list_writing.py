"""Writes what a confirmed list says: many rows at once, each with its history."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.actions.positions import move_reports
from accounts.actions.turns import REASON_LENGTH, keep
from accounts.importing.lists import Change
from accounts.importing.org_units import UnitEntry
from accounts.importing.people import PersonEntry, RoleLine
from accounts.models import OrgUnit, Position, RoleAssignment, User
from accounts.roles import Role

BATCH = 500


class _Writer:
    """Carries who, when and why through one list."""

    def __init__(self, filename: str, by: User | None, at: datetime) -> None:
        self.by, self.at, self.today = by, at, timezone.localdate(at)
        self.reason = (_("List %s") % filename)[:REASON_LENGTH]

    def keep(self, row: Any) -> None:
        keep(row, by=self.by, reason=self.reason, at=self.at)

    def add(self, rows: Sequence[Any]) -> None:
        if rows:
            bulk_create_with_history(
                rows, type(rows[0]), batch_size=BATCH, default_user=self.by,
                default_change_reason=self.reason, default_date=self.at,
            )  # fmt: skip

    def replace(self, old: Any, new: Any) -> Any:
        """Ends what holds today the day before; what began today is changed as it stands."""
        if old.valid_from == self.today:
            new.pk, new.valid_from, new.valid_to = old.pk, old.valid_from, old.valid_to
            new._state.adding = False  # noqa: SLF001 - Django's way to say that it is saved
        else:
            new.valid_to, old.valid_to = old.valid_to, self.today - timedelta(days=1)
            self.keep(old)
        self.keep(new)
        return new


def write_org_units(
    entries: Iterable[UnitEntry], *, filename: str, by: User | None, at: datetime
) -> None:
    """Parents come first, as the plan has ordered them."""
    writer = _Writer(filename, by, at)
    units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
    for entry in entries:
        unit = units.setdefault(entry.code, OrgUnit(code=entry.code))
        parent = units.get(entry.parent_code)
        wanted = {**entry.fields, "parent": parent}
        if unit.pk is None or any(getattr(unit, key) != value for key, value in wanted.items()):
            for name, value in wanted.items():
                setattr(unit, name, value)
            writer.keep(unit)


def write_people(
    entries: Sequence[PersonEntry], *, filename: str, by: User | None, at: datetime
) -> None:
    writer = _Writer(filename, by, at)
    people = _write_persons(writer, entries)
    _write_positions(writer, entries, people)
    _write_roles(writer, entries, people)


def _write_persons(writer: _Writer, entries: Sequence[PersonEntry]) -> dict[str, User]:
    people, new = {}, []
    for entry in entries:
        person = entry.person
        if person is None:
            person = User(email=entry.email, name=entry.name)
            person.set_unusable_password()
            new.append(person)
        elif entry.is_renamed:
            person.name = entry.name
            writer.keep(person)
        people[entry.email] = person
    writer.add(new)
    return people


def _write_positions(
    writer: _Writer, entries: Sequence[PersonEntry], people: dict[str, User]
) -> None:
    """From the top down, so that each finds the position it reports to."""
    placed = [entry for entry in entries if entry.is_placed]
    for level in _levels(placed):
        held = _held_positions(writer.today)
        new = [
            _position(entry, people[entry.email], held, writer.today)
            for entry in level
            if entry.position is None
        ]
        writer.add(new)
        for entry in level:
            if entry.position is not None:
                person = people[entry.email]
                old = held[person.email]
                row = writer.replace(old, _position(entry, person, held, writer.today))
                if row.pk != old.pk:
                    move_reports(old, row, by=writer.by, reason=writer.reason, at=writer.at)


def _levels(entries: Sequence[PersonEntry]) -> list[list[PersonEntry]]:
    waiting = {entry.email: entry for entry in entries}
    levels = []
    while waiting:
        level = [entry for entry in waiting.values() if entry.boss not in waiting]
        levels.append(level)
        for entry in level:
            del waiting[entry.email]
    return levels


def _held_positions(today: date) -> dict[str, Position]:
    rows = Position.objects.current(today).order_by("valid_from", "pk")
    return {row.person.email: row for row in rows.select_related("person", "org_unit")}


def _position(entry: PersonEntry, person: User, held: dict[str, Position], today: date) -> Position:
    """What the file says, and for its empty cells what is held."""
    old = held.get(person.email)
    return Position(
        person=person,
        title=entry.title or (old.title if old else ""),
        org_unit=entry.org_unit or (old.org_unit if old else None),
        reports_to=held[entry.boss] if entry.boss else (old.reports_to if old else None),
        valid_from=today,
    )


def _write_roles(writer: _Writer, entries: Sequence[PersonEntry], people: dict[str, User]) -> None:
    new = []
    for entry in entries:
        for line in entry.roles:
            row = _assignment(line, entry, people[entry.email], writer.today)
            if line.change is Change.ADDED:
                new.append(row)
            elif line.change is Change.CHANGED:
                writer.replace(line.held, row)
    writer.add(new)


def _assignment(line: RoleLine, entry: PersonEntry, person: User, today: date) -> RoleAssignment:
    held = line.held
    leads = entry.org_unit if line.role is Role.LOCAL_LEADER else None
    return RoleAssignment(
        person=person,
        role=line.role,
        fte_percent=line.fte_percent,
        org_unit=held.org_unit if held else leads,
        home_unit=held.home_unit if held else None,
        is_co_lead=bool(held and held.is_co_lead),
        valid_from=today,
    )
