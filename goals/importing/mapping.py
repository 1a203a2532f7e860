"""Saved mappings: how a publisher's file becomes rows. All of it is data; see docs/data.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from goals.fields import exact_text, parse_exact
from goals.importing.periods import PeriodKind, period_of
from goals.importing.reading import FileRefused, Line
from goals.importing.rows import RawRow

SKIP = "skip"
ANYWHERE = ("title", "filename")


class MappingError(ValueError):
    """The mapping itself is wrong; the message names the key."""


@dataclass(frozen=True)
class Cell:
    """Where a text comes from: the first column that exists, or a constant; then how it is read."""

    columns: tuple[str, ...] = ()
    constant: str = ""
    unwrap: bool = False  # ="2880013" is how spreadsheets are told to keep leading zeros
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: "Cell | None" = None


@dataclass(frozen=True)
class PeriodSpec:
    kind: PeriodKind
    cell: Cell | None = None
    pattern: re.Pattern[str] | None = None
    where: str = "title"
    start_month: int = 1


@dataclass(frozen=True)
class Difference:
    """A number that is one column less others."""

    terms: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A mapping, read and checked."""

    headers: tuple[tuple[str, ...], ...]
    period: PeriodSpec
    indicator: Cell
    org_unit: Cell
    org_unit_name: Cell
    subgroup: Cell | None
    dimension: str
    creates_subgroups: bool
    value: Cell | None
    numerator: Cell | Difference | None
    denominator: Cell | Difference | None
    scale: Fraction
    status: Cell
    missing: Mapping[str, str]
    source: str
    totals: tuple[Mapping[str, Any], ...]
    is_complete: bool
    encoding: str
    delimiter: str


# --- reading the specification ---------------------------------------------------------------------

KEYS = frozenset(
    {
        "header", "period", "indicator", "org_unit", "subgroup", "value", "numerator",
        "denominator", "scale", "status", "missing", "source", "totals", "complete", "encoding",
        "delimiter", "indicators", "org_units", "title", "about",
    }
)  # fmt: skip


def spec_of(data: Any) -> Spec:
    """The specification as values. Raises MappingError with a sentence."""
    if not isinstance(data, dict):
        raise MappingError(_("A mapping is an object with keys such as header and value."))
    unknown = sorted(data.keys() - KEYS)
    if unknown:
        raise MappingError(_("Unknown keys: %(keys)s.") % {"keys": ", ".join(unknown)})
    for key in ("header", "period", "indicator", "org_unit"):
        if key not in data:
            raise MappingError(_("The key “%(key)s” is missing.") % {"key": key})
    if "value" not in data and not {"numerator", "denominator"} <= data.keys():
        raise MappingError(_("Say where the value is, or numerator and denominator."))
    subgroup = data.get("subgroup")
    unit = data["org_unit"]
    return Spec(
        headers=_headers(data["header"]),
        period=_period(data["period"]),
        indicator=_cell(data["indicator"], "indicator"),
        org_unit=_cell(unit, "org_unit"),
        org_unit_name=_cell({"column": unit.get("name", [])} if isinstance(unit, dict) else "", ""),
        subgroup=_cell(subgroup, "subgroup") if subgroup else None,
        dimension=subgroup.get("dimension", "") if isinstance(subgroup, dict) else "",
        creates_subgroups=bool(subgroup.get("create")) if isinstance(subgroup, dict) else False,
        value=_cell(data["value"], "value") if "value" in data else None,
        numerator=_number(data.get("numerator"), "numerator"),
        denominator=_number(data.get("denominator"), "denominator"),
        scale=Fraction(str(data.get("scale", 100))),
        status=_cell(data.get("status", "final"), "status"),
        missing={str(key): str(value) for key, value in data.get("missing", {}).items()},
        source=str(data.get("source", "")),
        totals=tuple(_total(each) for each in data.get("totals", [])),
        is_complete=bool(data.get("complete", False)),
        encoding=str(data.get("encoding", "utf-8-sig")),
        delimiter=str(data.get("delimiter", ",")),
    )


def _headers(data: Any) -> tuple[tuple[str, ...], ...]:
    """Alternatives: the header is the first row that holds every name of one of them."""
    rows = data if data and isinstance(data[0], list) else [data]
    if not all(row and all(isinstance(name, str) for name in row) for row in rows):
        raise MappingError(_("“header” is a list of column names, or a list of such lists."))
    return tuple(tuple(row) for row in rows)


def _cell(data: Any, key: str) -> Cell:
    if isinstance(data, str):
        return Cell(constant=data)
    if not isinstance(data, dict) or not {"column", "constant"} & data.keys():
        raise MappingError(_("“%(key)s” needs a column or a constant.") % {"key": key})
    columns = data.get("column", [])
    return Cell(
        columns=(columns,) if isinstance(columns, str) else tuple(columns),
        constant=str(data.get("constant", "")),
        unwrap=bool(data.get("unwrap", False)),
        values=dict(data.get("values", {})),
        otherwise=_cell(data["else"], key) if "else" in data else None,
    )


def _number(data: Any, key: str) -> Cell | Difference | None:
    if data is None:
        return None
    if isinstance(data, dict) and "subtract" in data:
        return Difference(tuple(data["subtract"]))
    return _cell(data, key)


def _period(data: Any) -> PeriodSpec:
    try:
        kind = PeriodKind(data["kind"])
        where = data.get("in", "title")
        pattern = re.compile(data["pattern"]) if "pattern" in data else None
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise MappingError(_("“period” cannot be used: %(error)s.") % {"error": error}) from error
    if where not in ANYWHERE:
        raise MappingError(_("“period” is looked for in title or filename."))
    if pattern is None and "column" not in data:
        raise MappingError(_("“period” needs a column, or a pattern to look for."))
    return PeriodSpec(
        kind=kind,
        cell=_cell(data, "period") if "column" in data else None,
        pattern=pattern,
        where=where,
        start_month=int(data.get("start_month", 1)),
    )


def _total(data: Any) -> Mapping[str, Any]:
    over = set(data.get("over", [])) if isinstance(data, dict) else set()
    if not over or not over <= {"org_unit", "subgroup"}:
        raise MappingError(_("A total goes over org_unit, subgroup, or both."))
    if "org_unit" in over and not data.get("at"):
        raise MappingError(_("A total over org_unit says “at” which unit it is shown."))
    return dict(data)


# --- applying it -----------------------------------------------------------------------------------


def mapped_rows(lines: list[Line], spec: Spec, filename: str) -> Iterator[RawRow]:
    """Rows of a published file. Raises FileRefused where header or period cannot be found."""
    place = _find_header(lines, spec)
    header = [cell.strip() for cell in lines[place].cells]
    reader = RowReader(spec, header, _fixed_period(lines[:place], spec, filename))
    for line in lines[place + 1 :]:
        if not line.is_blank:
            row = reader.row(line)
            if row is not None:
                yield row


def _find_header(lines: Sequence[Line], spec: Spec) -> int:
    for place, line in enumerate(lines[:50]):
        cells = {cell.strip() for cell in line.cells}
        if any(set(names) <= cells for names in spec.headers):
            return place
    names = _(" or ").join(", ".join(row) for row in spec.headers)
    raise FileRefused(
        _("No row among the first fifty has the columns %(names)s. Is this the right mapping?")
        % {"names": names}
    )


def _fixed_period(titles: Sequence[Line], spec: Spec, filename: str) -> str:
    """The text that names the period of the whole file; empty where each row has its own."""
    if spec.period.pattern is None:
        return ""
    texts = (
        [filename]
        if spec.period.where == "filename"
        else [cell for line in titles for cell in line.cells]
    )
    for text in texts:
        if found := spec.period.pattern.search(text):
            return found[1] if found.groups() else found[0]
    raise FileRefused(
        _("The period cannot be found in the %(where)s of the file.")
        % {"where": _("title rows") if spec.period.where == "title" else _("name")}
    )


class RowReader:
    """Reads the rows below one header."""

    def __init__(self, spec: Spec, header: Sequence[str], period: str) -> None:
        self.spec = spec
        self.places = {name: place for place, name in reversed(list(enumerate(header)))}
        self.width = len(header)
        self.period = period
        self._check_columns()

    def _check_columns(self) -> None:
        """Every part that comes from a column must find one of its columns in this header."""
        needed = {"org_unit": self.spec.org_unit, "value": self.spec.value}
        for part, cell in needed.items():
            if cell and cell.columns and not self._has(cell):
                raise FileRefused(
                    _("The file has no column for “%(part)s”: %(names)s.")
                    % {"part": part, "names": _(" or ").join(cell.columns)}
                )

    def _has(self, cell: Cell) -> bool:
        found = any(name in self.places for name in cell.columns)
        return found or bool(cell.otherwise and self._has(cell.otherwise)) or bool(cell.constant)

    def row(self, line: Line) -> RawRow | None:
        """The row, or None for one that the mapping leaves out."""
        spec, cells = self.spec, line.cells
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return RawRow(line.number, problem=_("The row has more cells than the header."))
        numbers = self._numbers(cells)
        if numbers is None:
            return None
        subgroup = self.text(spec.subgroup, cells) if spec.subgroup else ""
        row = RawRow(
            line=line.number,
            indicator_code=self.text(spec.indicator, cells),
            org_unit_code=self.text(spec.org_unit, cells),
            org_unit_name=self.text(spec.org_unit_name, cells),
            subgroup_code=subgroup_code(subgroup),
            subgroup_name=subgroup,
            status=self.text(spec.status, cells),
            source=spec.source,
            **numbers,
        )
        return self._with_period(row, cells)

    def _with_period(self, row: RawRow, cells: Sequence[str]) -> RawRow:
        spec = self.spec.period
        text = self.period or (self.text(spec.cell, cells) if spec.cell else "")
        try:
            period = period_of(text, spec.kind, spec.start_month)
        except ValueError:
            return replace(
                row,
                problem=_("“%(text)s” is not a period of the kind %(kind)s.")
                % {"text": text, "kind": spec.kind},
                problem_field="period",
            )
        return replace(
            row, period_start=period.start.isoformat(), period_end=period.end.isoformat()
        )

    def _numbers(self, cells: Sequence[str]) -> dict[str, str] | None:
        spec = self.spec
        try:
            numerator = self._number(spec.numerator, cells)
            denominator = self._number(spec.denominator, cells)
        except ValueError as error:
            wrong = _("“%(text)s” is not a number.") % {"text": error}
            return {"problem": wrong, "problem_field": "numerator, denominator"}
        if spec.value is None:
            return _rate(numerator, denominator, spec.scale)
        value = self.text(spec.value, cells)
        mark = spec.missing.get(value)
        if mark == SKIP:
            return None
        if mark:
            return {"value": "", "missing_reason": mark}
        return {"value": value, "numerator": numerator, "denominator": denominator}

    def _number(self, part: Cell | Difference | None, cells: Sequence[str]) -> str:
        if part is None:
            return ""
        if isinstance(part, Cell):
            text = self.text(part, cells)
            return "" if text in self.spec.missing else text
        terms = [parse_exact(self.text(Cell(columns=(name,)), cells)) for name in part.terms]
        rest = Fraction(terms[0]) - sum((Fraction(term) for term in terms[1:]), Fraction(0))
        return exact_text(rest)

    def text(self, cell: Cell | None, cells: Sequence[str]) -> str:
        """What the cell says, unwrapped and translated; the constant where no column is there."""
        if cell is None:
            return ""
        for name in cell.columns:
            place = self.places.get(name)
            if place is not None:
                text = cells[place].strip() if place < len(cells) else ""
                text = unwrapped(text) if cell.unwrap else text
                return str(cell.values.get(text, text))
        if cell.otherwise is not None:
            return self.text(cell.otherwise, cells)
        return cell.constant


def unwrapped(text: str) -> str:
    """2880013 out of ="2880013"."""
    found = re.fullmatch(r'="(.*)"', text)
    return found[1] if found else text


def subgroup_code(text: str) -> str:
    return slugify(text)[:60]


def _rate(numerator: str, denominator: str, scale: Fraction) -> dict[str, str]:
    """The value from its counts, exact; nothing to count is no value, not zero."""
    if not numerator or not denominator:
        return {"value": "", "missing_reason": "not_reported"}
    below = parse_exact(denominator)
    if not below:
        return {
            "value": "", "numerator": numerator, "denominator": denominator,
            "missing_reason": "not_applicable",
        }  # fmt: skip
    rate = scale * Fraction(parse_exact(numerator)) / Fraction(below)
    return {"value": exact_text(rate), "numerator": numerator, "denominator": denominator}
