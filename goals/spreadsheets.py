"""Tables as files that a spreadsheet program opens without running anything in them."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

from django.http import HttpResponse

from goals.fields import Exact, exact_text

# What makes a spreadsheet program take a cell for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

Cell = str | int | Exact | None


def cell(value: Cell) -> str:
    """Numbers in their exact digits; text that looks like a formula gets a mark in front."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return exact_text(value)
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# As many digits as a spreadsheet program keeps of a number; one with more is given as text.
KEPT_DIGITS = 15


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """The same rows as a workbook: numbers are numbers there, and no text is a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and few requests need it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    sheet.freeze_panes = "A2"
    sheet.append([_xlsx_cell(sheet, text) for text in header])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - loaded by then
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    if value is None or value == "":
        return None
    number = _kept_number(value)
    if number is not None:
        return WriteOnlyCell(sheet, value=number)
    text = value if isinstance(value, str) else exact_text(value)
    made = WriteOnlyCell(sheet, value="")
    made.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    made.data_type = "s"  # or a text that begins with = would be a formula
    return made


def _kept_number(value: Cell) -> Decimal | int | None:
    """The number if a spreadsheet keeps all its digits."""
    if isinstance(value, Fraction) and value.denominator == 1:
        value = Decimal(value.numerator)
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= KEPT_DIGITS:
        return value
    return None
