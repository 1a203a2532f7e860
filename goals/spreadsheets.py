"""Tables as files that a spreadsheet program opens without running anything in them.

A page tells its table once; a reader takes it as CSV or as a workbook, the same rows in both.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from itertools import chain, islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import register_converter
from django.utils import timezone
from django.utils.translation import gettext as _

from goals.fields import Exact, exact_text

# What makes a spreadsheet program take a cell for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | Exact | date | datetime | None
Row = Sequence[Cell]

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# As many digits as a spreadsheet program keeps of a number; one with more is given as text.
KEPT_DIGITS = 15
# A workbook is made whole before it is sent, so it has an end; CSV has none.
MOST_LINES = 50_000
# Spreadsheet programs disagree about the days before, and some show none at all.
FIRST_DAY = date(1900, 3, 1)
LONGEST_TEXT = 32_767
WIDTH_FROM, NARROWEST, WIDEST = 100, 8, 60


class EndingConverter:
    """The end of an address of a file: csv or xlsx."""

    regex = f"{CSV}|{XLSX}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(EndingConverter, "ending")


@dataclass(frozen=True)
class Table:
    """A table to take away. `name` is that of the file, without its ending."""

    name: str
    header: Sequence[str]
    rows: Iterable[Row]
    is_long: bool = False  # its CSV is sent while it is read
    most: int = MOST_LINES  # of the workbook; fewer where a line is dear

    def answer(self, ending: str) -> HttpResponse | StreamingHttpResponse:
        response = self._content(ending)
        response["Content-Disposition"] = f'attachment; filename="{self.name}.{ending}"'
        return response

    def _content(self, ending: str) -> HttpResponse | StreamingHttpResponse:
        if ending == XLSX:
            return HttpResponse(
                _workbook(self.header, self.rows, self.most), content_type=TYPES[XLSX]
            )
        lines = csv_lines(self.header, self.rows)
        if self.is_long:
            return StreamingHttpResponse(lines, content_type=TYPES[CSV])
        return HttpResponse(lines, content_type=TYPES[CSV])


# --- CSV ------------------------------------------------------------------------------------------


def cell(value: Cell) -> str:
    """Numbers in their exact digits; text that looks like a formula gets a mark in front."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return exact_text(value)
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


class _Echo:
    """Gives back what is written to it, a line at a time."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


# --- XLSX -----------------------------------------------------------------------------------------


def _workbook(header: Sequence[str], rows: Iterable[Row], most: int) -> bytes:
    """Numbers are numbers and days are days there, and no text is a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and few requests need it
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    sheet.freeze_panes = "A2"
    rest = iter(rows)
    first = list(islice(rest, WIDTH_FROM))
    for number, width in enumerate(_widths([header, *first]), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    heads = [_xlsx_cell(sheet, text) for text in header]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for row in _cut(chain(first, rest), most):
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _cut(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """As many rows as a workbook takes; a sentence stands for those that are left out."""
    for number, row in enumerate(rows):
        if number == most:
            yield [
                _("The first %s lines are here. The same table as CSV has all of them.")
                % f"{most:,}"
            ]
            return
        yield row


def _widths(rows: Iterable[Row]) -> Iterator[int]:
    """Wide enough for what stands there, so that no day is shown as a row of #."""
    for column in zip(*rows, strict=True):
        longest = max(len(_shown(value)) for value in column)
        yield max(NARROWEST, min(longest + 2, WIDEST))


def _shown(value: Cell) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else cell(value)


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - loaded by then
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    if value is None or value == "":
        return None
    kept = _kept_day(value) if isinstance(value, date) else _kept_number(value)
    if kept is not None:
        return WriteOnlyCell(sheet, value=kept)
    made = WriteOnlyCell(sheet, value="")
    text = value if isinstance(value, str) else cell(value)
    made.value = _fitting(ILLEGAL_CHARACTERS_RE.sub("", text))
    made.data_type = "s"  # or a text that begins with = would be a formula
    return made


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _kept_day(value: date) -> date | None:
    """A workbook knows no zones: a moment is told in the page's own, to the second."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        return value if value.date() >= FIRST_DAY else None
    return value if value >= FIRST_DAY else None


def _kept_number(value: Cell) -> Decimal | int | None:
    """The number if a spreadsheet keeps all its digits."""
    if isinstance(value, Fraction) and value.denominator == 1:
        value = Decimal(value.numerator)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= KEPT_DIGITS:
        return value
    return None
