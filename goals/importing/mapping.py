"""Applying a saved mapping: how a publisher's file becomes rows. See docs/data.md."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.readers import FileRefused, Line
from goals.fields import as_fraction, exact_text, parse_exact
from goals.importing.periods import period_of
from goals.importing.rows import RawRow, shortened
from goals.importing.specs import SKIP, Cell, Difference, Spec

MAX_PERIOD_TEXT = 200


def mapped_rows(lines: list[Line], spec: Spec, filename: str) -> Iterator[RawRow]:
    """Rows of a published file. Raises FileRefused where header or period cannot be found."""
    place = _find_header(lines, spec)
    header = _names(lines[place])
    readers = _readers(spec, header, lines[:place], filename)
    for line in lines[place + 1 :]:
        if not line.is_blank:
            for reader in readers:
                row = reader.row(line)
                if row is not None:
                    yield row


def _names(line: Line) -> list[str]:
    """The names of columns, without the blanks that publishers leave in and around them."""
    return [" ".join(cell.split()) for cell in line.cells]


def _find_header(lines: Sequence[Line], spec: Spec) -> int:
    for place, line in enumerate(lines[:50]):
        cells = set(_names(line))
        if any(set(names) <= cells for names in spec.headers):
            return place
    names = _(" or ").join(", ".join(row) for row in spec.headers)
    raise FileRefused(
        _("No row among the first fifty has the columns %(names)s. Is this the right mapping?")
        % {"names": names}
    )


def _readers(
    spec: Spec, header: list[str], titles: Sequence[Line], filename: str
) -> list["RowReader"]:
    """One reader for each row that a line holds: mostly one; several parts, or several periods."""
    if spec.period.pattern is None or spec.period.cell is not None:
        return [RowReader(each, header, "") for each in spec.parts or (spec,)]
    if period := _fixed_period(spec, titles, filename):
        return [RowReader(each, header, period) for each in spec.parts or (spec,)]
    columns = [name for name in header if spec.period.pattern.search(name)]
    if "header" in spec.period.where and columns:
        return [
            RowReader(
                replace(spec, value=Cell((name,)), numerator=None, denominator=None),
                header,
                _found(spec, name),
            )
            for name in columns
        ]
    words = {"title": _("title rows"), "filename": _("name"), "header": _("columns")}
    raise FileRefused(
        _("The period cannot be found in the %(where)s of the file.")
        % {"where": _(" or ").join(words[place] for place in spec.period.where)}
    )


def _fixed_period(spec: Spec, titles: Sequence[Line], filename: str) -> str:
    """The text that names the period of the whole file, if one does."""
    texts = [cell for line in titles for cell in line.cells] if "title" in spec.period.where else []
    if "filename" in spec.period.where:
        texts.append(filename)
    return next(filter(None, (_found(spec, text) for text in texts)), "")


def _found(spec: Spec, text: str) -> str:
    """The part of a text that names a period; empty if none does."""
    assert spec.period.pattern is not None  # noqa: S101 - the callers asked
    found = spec.period.pattern.search(text[:MAX_PERIOD_TEXT])
    if found is None:
        return ""
    return (found[1] if found.groups() else found[0]) or ""


class RowReader:
    """Reads one row out of each line below a header."""

    def __init__(self, spec: Spec, header: Sequence[str], period: str) -> None:
        self.spec = spec
        self.places = {name: place for place, name in reversed(list(enumerate(header)))}
        self.width = len(header)
        self.period = period
        self._check_columns()

    def _check_columns(self) -> None:
        """Every part that comes from a column must find one of its columns in this header."""
        for part, cell in self._needed():
            if not self._has(cell):
                raise FileRefused(
                    _("The file has no column for “%(part)s”: %(names)s.")
                    % {"part": part, "names": _(" or ").join(cell.columns)}
                )

    def _needed(self) -> Iterator[tuple[str, Cell]]:
        spec = self.spec
        cells = [
            ("org_unit", spec.org_unit), ("subgroup", spec.subgroup), ("value", spec.value),
            ("period", spec.period.cell), ("status", spec.status), ("indicator", spec.indicator),
        ]  # fmt: skip
        for name in ("numerator", "denominator"):
            number = getattr(spec, name)
            if isinstance(number, Difference):
                cells += [(name, Cell((term,))) for term in number.terms]
            elif spec.value is None:
                cells.append((name, number))
        return ((part, cell) for part, cell in cells if cell and cell.columns)

    def _has(self, cell: Cell) -> bool:
        found = any(name in self.places for name in cell.columns)
        return found or bool(cell.otherwise and self._has(cell.otherwise)) or bool(cell.constant)

    def row(self, line: Line) -> RawRow | None:
        """The row, or None for one that the mapping leaves out."""
        spec, cells = self.spec, line.cells
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            return RawRow(line.number, problem=_("The row has more cells than the header."))
        if spec.left_out and self.text(spec.left_out.cell, cells) in spec.left_out.texts:
            return None
        numbers = self._numbers(cells)
        if numbers is None:
            return None
        subgroup = self.text(spec.subgroup, cells)
        if subgroup and not subgroup_code(subgroup):
            numbers = {
                "problem": _("A subgroup's name needs letters from a to z or digits."),
                "problem_field": "subgroup_code",
            }
        return RawRow(
            line=line.number,
            indicator_code=self.text(spec.indicator, cells),
            org_unit_code=self.text(spec.org_unit, cells),
            org_unit_name=self.text(spec.org_unit_name, cells),
            subgroup_code=subgroup_code(subgroup),
            subgroup_name=subgroup,
            status=self.text(spec.status, cells),
            source=spec.source,
            **{**numbers, **self._period(cells)},
        )

    def _period(self, cells: Sequence[str]) -> dict[str, str]:
        spec = self.spec.period
        text = self.period or self.text(spec.cell, cells)
        if spec.cell and spec.pattern:
            text = _found(self.spec, text) or text
        try:
            period = period_of(text, spec.kind, spec.start_month)
        except ValueError:
            wrong = _("“%(text)s” is not a period of the kind %(kind)s.")
            wrong %= {"text": text, "kind": spec.kind}
            return {"problem": wrong, "problem_field": "period"}
        return {"period_start": period.start.isoformat(), "period_end": period.end.isoformat()}

    def _numbers(self, cells: Sequence[str]) -> dict[str, str] | None:
        """Value and counts of a row, or why there are none; None for a row to be left out."""
        spec = self.spec
        try:
            numerator = self._number(spec.numerator, cells)
            denominator = self._number(spec.denominator, cells)
            if spec.value is None:
                return _rate(numerator, denominator, spec)
        except ValueError as error:
            wrong = _("“%(text)s” is not a number.") % {"text": shortened(str(error))}
            return {"problem": wrong, "problem_field": "numerator, denominator"}
        value = self.text(spec.value, cells)
        mark = spec.missing.get(value)
        if mark == SKIP:
            return None
        counts = {"numerator": numerator, "denominator": denominator}
        return (
            {"value": "", "missing_reason": mark, **counts} if mark else {"value": value, **counts}
        )

    def _number(self, part: Cell | Difference | None, cells: Sequence[str]) -> str:
        if part is None:
            return ""
        if isinstance(part, Cell):
            text = self.text(part, cells)
            return "" if text in self.spec.missing else text
        texts = [self.text(Cell((name,)), cells) for name in part.terms]
        if any(text in self.spec.missing for text in texts):
            return ""
        first, *others = (as_fraction(parse_exact(text)) for text in texts)
        return exact_text(first - sum(others, Fraction(0)))

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


@lru_cache(maxsize=1024)
def subgroup_code(text: str) -> str:
    return slugify(text)[:60]


def _rate(numerator: str, denominator: str, spec: Spec) -> dict[str, str] | None:
    """The value from its counts, exact; nothing to count is no value, not zero."""
    counts = {"numerator": numerator, "denominator": denominator}
    if not numerator or not denominator:
        return {"value": "", "missing_reason": "not_reported", **counts}
    below = as_fraction(parse_exact(denominator))
    if not below:
        return (
            None
            if spec.skips_empty
            else {"value": "", "missing_reason": "not_applicable", **counts}
        )
    return {
        "value": exact_text(spec.scale * as_fraction(parse_exact(numerator)) / below),
        **counts,
    }
