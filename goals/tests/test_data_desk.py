"""The data desk by its pages: each broken or hostile file a sentence, and nothing changed."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import OrgUnit
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from goals.actions.imports import Request, confirm_import, open_import
from goals.forms.imports import ImportMappingForm
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import DataImport, ImportMapping, Observation
from goals.tests.factories import make_goal, make_indicator, make_series, make_steward

pytestmark = pytest.mark.django_db

DESK = "/data/"
HEADER = ",".join(REQUIRED)
LONG = ",".join(REQUIRED + OPTIONAL)
AT = datetime(2026, 7, 21, 12, tzinfo=UTC)


def row(value="59.9", *, indicator="reading", unit="EVR", end="2026-06-30", start="2025-07-01"):
    return f"{indicator},{unit},,{start},{end},{value},,,final,,Test office,"


@pytest.fixture
def indicator():
    make_org_unit("EVR")
    return make_indicator("reading", frequency="annual")


@pytest.fixture
def steward(indicator):
    person = make_person(Role.ANALYST)
    make_steward(indicator, person)
    return person


@pytest.fixture
def desk(client, steward):
    client.force_login(steward)

    def upload(content, name="numbers.csv", **fields):
        content = content if isinstance(content, bytes) else content.encode()
        answer = client.post(DESK, {"file": SimpleUploadedFile(name, content), **fields})
        if answer.status_code == 302:
            answer = client.get(answer.url)
        return answer

    return upload


def newest():
    return DataImport.objects.latest("pk")


def text_of(answer):
    return " ".join(answer.content.decode().split())


# --- files that are refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "a spreadsheet or archive"),
        (b"%PDF-1.7 rest", "a PDF"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\x00\n", "zero bytes"),
        (HEADER.encode() + b"\nreading,\xc9VR\n", "Line 2 holds characters"),
        (f'{HEADER}\n"reading,EVR\n', "quotation mark that is not closed"),
        ("a," * 1_000_000, "more than 300 columns"),
        (f"{HEADER}\n{'9' * 30_000}\n", "not a proper CSV table"),
        (HEADER + "\n", "a header and no rows"),
        (row(), "lacks these columns"),
        (HEADER.replace(",", ";") + "\n" + row().replace(",", ";"), "separated by semicolons"),
        (HEADER.replace(",", "\t") + "\n", "separated by tabs"),
        (",,\n\n", "no rows with anything in them"),
    ],
    ids=[
        "zip", "pdf", "utf-16", "nul", "latin-1", "quote", "columns", "cell", "no-rows",
        "no-header", "semicolons", "tabs", "blank",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_in_words(desk, content, words):
    answer = desk(content)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert newest().state == "refused"
    assert not Observation.objects.exists()


def test_no_file_an_empty_one_and_one_too_large_are_said_at_the_field(desk, client, settings):
    assert "Choose a file." in text_of(client.post(DESK, {}))
    assert "The file is empty." in text_of(desk(b""))
    settings.IMPORT_MAX_BYTES = 100
    assert "larger than" in text_of(desk(b"x" * 101))
    assert not DataImport.objects.exists()


def test_a_file_name_comes_without_its_folders(desk):
    desk(HEADER + "\n" + row(), name="../../etc/été <b>.csv")
    assert newest().filename == "été <b>.csv"


# --- rows that are rejected -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        (HEADER, "indicator_code", "There is no indicator indicator_code"),
        (row("22,4"), "", "The row has 13 cells"),
        (row('"22,4"'), "value", "decimal point"),
        (row("9" * 10_000), "value", "longer than any number"),
        (row("1e3"), "value", "exponent"),
        (row("NaN"), "value", "not a number"),
        (row("Infinity"), "value", "not a number"),
        (row("٣"), "value", "not a number"),
        (row("1/0"), "value", "not a number"),
        (row("=cmd|' /C calc'!A0"), "value", "not a number"),
        (row(end="0000-00-00"), "period_end", "year-month-day"),
        (row(end="9999-12-31"), "period_end", "not over yet"),
        (row(end="10000-01-01"), "period_end", "year-month-day"),
        (row(end="20260630"), "period_end", "year-month-day"),
        (row(end="2026-W26-2"), "period_end", "year-month-day"),
        (row(start="2026-07-01"), "period_end", "ends before it starts"),
        (row(indicator="x" * 10_000), "indicator_code", "There is no indicator xxx"),
        (row(unit="<script>"), "org_unit_code", "There is no organisation unit"),
        (row(unit="a/../b"), "org_unit_code", "There is no organisation unit"),
        (row().replace("Test office", "x" * 201), "source", "200 characters"),
    ],
)
def test_a_hostile_row_is_rejected_with_its_line_and_a_reason(desk, line, field, words):
    answer = desk(f"{HEADER}\n{line}\n")
    assert answer.status_code == 200
    (problem,) = newest().rows["problems"]
    assert (problem["line"], problem["field"]) == (2, field)
    assert words in problem["message"]
    assert len(problem["message"]) < 300
    assert "<script>" not in text_of(answer).replace('<script src="', "")
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("known_from", "words"),
    [
        ("yesterday", "Write the moment like"),
        ("2999-01-01T00:00:00+00:00", "the moment lies ahead"),
        ("0001-01-01T00:00:00+14:00", "Write the moment like"),
        ("9999-12-31T23:59:59-14:00", "Write the moment like"),
    ],
)
def test_a_moment_that_cannot_be_is_rejected(desk, known_from, words):
    desk(f"{LONG}\n{row()},,{known_from},,,\n")
    (problem,) = newest().rows["problems"]
    assert problem["field"] == "known_from"
    assert words in problem["message"]


def test_a_moment_without_an_offset_is_in_the_time_zone_of_the_installation(desk, client, settings):
    settings.TIME_ZONE = "UTC"
    desk(f"{LONG}\n{row()},,2026-07-01T09:00:00,,,\n")
    client.post(reverse("goals:import_confirm", args=[newest().pk]))
    assert Observation.objects.get().known_from == datetime(2026, 7, 1, 9, tzinfo=UTC)


def test_a_definition_in_foreign_digits_is_rejected(desk):
    desk(f"{LONG}\n{row()},,,,²,\n")
    (problem,) = newest().rows["problems"]
    assert problem["field"] == "definition"


def test_the_rows_to_fix_run_nothing_in_a_spreadsheet(desk, client):
    desk(f"{HEADER}\n{row('=cmd|1')}\n{row(unit='@SUM(A1)')}\n")
    answer = client.get(reverse("goals:import_problems", args=[newest().pk, "csv"]))
    first, second = list(csv.reader(io.StringIO(answer.content.decode())))[1:]
    assert first[4] == "'=cmd|1"
    assert (second[2], second[4]) == ("'@SUM(A1)", "'@SUM(A1)")


def test_a_new_unit_needs_a_code_that_can_stand_in_an_address(desk, client):
    desk(f"{HEADER}\n{row(unit='a/b')}\n{row(unit='X' * 41)}\n{row(unit='D-1')}\n")
    client.post(reverse("goals:import_units", args=[newest().pk]), {"parent": "EVR"})
    problems = newest().rows["problems"]
    assert [each["line"] for each in problems] == [2, 3]
    assert "at most 40" in problems[0]["message"]
    assert newest().rows["new_units"] == {"D-1": "D-1"}
    assert not OrgUnit.objects.filter(code="D-1").exists()


# --- mappings that are wrong ----------------------------------------------------------------------


RATE = {
    "header": ["month", "code", "late", "seen"],
    "indicator": "reading",
    "org_unit": {"column": "code"},
    "period": {"column": "month", "kind": "month"},
    "numerator": {"column": "late"},
    "denominator": {"column": "seen"},
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"period": {"kind": "year", "pattern": "("}}, "“period” cannot be used"),
        ({"period": {"kind": "year", "pattern": "(a+)+$"}}, "repeats no group"),
        ({"colour": 1}, "Unknown keys: colour"),
        ({"totals": [{"over": ["org_unit"], "at": "NOWHERE"}]}, "no such organisation unit"),
        ({"encoding": "klingon"}, "“encoding” klingon"),
        ({"delimiter": ";;"}, "one character"),
        ({"scale": "many"}, "“scale”"),
        ({"missing": ["*"]}, "“missing”"),
        ({"missing": {"*": "hidden"}}, "“missing”"),
        ({"header": "month"}, "“header”"),
        ({"org_unit": {"column": 7}}, "“org_unit”"),
        ({"numerator": {"subtract": ["late", "gone"]}}, "no column for “numerator”: gone"),
        ({"subgroup": {"column": "type"}}, "no column for “subgroup”: type"),
    ],
)
def test_a_mapping_that_cannot_work_refuses_the_file(desk, change, words):
    mapping = ImportMapping.objects.create(name="rate", title="Rate", spec={**RATE, **change})
    answer = desk("month,code,late,seen\n2026-03,EVR,1,2\n", mapping=mapping.pk)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not Observation.objects.exists()


def test_a_mapping_is_checked_before_it_is_saved():
    form = ImportMappingForm({"name": "rate", "title": "Rate", "spec": '{"header": ["a"]}'})
    assert "The key “period” is missing." in form.errors["spec"]


def test_counts_that_are_no_numbers_are_rejected_at_their_row(desk):
    mapping = ImportMapping.objects.create(name="rate", title="Rate", spec=RATE)
    answer = desk("month,code,late,seen\n2026-03,EVR,one,2\n9999-12,EVR,1,2\n", mapping=mapping.pk)
    assert answer.status_code == 200
    assert "“one” is not a number" in newest().rows["problems"][0]["message"]
    assert "not a period" in newest().rows["problems"][1]["message"]


# --- deciding -------------------------------------------------------------------------------------


def confirm(client, **fields):
    url = reverse("goals:import_confirm", args=[newest().pk])
    return text_of(client.post(url, fields, follow=True))


def test_a_file_is_entered_once(desk, client):
    desk(f"{HEADER}\n{row()}\n")
    assert "1 value entered." in confirm(client)
    assert "decided on before" in confirm(client)
    assert Observation.objects.count() == 1


def test_blank_lines_before_the_header_do_no_harm(desk, client):
    desk(f"\n,,\n{HEADER}\n\n{row()}\n\n")
    assert "1 value entered." in confirm(client)


def test_the_same_file_again_changes_nothing(desk, client):
    for _turn in (1, 2):
        answer = desk(f"{HEADER}\n{row('72.0')}\n")
        confirm(client)
    assert "this file brings nothing new" in text_of(answer)
    assert newest().counts["unchanged"] == 1
    assert str(Observation.objects.get().value) == "72.0"


def test_a_revision_needs_a_reason_and_keeps_the_earlier_value(desk, client):
    desk(f"{HEADER}\n{row('50')}\n")
    confirm(client)
    desk(f"{HEADER}\n{row('51')}\n")
    assert "Say why values that are held change" in confirm(client)
    assert Observation.objects.count() == 1
    confirm(client, reason="late returns")
    first, second = Observation.objects.order_by("revision")
    assert [str(each.value) for each in (first, second)] == ["50", "51"]
    assert second.reason == "late returns"


def test_a_value_far_from_the_one_held_is_a_warning(desk, client):
    desk(f"{HEADER}\n{row('50')}\n")
    confirm(client)
    desk(f"{HEADER}\n{row('80')}\n")
    assert newest().counts["warnings"] == 1
    assert "30.0 points from the value held (50)" in newest().rows["problems"][0]["message"]


def test_a_dry_run_that_is_out_of_date_enters_nothing(desk, client, indicator, steward):
    desk(f"{HEADER}\n{row('50')}\n")
    stale = newest()
    other = open_import(Request("b.csv", f"{HEADER}\n{row('60')}\n".encode(), steward), at=AT)
    confirm_import(data_import=other, by=steward, at=AT)
    url = reverse("goals:import_confirm", args=[stale.pk])
    assert "Values changed since this dry run" in text_of(client.post(url, follow=True))
    assert str(Observation.objects.get().value) == "60"
    stale.refresh_from_db()
    assert (stale.state, stale.counts["revised"]) == ("dry_run", 1)


def test_rejected_rows_stop_the_file_unless_the_others_are_chosen(desk, client):
    desk(f"{HEADER}\n{row()}\n{row('no', unit='EVR', end='2025-06-30', start='2024-07-01')}\n")
    assert "tick to take the others alone" in confirm(client)
    assert not Observation.objects.exists()
    confirm(client, accept_valid="on")
    assert Observation.objects.count() == 1


def test_discarding_twice_and_making_units_afterwards_is_said_in_words(desk, client):
    desk(f"{HEADER}\n{row(unit='D-1')}\n")
    pk = newest().pk
    url = reverse("goals:import_discard", args=[pk])
    assert "put aside" in text_of(client.post(url, follow=True))
    assert "decided on before" in text_of(client.post(url, follow=True))
    units = reverse("goals:import_units", args=[pk])
    assert "decided on before" in text_of(client.post(units, {"parent": "EVR"}, follow=True))


def test_only_stewards_see_and_decide_a_file(desk, client, indicator):
    desk(f"{HEADER}\n{row()}\n")
    pk = newest().pk
    names = ("import_confirm", "import_discard", "import_units")
    client.force_login(make_person(Role.GOAL_LEADER))
    assert client.get(DESK).status_code == 403
    assert client.get(reverse("goals:import_detail", args=[pk])).status_code == 404
    assert {client.post(reverse(f"goals:{name}", args=[pk])).status_code for name in names} == {404}
    client.force_login(make_person(Role.DELIVERY_LEADER))  # sees every file, stewards nothing
    assert client.get(reverse("goals:import_detail", args=[pk])).status_code == 200
    assert {client.post(reverse(f"goals:{name}", args=[pk])).status_code for name in names} == {403}
    assert newest().state == "dry_run"


def test_what_one_may_not_enter_is_rejected_row_by_row(desk):
    make_indicator("math", frequency="annual")
    desk(f"{HEADER}\n{row()}\n{row(indicator='math')}\n")
    assert newest().counts["added"] == 1
    assert "not a steward of math" in newest().rows["problems"][0]["message"]


def test_the_effect_names_no_goal_that_the_reader_may_not_see(desk, indicator):
    make_goal("OPEN", series=make_series(indicator))
    make_goal("SECRET", series=make_series(indicator), is_confidential=True)
    answer = desk(f"{HEADER}\n{row()}\n")
    assert "OPEN" in text_of(answer)
    assert "SECRET" not in text_of(answer)


def test_the_desk_leads_to_no_page_that_its_reader_may_not_see(client):
    for code, is_confidential in (("KNOWN", False), ("SECRET", True)):
        make_goal(code, is_confidential=is_confidential, series=make_series(make_indicator(code)))
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = client.get("/data/").content.decode()
    assert "SECRET" in page  # its numbers may be entered, so it is due here
    assert 'href="/indicators/KNOWN/"' in page
    assert 'href="/indicators/SECRET/"' not in page


def test_the_desk_asks_as_often_for_three_files_as_for_one(
    desk, client, django_assert_max_num_queries
):
    desk(f"{HEADER}\n{row()}\n")
    with django_assert_max_num_queries(11):
        client.get(DESK)
    for _turn in (1, 2):
        desk(f"{HEADER}\n{row()}\n")
    with django_assert_max_num_queries(11):
        client.get(DESK)
