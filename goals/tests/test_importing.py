"""Reading, mapping and checking files, from the bytes to the sentence at the row."""

from datetime import UTC, date, datetime

import pytest

from accounts.readers import FileRefused, read_lines
from goals.importing.checking import Checker, Problem
from goals.importing.mapping import mapped_rows
from goals.importing.periods import Period, PeriodKind, period_of
from goals.importing.rows import REQUIRED, canonical_rows
from goals.importing.specs import MappingError, spec_of
from goals.models import Indicator

LIMIT = 1_000_000


def lines(text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return read_lines(content, max_bytes=LIMIT, **options)


# --- files that are no tables ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\xff\xfea\x00,\x00", "UTF-16"),
        (b"a,b\x00c\n", "zero bytes"),
        (b"a,b\n1,\xe9\n", "Line 2 holds characters"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b'a,b\n1,"open\n2,3\n', "From line 2"),
        (b"a," * 400 + b"b\n", "more than 300 columns"),
        (b"a,b\n" + b"x" * 30_000 + b",1\n", "From line 2"),
        (b"a,b\n" * 400_000, "larger than"),
    ],
    ids=[
        "empty", "blank", "xlsx", "pdf", "utf16", "nul", "latin1", "html", "quote", "wide", "long",
        "large",
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_words(content, words):
    with pytest.raises(FileRefused, match=words):
        lines(content)


def test_a_byte_order_mark_is_accepted_and_lines_are_numbered_as_in_the_file():
    found = lines('\ufeffa,b\n\n"two\nlines",2\nlast,3\n'.encode())
    assert [(line.number, line.cells[0] if line.cells else "") for line in found] == [
        (1, "a"),
        (2, ""),
        (3, "two\nlines"),
        (5, "last"),
    ]


# --- the canonical form ---------------------------------------------------------------------------

HEADER = ",".join(REQUIRED)


@pytest.fixture
def reading(db):
    return Indicator.objects.create(code="reading", name="Reading", frequency="annual")


def check(indicator, *rows, header=HEADER, today=date(2026, 12, 31), **options):
    checker = Checker(
        indicators={"reading": indicator},
        org_units={"EVR": "Everly"},
        subgroups={"all": "All", "el": "English learners"},
        today=today,
        now=datetime(2026, 12, 31, 12, tzinfo=UTC),
        **options,
    )
    text = "\n".join([header, *rows]) + "\n"
    return list(checker.check(canonical_rows(lines(text))))


GOOD = "reading,EVR,,2025-07-01,2026-06-30,59.9,,,provisional,2026-08-15,Test office,"


def test_a_good_row_is_read_with_its_digits(reading):
    (row,) = check(reading, GOOD)
    assert row.key == ("reading", "EVR", "all", date(2026, 6, 30))
    assert (str(row.value), row.status, row.published_on) == (
        "59.9", "provisional", date(2026, 8, 15),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ("math,EVR,,2025-07-01,2026-06-30,59.9,,,final,,,", "indicator_code", "no indicator math"),
        (",EVR,,2025-07-01,2026-06-30,59.9,,,final,,,", "indicator_code", "Say which indicator"),
        ("reading,D-1,,2025-07-01,2026-06-30,59.9,,,,,,", "org_unit_code", "no organisation unit"),
        ("reading,EVR,xx,2025-07-01,2026-06-30,59.9,,,,,,", "subgroup_code", "no subgroup xx"),
        ("reading,EVR,,30/06/2025,2026-06-30,59.9,,,,,,", "period_start", "year-month-day"),
        ("reading,EVR,,,2026-06-30,59.9,,,,,,", "period_end", "first and the last day"),
        ("reading,EVR,,2026-06-30,2025-07-01,59.9,,,,,,", "period_end", "ends before it starts"),
        ("reading,EVR,,2026-06-01,2026-06-30,59.9,,,,,,", "period_end", "30 days long"),
        ("reading,EVR,,2026-07-01,2027-06-30,59.9,,,,,,", "period_end", "not over yet"),
        ("reading,EVR,,2025-07-01,2026-06-30,up 3.9%,,,,,,", "value", "a change, not a level"),
        ("reading,EVR,,2025-07-01,2026-06-30,22.4%,,,,,,", "value", "percent sign out"),
        ('reading,EVR,,2025-07-01,2026-06-30,"1,911",,,,,,', "value", "thousands separator"),
        ('reading,EVR,,2025-07-01,2026-06-30,"22,4",,,,,,', "value", "decimal point"),
        ("reading,EVR,,2025-07-01,2026-06-30,1e9,,,,,,", "value", "exponent"),
        ("reading,EVR,,2025-07-01,2026-06-30,n/a,,,,,,", "value", "not a number"),
        ("reading,EVR,,2025-07-01,2026-06-30,101,,,,,,", "value", "above the highest"),
        ("reading,EVR,,2025-07-01,2026-06-30,-1,,,,,,", "value", "below the lowest"),
        ("reading,EVR,,2025-07-01,2026-06-30,,,,,,,", "value", "say why there is none"),
        ("reading,EVR,,2025-07-01,2026-06-30,50,19,10,,,,", "numerator", "larger than the denom"),
        ("reading,EVR,,2025-07-01,2026-06-30,50.0,51,100,,,,", "value", "51 of 100 is 51"),
        ("reading,EVR,,2025-07-01,2026-06-30,50,-5,100,,,,", "numerator", "never below zero"),
        ("reading,EVR,,2025-07-01,2026-06-30,50,,,good,,,", "status", "one of"),
        ("reading,EVR,,2025-07-01,2026-06-30,50,,,withdrawn,,,", "value", "left empty"),
        ("reading,EVR,,2025-07-01", "", "4 cells and the header 12"),
    ],
)
def test_a_wrong_row_says_where_and_how_to_mend_it(reading, row, field, words):
    (problem,) = check(reading, row)
    assert isinstance(problem, Problem)
    assert (problem.line, problem.field) == (2, field)
    assert words in problem.message


def test_the_second_of_two_rows_for_one_value_is_refused(reading):
    first, second = check(reading, GOOD, GOOD)
    assert "Line 2 already gives this value" in second.message
    assert not isinstance(first, Problem)


def test_published_rounding_is_no_disagreement(reading):
    (row,) = check(reading, "reading,EVR,,2025-07-01,2026-06-30,33.3,1,3,,,,")
    assert not isinstance(row, Problem)


def test_a_missing_value_needs_its_reason(reading):
    (row,) = check(
        reading, GOOD.replace("59.9", "") + ",suppressed", header=HEADER + ",missing_reason"
    )
    assert (row.value, row.missing_reason) == (None, "suppressed")


def test_what_somebody_may_not_enter_is_refused(reading):
    (problem,) = check(reading, GOOD, may_enter=lambda _indicator: False)
    assert "You are not a steward of reading" in problem.message


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("a,b", "lacks these columns: indicator_code"),
        (HEADER + ",colour", "not known: colour"),
        (HEADER + ",note", "stand twice: note"),
    ],
)
def test_a_wrong_header_is_refused(header, words):
    with pytest.raises(FileRefused, match=words):
        list(canonical_rows(lines(header + "\n")))


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "month", "period"),
    [
        ("2016-04-01", "month", 1, Period(date(2016, 4, 1), date(2016, 4, 30))),
        ("2016-02", "month", 1, Period(date(2016, 2, 1), date(2016, 2, 29))),
        ("2024-Q2", "quarter", 1, Period(date(2024, 4, 1), date(2024, 6, 30))),
        ("2011-12", "school_year", 7, Period(date(2011, 7, 1), date(2012, 6, 30))),
        ("1999-2000", "school_year", 9, Period(date(1999, 9, 1), date(2000, 8, 31))),
        ("2024", "year", 4, Period(date(2024, 4, 1), date(2025, 3, 31))),
        ("2024-06-30", "day", 1, Period(date(2024, 6, 30), date(2024, 6, 30))),
    ],
)
def test_periods_are_read_as_publishers_write_them(text, kind, month, period):
    assert period_of(text, PeriodKind(kind), month) == period


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2011-13", "school_year"),
        ("Q2", "quarter"),
        ("24", "year"),
        ("2019-04-99", "month"),
        ("J-2019", "month"),
        ("Ma-2019", "month"),
        ("9999", "year"),
        ("9999-12", "month"),
        ("0000", "year"),
        ("20190401", "day"),
    ],
)
def test_what_is_no_period_is_refused(text, kind):
    with pytest.raises(ValueError, match=f"{text}|out of range"):
        period_of(text, PeriodKind(kind))


# --- mappings -------------------------------------------------------------------------------------

EXPORT = {
    "header": [["District Code"], ["Organization"]],
    "indicator": "absence",
    "org_unit": {
        "column": "District Code", "unwrap": True, "name": "District",
        "else": {"column": "Organization", "values": {"State of Everly": "EVR"}},
    },
    "subgroup": {"column": ["Group", "Category"], "create": True},
    "period": {"kind": "school_year", "start_month": 7, "in": "title", "pattern": r"(\d{4}-\d{2})"},
    "value": {"column": ["% Absent", "%"]},
    "numerator": {"column": "Student Count"},
    "missing": {"*": "suppressed", "": "skip"},
}  # fmt: skip


def mapped(text, data=EXPORT, filename="export.csv"):
    return list(mapped_rows(lines(text), spec_of(data), filename))


def test_an_export_with_titles_wrapped_codes_and_marks():
    rows = mapped(
        '"Absence, 2011-12"\n", Group"\n\n'
        '"District","District Code","Group","% Absent"\n'
        '"Harlan Valley","=""0010011""","White",27.0\n'
        '"Harlan Valley","=""0010011""","Two or More Races","*"\n'
        '"Harlan Valley","=""0010011""","Asian",""\n\n'
    )
    assert [
        (row.line, row.org_unit_code, row.org_unit_name, row.subgroup_code, row.value)
        for row in rows
    ] == [
        (5, "0010011", "Harlan Valley", "white", "27.0"),
        (6, "0010011", "Harlan Valley", "two-or-more-races", ""),
    ]
    assert rows[1].missing_reason == "suppressed"
    assert (rows[0].period_start, rows[0].period_end) == ("2011-07-01", "2012-06-30")


def test_a_later_shape_with_a_group_header_and_counts():
    rows = mapped(
        '"Absence, 2018-19"\n"All Districts"\n\n"",,,"Chronically Absent",\n'
        '"District","District Code","Group","Student Count","%"\n'
        '"Harlan","=""0010011""","White",0,"*"\n'
        '"Harlan","=""0010011""","Asian",66,15.9\n'
        '"Harlan","=""0010011""","Two",0,0.0\n'
    )
    assert [(row.value, row.numerator, row.missing_reason) for row in rows] == [
        ("", "0", "suppressed"),
        ("15.9", "66", ""),
        ("0.0", "0", ""),
    ]


def test_the_row_of_the_state_in_a_file_without_codes():
    (row,) = mapped(
        '"Absence, 2011-12"\n"Organization","Group","% Absent"\n"State of Everly","White",8.1\n'
    )
    assert row.org_unit_code == "EVR"


RATE = {
    "header": ["period", "code", "seen", "late"],
    "indicator": "in-time",
    "org_unit": {"column": "code"},
    "period": {"column": "period", "kind": "month"},
    "numerator": {"subtract": ["seen", "late"]},
    "denominator": {"column": "seen"},
}


def test_a_rate_is_worked_out_from_its_counts_exactly():
    (row, empty) = mapped("period,code,seen,late\n2017-03-01,A,300,100\n2017-03-01,B,0,0\n", RATE)
    assert (row.value, row.numerator, row.denominator) == ("200/3", "200", "300")
    assert (empty.value, empty.missing_reason) == ("", "not_applicable")


WIDE = {
    "header": ["Period", "Org Code", "Type 1", "Late 1"],
    "indicator": "in-time",
    "org_unit": {"column": "Org Code", "name": "Org name"},
    "period": {"column": "Period", "kind": "month", "pattern": "([A-Z]+-[0-9]{4})$"},
    "leave_out": {"column": "Org name", "equals": ["TOTAL"]},
    "empty": "skip",
    "each": [
        {
            "subgroup": "Type 1",
            "numerator": {"subtract": ["Type 1", "Late 1"]}, "denominator": {"column": "Type 1"},
        },
        {
            "subgroup": "Other",
            "numerator": {"subtract": ["Other", "Late other"]}, "denominator": {"column": "Other"},
        },
    ],
}  # fmt: skip


def test_a_line_with_several_parts_and_a_total_at_the_foot():
    rows = mapped(
        "Period,Org Code,Org name,Type 1 ,Other,Late 1,Late  other\n"
        "AE-APRIL-2019,RAA,Alpha,400,10,100,0\n"
        "AE-APRIL-2019,RBB,Beta,0,20,0,1\n"
        "AE-APRIL-2019,,TOTAL,400,30,100,1\n",
        WIDE,
    )
    assert [(row.org_unit_code, row.subgroup_name, row.value) for row in rows] == [
        ("RAA", "Type 1", "75"),
        ("RAA", "Other", "100"),
        ("RBB", "Other", "95"),
    ]
    assert {(row.period_start, row.period_end) for row in rows} == {("2019-04-01", "2019-04-30")}


def test_a_subgroup_that_leaves_no_code_is_not_everybody():
    (row,) = mapped(
        '"Absence, 2011-12"\n"Organization","Group","% Absent"\n"State of Everly","全体",8.1\n'
    )
    assert "needs letters" in row.problem


def test_counts_that_are_no_numbers_are_said_at_their_row():
    (row,) = mapped("period,code,seen,late\n2017-03-01,A,many,1\n", RATE)
    assert "not a number" in row.problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"x"\n"District","Group","% Absent"\n', "No row among the first fifty"),
        ('"Absence"\n"District","District Code","Group","% Absent"\n', "period cannot be found"),
        ('"A, 2011-12"\n"District","District Code","Group","Share"\n', "no column for “value”"),
    ],
)
def test_a_file_that_does_not_fit_its_mapping_is_refused(text, words):
    with pytest.raises(FileRefused, match=words):
        mapped(text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"header": None}, "header"),
        ({"colour": "red"}, "Unknown keys: colour"),
        ({"period": {"kind": "moon"}}, "period"),
        ({"period": {"kind": "year"}}, "needs a column, or a pattern"),
        ({"value": {"colour": 1}}, "“value” needs a column"),
        ({"totals": [{"over": ["org_unit"]}]}, "says “at” which unit"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(change, words):
    with pytest.raises(MappingError, match=words):
        spec_of({**EXPORT, **change})
