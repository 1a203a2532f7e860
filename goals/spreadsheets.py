"""Tables as CSV files that a spreadsheet program opens without running anything in them."""

import csv
from collections.abc import Iterable, Sequence

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
