"""A list of organisation units against those that are here. Nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.importing.lists import (
    Change,
    Plan,
    Record,
    RowRefused,
    Step,
    check_cells,
    correct_first,
    day_of,
    differences,
    records,
)
from accounts.models import MAX_DEPTH, OrgUnit
from accounts.readers import Line

COLUMNS = ("code", "name", "type", "parent_code", "valid_from", "valid_to")
LONGEST = {"code": 40, "name": 160, "type": 40, "parent_code": 40}


@dataclass(frozen=True)
class UnitEntry:
    record: Record
    code: str
    fields: dict[str, Any]
    parent_code: str
    held: OrgUnit | None


def plan_org_units(lines: Sequence[Line], *, today: date) -> Plan:
    """Raises FileRefused."""
    plan = Plan()
    held = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
    entries: dict[str, UnitEntry] = {}
    lost: dict[str, int] = {}  # codes that are not taken, and the line that says so
    for record in records(lines, COLUMNS):
        try:
            entry = _entry(record, held, today)
            if entry.code in entries:
                line = entries[entry.code].record.line
                raise RowRefused("code", _("This code stands on line %s already.") % line)  # noqa: TRY301
            entries[entry.code] = entry
        except RowRefused as refusal:
            plan.refuse(record, refusal.column, str(refusal))
            lost.setdefault(record.cells["code"], record.line)
    _refuse_bad_trees(plan, entries, held, lost)
    plan.entries = _parents_first(entries)
    plan.steps = [_step(entry) for entry in sorted(entries.values(), key=lambda e: e.record.line)]
    return plan


def _entry(record: Record, held: Mapping[str, OrgUnit], today: date) -> UnitEntry:
    check_cells(record, LONGEST)
    cells = record.cells
    for column, message in (("code", _("Give the code.")), ("name", _("Give the name."))):
        if not cells[column]:
            raise RowRefused(column, message)
    unit = held.get(cells["code"])
    first = day_of(record, "valid_from") or (unit.valid_from if unit else today)
    last = day_of(record, "valid_to")
    if last is not None and last < first:
        raise RowRefused("valid_to", _("The last day lies before the first."))
    kind = cells["type"] or (unit.kind if unit else "office")
    fields = {"name": cells["name"], "kind": kind, "valid_from": first, "valid_to": last}
    return UnitEntry(record, cells["code"], fields, cells["parent_code"], unit)


def _refuse_bad_trees(
    plan: Plan,
    entries: dict[str, UnitEntry],
    held: Mapping[str, OrgUnit],
    lost: dict[str, int],
) -> None:
    """Until nothing more is refused: a refused parent takes its parts along."""
    while True:
        parents = {unit.code: unit.parent.code if unit.parent else "" for unit in held.values()}
        parents |= {code: entry.parent_code for code, entry in entries.items()}
        refused = dict(_bad(entries, parents, lost))
        if not refused:
            return
        for code, message in refused.items():
            record = entries.pop(code).record
            plan.refuse(record, "parent_code", message, follows=parents[code] in lost)
            lost.setdefault(code, record.line)


def _bad(
    entries: Mapping[str, UnitEntry], parents: Mapping[str, str], lost: Mapping[str, int]
) -> list[tuple[str, str]]:
    found = []
    for code in parents:
        above = _above(code, parents)
        message = _fault(code, above, parents, lost)
        at_fault = next((each for each in (code, *above) if each in entries), None)
        if message and at_fault:
            found.append((at_fault, message))
    return found


def _above(code: str, parents: Mapping[str, str]) -> list[str]:
    """The parents up to the top, or up to where it turns back on itself."""
    found, here = [], parents.get(code, "")
    while here and here not in found:
        found.append(here)
        here = parents.get(here, "")
    return found


def _fault(code: str, above: list[str], parents: Mapping[str, str], lost: Mapping[str, int]) -> str:
    if code in above:
        return _("A unit cannot be a part of itself.")
    if parents[code] and parents[code] not in parents and parents[code] in lost:
        return correct_first(lost[parents[code]])
    if parents[code] and parents[code] not in parents:
        return _("There is no unit with this code, here or in the file.")
    return _("Units lie at most six levels deep.") if len(above) + 1 > MAX_DEPTH else ""


def _parents_first(entries: Mapping[str, UnitEntry]) -> list[UnitEntry]:
    parents = {code: entry.parent_code for code, entry in entries.items()}
    return sorted(entries.values(), key=lambda each: (len(_above(each.code, parents)), each.code))


def _step(entry: UnitEntry) -> Step:
    label = f"{entry.code} {entry.fields['name']}"
    if entry.held is None:
        return Step(entry.record.line, Change.ADDED, label)
    before = [(name, getattr(entry.held, name)) for name in entry.fields]
    parent = entry.held.parent.code if entry.held.parent else ""
    said = differences(
        [*before, ("parent_code", parent)], {**entry.fields, "parent_code": entry.parent_code}
    )
    change = Change.CHANGED if said else Change.UNCHANGED
    return Step(entry.record.line, change, label, said)
