"""Writes the export: one file after the other, the same bytes for the same system."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from accounts.models import Position, RoleAssignment, User
from delivery_unit.exporting.readme import readme
from delivery_unit.exporting.tables import (
    ENTRIES,
    KEYS,
    NUMBER,
    OBSERVATIONS,
    PERIOD,
    SERIES,
    TABLES,
    TOTALS,
    Column,
    Table,
)
from delivery_unit.exporting.texts import csv_text, to_text
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import Observation, Trajectory
from stocktakes.models import Pack

Names = dict[int, tuple[str, ...]]  # what the rows of a table are called, by their number inside
PEOPLE = ("email", "name", "title", "org_unit_code", "reports_to_email", "role", "fte_percent")
POINTS = (*SERIES, "period_end", "value", "kind")
CANONICAL = (*REQUIRED, *OPTIONAL)


class NotEmpty(Exception):
    """There is something in the folder already."""


def write_export(folder: Path, *, on: date) -> dict[str, int]:
    """All files into an empty folder; how many rows each has. `on` says whose position is today's.

    Raises NotEmpty, and OSError.
    """
    with transaction.atomic():
        _hold_still()
        export = Export()
        files = dict(export.files(on))
    files["README.txt"] = readme(export.counts)
    sums = {name: sha256(text.encode()).hexdigest() for name, text in files.items()}
    files["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums))
    _save(folder, files)
    return export.counts


def _hold_still() -> None:
    """All tables as of one moment, whatever others enter meanwhile. SQLite does so by itself."""
    if connection.vendor == "postgresql" and len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _save(folder: Path, files: dict[str, str]) -> None:
    """For the operator's eyes only: confidential goals are in it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise NotEmpty(folder)
    (folder / "packs").mkdir(mode=0o700)
    for name, text in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(text.encode())


class Export:
    """One pass over all tables, in which every row gets the name that later rows call it by."""

    def __init__(self) -> None:
        self.called: dict[type[models.Model], Names] = {}
        self.counts: dict[str, int] = {}

    def files(self, on: date) -> Iterator[tuple[str, str]]:
        observations = list(Observation.objects.select_related("entered_by").order_by("pk"))
        for table in TABLES:
            if table.model is Pack:
                yield from self._packs(table)
                continue
            yield self._file(table.file, table.header, self._rows(table))
            if KEYS.get(table.model) == SERIES:
                yield from self._numbers(observations)
        yield self._file("people.csv", PEOPLE, _people(on))
        yield self._file("trajectories.csv", POINTS, self._points(on))

    def _file(self, name: str, header: Any, rows: Any) -> tuple[str, str]:
        kept = list(rows)
        self.counts[name] = len(kept)
        return name, csv_text(header, kept)

    def _rows(self, table: Table) -> list[list[str]]:
        found = [(row, self._cells(table, row)) for row in table.rows()]
        key = KEYS.get(table.model, ())
        if table.is_sorted:
            by = key or table.columns[0].names
            found.sort(key=lambda pair: [pair[1][name] for name in by])
        for number, (row, cells) in enumerate(found, 1):
            if table.is_numbered:
                cells[NUMBER] = str(number)
            self.called.setdefault(table.model, {})[row.pk] = tuple(cells[name] for name in key)
        for row, cells in found:
            cells.update(self._own_links(table, row))
        return [[cells[name] for name in table.header] for _row, cells in found]

    def _cells(self, table: Table, row: models.Model) -> dict[str, str]:
        cells: dict[str, str] = {}
        for column in table.columns:
            value = getattr(row, column.field.attname)
            if column.to is None:
                cells[column.names[0]] = to_text(value)
            elif column.to is not table.model:
                cells = self._link(column, value) | cells
        return cells

    def _own_links(self, table: Table, row: models.Model) -> dict[str, str]:
        """To rows of the same table, which all have their names by now."""
        cells: dict[str, str] = {}
        for column in table.columns:
            if column.to is table.model:
                cells |= self._link(column, getattr(row, column.field.attname))
        return cells

    def _link(self, column: Column, pk: int | None) -> dict[str, str]:
        texts = ("",) * len(column.names) if pk is None else self.called[column.to][pk]  # type: ignore[index]
        return dict(zip(column.names, texts, strict=True))

    # --- numbers ----------------------------------------------------------------------------------

    def _numbers(self, observations: list[Observation]) -> Iterator[tuple[str, str]]:
        """As the importer reads them; totals that were added up here apart, and who entered what."""
        rows = []
        for each in observations:
            cells = self._observation(each)
            self.called.setdefault(Observation, {})[each.pk] = tuple(cells[n] for n in PERIOD)
            rows.append((each, cells))
        rows.sort(key=lambda pair: (*(pair[1][name] for name in PERIOD[:-1]), pair[0].revision))
        for name, derived in ((OBSERVATIONS, False), (TOTALS, True)):
            kept = ([cells[c] for c in CANONICAL] for o, cells in rows if o.is_derived == derived)
            yield self._file(name, CANONICAL, kept)
        entered = (
            [*(cells[name] for name in PERIOD), each.entered_by.email]
            for each, cells in rows
            if each.entered_by
        )
        yield self._file(ENTRIES, (*PERIOD, "entered_by_email"), entered)

    def _observation(self, row: Observation) -> dict[str, str]:
        series = dict(zip(SERIES, self.called_series(row.series_id), strict=True))
        others = [name for name in CANONICAL if name not in SERIES]
        return series | {name: to_text(getattr(row, name)) for name in others}

    def called_series(self, pk: int) -> tuple[str, ...]:
        return next(names for model, names in self.called.items() if KEYS.get(model) == SERIES)[pk]

    def _points(self, on: date) -> Iterator[list[str]]:
        """The path in force of every series, in the columns of the contract."""
        paths = Trajectory.objects.in_force(on).for_drawing()
        for path in sorted(paths, key=lambda row: self.called_series(row.series_id)):
            series, target = self.called_series(path.series_id), path.target
            yield [*series, *map(to_text, (target.baseline_on, target.baseline_value)), "baseline"]
            for point in path.points.all():
                yield [*series, *map(to_text, (point.on, point.value)), point.kind]
            yield [*series, *map(to_text, (target.due_on, target.level)), "target"]

    # --- packs ------------------------------------------------------------------------------------

    def _packs(self, table: Table) -> Iterator[tuple[str, str]]:
        rows = self._rows(table)
        packs = list(Pack.objects.prefetch_related("goals").order_by("pk"))
        codes = [" ".join(sorted(goal.code for goal in pack.goals.all())) for pack in packs]
        with_goals = ([*row, goals] for row, goals in zip(rows, codes, strict=True))
        yield self._file(table.file, [*table.header, "goals"], with_goals)
        for pack, row in zip(packs, rows, strict=True):
            cells = dict(zip(table.header, row, strict=True))
            yield pack_file(cells), pack.snapshot


def pack_file(cells: dict[str, str]) -> str:
    return f"packs/{cells['stocktake_number']}-v{cells['version']}.json"


def _people(on: date) -> Iterator[list[str]]:
    """Of each person today's position and role, as lists of people are read."""
    positions = Position.objects.current(on).select_related("org_unit", "reports_to__person")
    posts = {row.person_id: row for row in positions.order_by("-valid_from", "-pk")}
    roles = {row.person_id: row for row in RoleAssignment.objects.current(on).order_by("-pk")}
    for person in User.objects.filter(is_active=True).order_by("pk"):
        post, role = posts.get(person.pk), roles.get(person.pk)
        boss = post.reports_to if post else None
        yield [
            person.email,
            person.name,
            post.title if post else "",
            post.org_unit.code if post and post.org_unit else "",
            boss.person.email if boss else "",
            role.role if role else "",
            str(role.fte_percent) if role else "",
        ]
