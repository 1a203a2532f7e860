"""Reads an export into an empty system. All of it or nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from accounts.models import OrgUnit, System, User
from delivery_unit.exporting.tables import (
    ENTRIES,
    KEYS,
    OBSERVATIONS,
    PERIOD,
    SERIES,
    TABLES,
    TOTALS,
    Column,
    Table,
    field_of,
)
from delivery_unit.exporting.texts import csv_rows, to_value
from delivery_unit.exporting.writing import pack_file
from goals.actions.standings import refresh_standings
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import Goal, Indicator, Observation, Series, Trajectory
from stocktakes.models import Pack

BATCH = 500
Cells = dict[str, str]


class CannotRead(Exception):
    """Why the export cannot be read; the message names file and line."""


class SystemNotEmpty(CannotRead):
    """There are people, units or goals already."""


@transaction.atomic
def read_export(folder: Path) -> dict[str, int]:
    """How many rows came in from each file. Raises CannotRead; nothing is changed then."""
    if any(model.objects.exists() for model in (System, User, OrgUnit, Goal, Indicator)):
        raise SystemNotEmpty("This system is not empty. An export is read into a new one only.")
    reader = Reader(folder)
    for table in TABLES:
        reader.read(table)
        if table.model is Series:
            reader.read_numbers()
    _work_out_standings()
    return reader.counts


class Reader:
    """One pass over all files; every row is remembered under what later rows call it by."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[type[models.Model], dict[tuple[str, ...], int]] = defaultdict(dict)
        self.counts: dict[str, int] = {}

    def read(self, table: Table) -> None:
        rows = [
            (cells, self._at(table.file, line, partial(self._instance, table, cells)))
            for line, cells in self._rows(table.file, table.header)
        ]
        self._save(table, [row for _cells, row in rows])
        self._remember(table, rows)
        self._link_own(table, rows)
        if table.model is Pack:
            self._link_goals(rows)

    def _rows(self, name: str, header: list[str]) -> Iterator[tuple[int, Cells]]:
        try:
            text = (self.folder / name).read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise CannotRead(f"{name} cannot be read: {error}") from error
        self.counts[name] = 0
        for line, cells in csv_rows(text):
            if missing := [each for each in header if cells.get(each) is None]:
                raise CannotRead(f"{name}, line {line}: there is no {', '.join(missing)}.")
            self.counts[name] += 1
            yield line, cells

    def _at(self, name: str, line: int, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except (ValueError, ValidationError, KeyError) as error:
            raise CannotRead(f"{name}, line {line}: {_said(error)}") from error

    def _instance(self, table: Table, cells: Cells) -> models.Model:
        values: dict[str, Any] = {}
        for column in table.columns:
            if column.to is None:
                values[column.field.attname] = to_value(cells[column.names[0]], column.field)
            elif column.to is not table.model:
                values[column.field.attname] = self._linked(column, cells)
        row = table.model(**values)
        if isinstance(row, Pack):
            row.snapshot = self._snapshot(cells)
        if isinstance(row, User):
            row.set_unusable_password()
        return row

    def _linked(self, column: Column, cells: Cells) -> int | None:
        """None where the part of the name that is the link's own is empty."""
        key = tuple(cells[name] for name in column.names)
        if key[-1] == "" and column.field.null:
            return None
        assert column.to  # noqa: S101 - the caller asked
        if key not in self.known[column.to]:
            raise ValueError(f"{', '.join(column.names)}: nothing is called {' '.join(key)}.")
        return self.known[column.to][key]

    def _snapshot(self, cells: Cells) -> str:
        text = (self.folder / pack_file(cells)).read_bytes().decode()
        if sha256(text.encode()).hexdigest() != cells["sha256"]:
            raise ValueError(f"{pack_file(cells)} is not what was issued: its SHA-256 differs.")
        return text

    def _save(self, table: Table, rows: list[models.Model]) -> None:
        try:
            with transaction.atomic():
                table.rows().bulk_create(rows, batch_size=BATCH)
        except DatabaseError as error:
            raise CannotRead(f"{table.file}: {error}") from error

    def _remember(self, table: Table, rows: list[tuple[Cells, models.Model]]) -> None:
        key = KEYS.get(table.model, ())
        for cells, row in rows:
            self.known[table.model][tuple(cells[name] for name in key)] = row.pk

    def _link_own(self, table: Table, rows: list[tuple[Cells, models.Model]]) -> None:
        """Links to rows of the same table, which all are here by now."""
        for column in (each for each in table.columns if each.to is table.model):
            for cells, row in rows:
                setattr(row, column.field.attname, self._linked(column, cells))
            made = [row for _cells, row in rows]
            table.rows().bulk_update(made, [column.field.name], batch_size=BATCH)

    def _link_goals(self, rows: list[tuple[Cells, models.Model]]) -> None:
        for cells, row in rows:
            assert isinstance(row, Pack)  # noqa: S101 - the caller asked
            row.goals.set([self.known[Goal][code,] for code in cells["goals"].split()])

    # --- numbers ----------------------------------------------------------------------------------

    def read_numbers(self) -> None:
        entered = {
            tuple(cells[name] for name in PERIOD): cells["entered_by_email"]
            for _line, cells in self._rows(ENTRIES, [*PERIOD, "entered_by_email"])
        }
        for name, derived in ((OBSERVATIONS, False), (TOTALS, True)):
            made = []
            for line, cells in self._rows(name, [*REQUIRED, *OPTIONAL]):
                key = tuple(cells[each] for each in PERIOD)
                row = self._at(name, line, partial(self._observation, cells))
                row.is_derived = derived
                row.entered_by_id = self.known[User].get((entered.get(key, ""),))
                made.append((cells, row))
            self._save(Table(name, Observation), [row for _cells, row in made])
            for cells, row in made:
                self.known[Observation][tuple(cells[each] for each in PERIOD)] = row.pk

    def _observation(self, cells: Cells) -> Observation:
        names = [each for each in (*REQUIRED, *OPTIONAL) if each not in SERIES]
        fields = {name: field_of(Observation, name) for name in names}
        values = {name: to_value(cells[name], fields[name]) for name in names}
        series = self.known[Series].get(tuple(cells[name] for name in SERIES))
        if series is None:
            raise ValueError("series.csv has no such series.")
        return Observation(series_id=series, **values)


def _said(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


# --- what follows from it -------------------------------------------------------------------------


def _work_out_standings() -> None:
    """As they would have been worked out: at every moment that changed what was known."""
    changed: dict[datetime, set[int]] = defaultdict(set)
    for series, moment in Observation.objects.values_list("series", "known_from"):
        changed[moment].add(series)
    zone = ZoneInfo(System.objects.current().time_zone)
    for path in Trajectory.objects.filter(approved_on__isnull=False):
        changed[_first_moment(path.approved_on, zone)].add(path.series_id)
    for moment in sorted(changed):
        refresh_standings(series_ids=changed[moment], at=moment)


def _first_moment(on: date | None, zone: ZoneInfo) -> datetime:
    assert on  # noqa: S101 - only approved paths are asked for
    return datetime.combine(on, time(0), tzinfo=zone)
