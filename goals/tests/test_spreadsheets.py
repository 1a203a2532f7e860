"""A table as CSV and as a workbook: the same lines, exact, and nothing that runs."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from goals import spreadsheets
from goals.spreadsheets import CSV, LONGEST_TEXT, XLSX, Table

MOMENT = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)


def naive(*parts):
    """A workbook knows no zones."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


def sheet_of(table):
    answer = table.answer(XLSX)
    assert answer["Content-Disposition"] == f'attachment; filename="{table.name}.xlsx"'
    return load_workbook(io.BytesIO(answer.content)).active


def column(*values):
    sheet = sheet_of(Table("x", ["a"], [[value] for value in values]))
    return [(cell.value, cell.data_type) for (cell,) in list(sheet.rows)[1:]]


def lines(table):
    text = b"".join(table.answer(CSV)).decode()
    return list(csv.reader(io.StringIO(text)))


def test_no_text_of_a_workbook_is_a_formula_and_no_digit_is_lost():
    long = Decimal("0.12345678901234567")
    assert column("=1+1", "a\x00b", long, Decimal("72.5"), 7, Fraction(1, 3), Fraction(9, 3)) == [
        ("=1+1", "s"), ("ab", "s"), (str(long), "s"), (72.5, "n"), (7, "n"), ("1/3", "s"), (3, "n"),
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_of_a_csv_is_a_formula(start):
    assert lines(Table("x", ["a"], [[f"{start}1"], [Decimal("-1.50")]]))[1:] == [
        [f"'{start}1"], ["-1.50"],
    ]  # fmt: skip


def test_days_are_days_and_moments_are_told_in_the_zone_of_the_page():
    with timezone.override(ZoneInfo("Pacific/Auckland")):
        sheet = sheet_of(Table("x", ["day", "moment"], [[date(2026, 6, 30), MOMENT]]))
    day, moment = list(sheet.rows)[1]
    assert (day.value, day.number_format) == (naive(2026, 6, 30), "yyyy-mm-dd")
    assert (moment.value, moment.is_date) == (naive(2026, 7, 1, 10, 30), True)
    assert lines(Table("x", ["a", "b"], [[date(2026, 6, 30), MOMENT]]))[1] == [
        "2026-06-30", "2026-06-30T22:30:00+00:00",
    ]  # fmt: skip


def test_a_day_that_programs_disagree_about_stays_text():
    assert column(date(1900, 2, 28), datetime(1899, 12, 31, tzinfo=UTC)) == [
        ("1900-02-28", "s"), ("1899-12-31T00:00:00+00:00", "s"),
    ]  # fmt: skip
    assert column(date(1900, 3, 1)) == [(naive(1900, 3, 1), "d")]


def test_the_head_stays_in_sight_and_no_day_is_too_wide_for_its_column():
    sheet = sheet_of(Table("x", ["a", "b"], [[MOMENT, "x" * 200]]))
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["A"].width >= len("2026-06-30 22:30:00")
    assert sheet.column_dimensions["B"].width == spreadsheets.WIDEST


def test_what_is_missing_is_an_empty_cell():
    assert column(None, 1, "", 2) == [(None, "n"), (1, "n"), (None, "n"), (2, "n")]
    assert lines(Table("x", ["a", "b"], [[None, 0]]))[1] == ["", "0"]


def test_a_text_that_no_cell_holds_says_that_it_was_cut():
    ((text, _kind),) = column("x" * (LONGEST_TEXT + 1))
    assert len(text) == LONGEST_TEXT
    assert text.endswith("…")


def test_a_workbook_that_ends_early_says_so_and_the_csv_has_all():
    sheet = sheet_of(Table("x", ["n"], ([n] for n in range(5)), most=3))
    assert [row[0] for row in sheet.values] == [
        "n", 0, 1, 2, "The first 3 lines are here. The same table as CSV has all of them.",
    ]  # fmt: skip
    assert len(list(sheet_of(Table("x", ["n"], ([n] for n in range(3)), most=3)).values)) == 4
    assert len(lines(Table("x", ["n"], ([n] for n in range(5)), most=3))) == 6


def test_a_long_csv_is_sent_while_it_is_read():
    read = []

    def rows():
        for number in range(3):
            read.append(number)
            yield [number]

    answer = Table("x", ["n"], rows(), is_long=True).answer(CSV)
    parts = iter(answer)
    assert next(parts) == b"n\r\n"
    assert next(parts) == b"0\r\n"
    assert read == [0]
