"""People and offices in the shapes that their imports read: an import of these changes nothing."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from accounts.importing.org_units import COLUMNS as ORG_UNITS
from accounts.importing.people import COLUMNS as PEOPLE
from accounts.models import OrgUnit, Position, RoleAssignment, User
from goals.spreadsheets import Cell

__all__ = ["ORG_UNITS", "PEOPLE", "org_unit_rows", "people_rows"]


def people_rows(on: date) -> Iterator[list[Cell]]:
    """A line for each role that somebody holds; one without a role for whoever holds none."""
    positions = Position.objects.current(on).order_by("valid_from", "pk")
    held = {
        row.person_id: row for row in positions.select_related("org_unit", "reports_to__person")
    }
    roles: dict[int, dict[str, Cell]] = defaultdict(dict)
    for row in RoleAssignment.objects.current(on).order_by("valid_from", "pk"):
        roles[row.person_id][row.role] = row.fte_percent
    for person in User.objects.filter(is_active=True).order_by("email"):
        place = _place(held.get(person.pk), on)
        for role, share in (roles[person.pk] or {"": ""}).items():
            yield [person.email, person.name, *place, role, share]


def _place(position: Position | None, on: date) -> list[Cell]:
    """A unit that has ended, or somebody who has left, is no place to be put."""
    if position is None:
        return ["", "", ""]
    unit, above = position.org_unit, position.reports_to
    return [
        position.title,
        unit.code if unit and unit.is_current(on) else "",
        above.person.email if above and above.person.is_active else "",
    ]


def org_unit_rows() -> Iterator[list[Cell]]:
    for unit in OrgUnit.objects.select_related("parent").order_by("code"):
        yield [
            unit.code,
            unit.name,
            unit.kind,
            unit.parent.code if unit.parent else "",
            unit.valid_from,
            unit.valid_to,
        ]
