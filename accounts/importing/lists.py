"""What both lists have in common: named columns, clean cells, and a plan of changes."""

import hashlib
import json
from bisect import insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts.readers import FileRefused, Line

# A spreadsheet program would run these; our own files carry a mark before them.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class RowRefused(Exception):
    """One cell of a row is not right: its column, and a sentence."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Record:
    """One row of a list: the line on which it begins, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Problem:
    line: int
    column: str
    text: str
    message: str
    follows: bool = False  # from another row; mended with that one


@dataclass(frozen=True)
class Step:
    """One row, and what it does; `said` names what changes, as (column, before, after)."""

    line: int
    change: Change
    label: str
    said: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Plan:
    """The outcome of a dry run. `entries` is what would be written, in the kind's own shape."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(step.change for step in self.steps)
        lines = {problem.line for problem in self.problems}
        return {**{change.value: found[change] for change in Change}, "rejected": len(lines)}

    @property
    def changing(self) -> list[Step]:
        return [step for step in self.steps if step.change is not Change.UNCHANGED]

    def fingerprint(self) -> str:
        """Changes when the file would do anything else than before."""
        said: list[Any] = [(step.line, step.change, step.said) for step in self.steps]
        said += [(problem.line, problem.message) for problem in self.problems]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def refuse(self, record: Record, column: str, message: str, *, follows: bool = False) -> None:
        """What is to be mended stands before what is mended with it."""
        text = record.cells.get(column, "")
        found = Problem(record.line, column, text, message, follows)
        insort(self.problems, found, key=lambda problem: (problem.follows, problem.line))


def correct_first(line: int) -> str:
    """Of a row that is right by itself, and cannot stand without another that is not."""
    return _("Line %s, which this row needs, is not right. Correct that line first.") % line


def records(lines: Sequence[Line], columns: Sequence[str]) -> list[Record]:
    """The rows under their heads, in any order of columns. Raises FileRefused."""
    head, *rest = [line for line in lines if not line.is_blank]
    names = [cell.strip().lower() for cell in head.cells]
    if missing := [name for name in columns if name not in names]:
        raise FileRefused(
            _("The first row must name the columns. Missing: %s.") % ", ".join(missing)
        )
    if extra := [name for name in names if name not in columns]:
        raise FileRefused(_("Columns that this list does not have: %s.") % ", ".join(extra)[:200])
    if len(set(names)) < len(names):
        raise FileRefused(_("A column is named twice."))
    return [Record(line.number, _cells(names, line)) for line in rest]


def _cells(names: list[str], line: Line) -> dict[str, str]:
    """Short rows are filled up; what stands beyond the last column is kept to be refused."""
    cells = {name: _plain(text) for name, text in zip(names, line.cells, strict=False)}
    beyond = [cell for cell in line.cells[len(names) :] if cell.strip()]
    return {**dict.fromkeys(names, ""), **cells, **({"": beyond[0]} if beyond else {})}


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def check_cells(record: Record, longest: dict[str, int]) -> None:
    """Raises RowRefused."""
    if "" in record.cells:
        raise RowRefused("", _("This row has more cells than there are columns."))
    for column, text in record.cells.items():
        if not text.isprintable():
            raise RowRefused(column, _("This holds signs that cannot be seen. Type it anew."))
        if len(text) > longest.get(column, 254):
            raise RowRefused(
                column, _("At most %s characters fit here.") % longest.get(column, 254)
            )


def day_of(record: Record, column: str) -> date | None:
    """Raises RowRefused."""
    text = record.cells[column]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RowRefused(column, _("Write the day like 2026-07-31.")) from None


def differences(before: Iterable[tuple[str, Any]], after: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((name, said(old), said(after[name])) for name, old in before if old != after[name])


def said(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
