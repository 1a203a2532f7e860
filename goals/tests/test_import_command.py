"""`manage.py import_observations`: what it prints, what it changes, and how it ends."""

import io
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from accounts.models import OrgUnit
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from goals.importing.checking import LIMITS
from goals.importing.rows import REQUIRED
from goals.models import DataImport, Observation, Subgroup
from goals.tests.factories import make_indicator, make_steward

pytestmark = pytest.mark.django_db

HEADER = ",".join(REQUIRED)
GOOD = "reading,EVR,,2025-07-01,2026-06-30,59.9,,,final,,,"
BAD = "reading,EVR,,2024-07-01,2025-06-30,up 3,,,final,,,"


@pytest.fixture(autouse=True)
def indicator():
    make_org_unit("EVR")
    return make_indicator("reading", frequency="annual")


@pytest.fixture
def run(tmp_path):
    def call(text, *options, name="numbers.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        out = io.StringIO()
        try:
            call_command("import_observations", str(path), *options, stdout=out)
        except CommandError as error:
            return out.getvalue(), str(error)
        return out.getvalue(), ""

    return call


def test_it_says_what_it_did(run):
    out, error = run(f"{HEADER}\n{GOOD}\n")
    assert out.startswith("1 added, 0 revised, 0 withdrawn, 0 unchanged, 0 rejected\n")
    assert error == ""
    out, _error = run(f"{HEADER}\n{GOOD}\n")
    assert "0 added, 0 revised, 0 withdrawn, 1 unchanged" in out


def test_a_dry_run_enters_nothing(run):
    out, error = run(f"{HEADER}\n{GOOD}\n", "--dry-run")
    assert "1 added" in out
    assert "nothing was changed" in out
    assert error == ""
    assert not Observation.objects.exists()


def test_a_file_with_errors_changes_nothing_and_ends_badly(run):
    out, error = run(f"{HEADER}\n{GOOD}\n{BAD}\n")
    assert "1 added, 0 revised, 0 withdrawn, 0 unchanged, 1 rejected" in out
    assert "line 3 rejected: value “up 3”: This is a change" in out
    assert error.startswith("Nothing was changed.")
    assert not Observation.objects.exists()


def test_the_valid_rows_alone_if_one_says_so(run):
    _out, error = run(f"{HEADER}\n{GOOD}\n{BAD}\n", "--accept-valid")
    assert error == ""
    assert Observation.objects.count() == 1


def test_a_revision_needs_its_reason(run):
    run(f"{HEADER}\n{GOOD}\n")
    _out, error = run(f"{HEADER}\n{GOOD.replace('59.9', '60')}\n")
    assert "--reason" in error
    run(f"{HEADER}\n{GOOD.replace('59.9', '60')}\n", "--reason", "late returns")
    assert [str(row.value) for row in Observation.objects.order_by("revision")] == ["59.9", "60"]


def test_the_moment_since_which_it_was_known(run):
    run(f"{HEADER}\n{GOOD}\n", "--known-from", "2026-07-01T09:00:00+02:00")
    assert Observation.objects.get().known_from == datetime(2026, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--known-from", "soon"], "Write --known-from like"),
        (["--known-from", "2999-01-01"], "lies ahead"),
        (["--mapping", "none"], "There is no mapping none. There are: "),
        (["--indicator", "none"], "There is no indicator with the code none."),
        (["--create-units-under", "none"], "There is no unit with the code none."),
        (["--by", "nobody@example.test"], "Nobody with the address"),
    ],
)
def test_an_option_that_names_nothing_is_said(run, options, words):
    _out, error = run(f"{HEADER}\n{GOOD}\n", *options)
    assert words in error
    assert not DataImport.objects.exists()


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(CommandError, match=r"cannot be read: No such file"):
        call_command("import_observations", "/nowhere.csv")


def test_a_file_that_is_no_table_is_refused(run):
    _out, error = run(b"PK\x03\x04rest", name="book.csv")
    assert error.startswith("book.csv was refused. This is a spreadsheet")


def test_the_rights_of_a_person_apply(run, indicator):
    person = make_person(Role.ANALYST, email="ana@example.test")
    out, error = run(f"{HEADER}\n{GOOD}\n", "--by", "ANA@example.test")
    assert "You are not a steward of reading" in out
    assert error
    make_steward(indicator, person)
    run(f"{HEADER}\n{GOOD}\n", "--by", "ana@example.test")
    assert Observation.objects.get().entered_by == person


def test_rows_without_an_indicator_get_the_one_named(run):
    run(f"{HEADER}\n{GOOD.removeprefix('reading')}\n", "--indicator", "reading")
    assert Observation.objects.count() == 1


def test_unknown_units_are_made_where_one_says(run):
    new = GOOD.replace("EVR", "D-1")
    _out, error = run(f"{HEADER}\n{new}\n")
    assert error
    run(f"{HEADER}\n{new}\n", "--create-units-under", "EVR")
    unit = OrgUnit.objects.get(code="D-1")
    assert (unit.parent.code, unit.valid_from.isoformat()) == ("EVR", "2025-07-01")


def test_what_is_checked_is_what_the_database_has_room_for():
    found = {
        name: Observation._meta.get_field(name).max_length for name in LIMITS if "unit" not in name
    }
    assert found == {name: LIMITS[name] for name in found}
    assert OrgUnit._meta.get_field("code").max_length == LIMITS["org_unit_code"]
    assert not Subgroup.objects.exists()
