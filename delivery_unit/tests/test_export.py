"""The export holds what the system holds, less what is kept back, and reads back as it was."""

import csv
import hashlib
import shutil

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import AccountAssignment, OrgUnit, System, User
from delivery_unit.exporting.tables import KEPT_BACK, TABLES
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import Goal, Observation, Standing
from stocktakes.models import Pack

OURS = ("accounts", "goals", "stocktakes", "delivery_unit")
ON = "2026-07-21"


@pytest.fixture
def exported(db, settings, tmp_path, request):
    """A folder, beside the system that it was written from."""
    settings.DEMO = True
    call_command("seed_demo", profile=getattr(request, "param", "campus"), on=ON, verbosity=0)
    call_command("export_data", str(tmp_path / "one"))
    return tmp_path / "one"


@pytest.fixture(scope="module")
def written(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `campus` was written to, once; the system that it came from is gone again."""
    folder = tmp_path_factory.mktemp("written") / "one"
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True),
        transaction.atomic(),
    ):
        call_command("seed_demo", profile="campus", on=ON, verbosity=0)
        call_command("export_data", str(folder))
        transaction.set_rollback(True)
    return folder


@pytest.fixture
def folder(db, written, tmp_path):
    """A copy to spoil, beside an empty system."""
    return shutil.copytree(written, tmp_path / "one")


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(folder, name):
    with (folder / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def empty_the_system():
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        tables = [
            model._meta.db_table
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in OURS
        ]
        if connection.vendor == "postgresql":
            names = ", ".join(f'"{name}"' for name in tables)
            # What the same transaction wrote is still to be checked, and cannot be emptied before.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {names} CASCADE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            for name in tables:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names of our own tables


def read_back(folder):
    empty_the_system()
    call_command("import_export", str(folder))


@pytest.mark.parametrize("exported", ["everly", "campus"], indirect=True)
def test_an_export_of_what_was_read_from_an_export_is_the_same(exported, tmp_path):
    stood = set(Standing.objects.current().values_list("series__indicator__code", "band"))
    read_back(exported)
    call_command("export_data", str(tmp_path / "two"))
    assert contents(tmp_path / "two") == contents(exported)
    assert set(Standing.objects.current().values_list("series__indicator__code", "band")) == stood


@pytest.mark.on_sqlite
def test_the_same_system_gives_the_same_bytes(exported, tmp_path):
    call_command("export_data", str(tmp_path / "two"))
    assert contents(tmp_path / "two") == contents(exported)


def test_every_table_is_exported_or_said_to_be_kept_back():
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "history_object")
    }
    written = {table.model._meta.label for table in TABLES} | {"goals.Observation"}
    assert ours - written == KEPT_BACK.keys()


@pytest.mark.on_sqlite
def test_shapes_are_those_of_the_contract(folder):
    def header(name):
        return (folder / name).read_text().partition("\n")[0]

    assert header("observations.csv") == ",".join((*REQUIRED, *OPTIONAL))
    assert header("org_units.csv") == "code,name,type,parent_code,valid_from,valid_to"
    assert header("people.csv") == (
        "email,name,title,org_unit_code,reports_to_email,role,fte_percent"
    )
    assert header("trajectories.csv") == (
        "indicator_code,org_unit_code,subgroup_code,period_end,value,kind"
    )


@pytest.mark.on_sqlite
def test_the_importer_of_the_data_desk_finds_nothing_new_in_it(exported, capsys):
    newest = {}
    for row in rows(exported, "observations.csv"):
        newest[
            row["indicator_code"], row["org_unit_code"], row["subgroup_code"], row["period_end"]
        ] = row
    path = exported.parent / "newest.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*REQUIRED, *OPTIONAL])
        writer.writeheader()
        writer.writerows(newest.values())
    call_command("import_observations", str(path), dry_run=True)
    said = capsys.readouterr().out
    assert f"0 added, 0 revised, 0 withdrawn, {len(newest)} unchanged, 0 rejected" in said


@pytest.mark.on_sqlite
def test_what_is_promised_stays_back_and_is_said(exported):
    note = AccountAssignment.objects.exclude(handover_note="").first().handover_note
    everything = b"".join(contents(exported).values())
    assert note[:30].encode() not in everything
    assert User.objects.first().password.encode() not in everything
    readme = (exported / "README.txt").read_text()
    assert "sealed" in readme
    assert "credentials" in readme
    assert "confidential goals are in it" in readme
    assert {"R1"} <= {row["code"] for row in rows(exported, "goals.csv")}


@pytest.mark.on_sqlite
def test_packs_lie_there_with_their_hash(exported):
    for row in rows(exported, "packs.csv"):
        text = (exported / f"packs/{row['stocktake_number']}-v{row['version']}.json").read_bytes()
        assert hashlib.sha256(text).hexdigest() == row["sha256"]
    assert len(rows(exported, "packs.csv")) == Pack.objects.count() == 3


@pytest.mark.on_sqlite
def test_only_the_operator_can_read_the_files(folder):
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


@pytest.mark.on_sqlite
def test_folders_and_systems_with_something_in_them_are_left_alone(exported):
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_data", str(exported))
    with pytest.raises(CommandError, match="not empty"):
        call_command("import_export", str(exported))


@pytest.mark.on_sqlite
@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("goals.csv", "STEM", "ETHICS", "goals.csv, line"),
        ("observations.csv", "67.2", "sixty", "observations.csv, line"),
        ("packs/1-v1.json", "First-year", "Last-year", "not what was issued"),
        ("roles.csv", "north@campus", "nobody@campus", "nothing is called nobody@campus.example"),
        ("holidays.csv", "on,name", "day,name", "holidays.csv, line 2: there is no on"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_changed(folder, name, old, new, said):
    path = folder / name
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CommandError, match="Nothing was changed") as refusal:
        call_command("import_export", str(folder))
    assert said in str(refusal.value)
    assert not any(model.objects.exists() for model in (System, User, OrgUnit, Goal, Observation))


@pytest.mark.on_sqlite
def test_a_missing_file_is_named(folder):
    (folder / "answers.csv").unlink()
    with pytest.raises(CommandError, match=r"answers\.csv cannot be read"):
        call_command("import_export", str(folder))


@pytest.mark.on_sqlite
def test_people_have_today_s_position(folder):
    told = {row["email"]: row for row in rows(folder, "people.csv")}
    assert told["north@campus.example"]["reports_to_email"] == "leader@campus.example"
    assert told["analyst@campus.example"]["fte_percent"] == "80"
