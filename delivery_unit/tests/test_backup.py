import json
import resource
import shutil
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Holiday, System
from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit.backup import postgresql
from delivery_unit.backup.copying import engine, kept, make_backup, thin
from delivery_unit.backup.manifest import BackupError
from delivery_unit.tests.databases import another_database, picture
from goals.models import Goal
from goals.tests.factories import make_goal
from stocktakes.models import BackupRecord, Digest, Intervention
from stocktakes.tests.factories import make_measured_goal

pytestmark = pytest.mark.django_db(transaction=True)

# What a restore itself writes down, and what the copy cannot know of itself.
NOTED = (
    "stocktakes_intervention",
    "stocktakes_backuprecord",
    "django_migrations",
    "sqlite_sequence",
)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "proof").mkdir(parents=True)
    (settings.MEDIA_ROOT / "proof" / "minutes.txt").write_bytes(b"Minutes of the meeting\n")
    return settings.MEDIA_ROOT


@pytest.fixture
def system(media):
    System.objects.create(name="Everly", time_zone="America/Denver")
    make_measured_goal("L1", leader=make_person(Role.GOAL_LEADER, name="Zoë Ångström"))
    return picture(leave_out=NOTED)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "backups"


def backup(place, *options):
    out = StringIO()
    call_command("backup", str(place), *options, stdout=out)
    return out.getvalue()


def restore(place, *options):
    out = StringIO()
    call_command("restore", str(place), *options, stdout=out)
    return out.getvalue()


def the_copy(place):
    return next(path for path in place.iterdir() if not path.name.startswith("."))


def change_the_system(media):
    Goal.objects.update(title="Another title")
    make_goal("S9")
    Holiday.objects.create(on=date(2026, 7, 4), name="A day that is not in the copy")
    (media / "proof" / "minutes.txt").write_bytes(b"Forged\n")
    (media / "later.txt").write_bytes(b"Later\n")


def test_a_system_that_was_changed_since_comes_back_whole(system, media, place):
    assert "rows in" in backup(place)
    change_the_system(media)
    assert "every table as counted" in restore(place, "--replace")
    assert picture(leave_out=NOTED) == system
    assert [path.name for path in media.rglob("*") if path.is_file()] == ["minutes.txt"]
    assert (media / "proof" / "minutes.txt").read_bytes() == b"Minutes of the meeting\n"
    assert sorted(path.name for path in media.parent.iterdir() if "media" in path.name) == ["media"]
    # and it goes on: the next numbers of rows are free
    make_goal("S9")


@pytest.mark.parametrize("is_migrated", [True, False])
def test_a_system_comes_back_on_an_empty_machine(system, settings, place, tmp_path, is_migrated):
    backup(place)
    with another_database(tmp_path):
        settings.MEDIA_ROOT = tmp_path / "elsewhere" / "media"
        if is_migrated:
            call_command("migrate", interactive=False, verbosity=0)
        restore(place)
        assert picture(leave_out=NOTED) == system
        assert (settings.MEDIA_ROOT / "proof" / "minutes.txt").is_file()


def test_a_system_that_is_not_empty_is_left_alone(system, media, place):
    backup(place)
    change_the_system(media)
    now = picture()
    with pytest.raises(CommandError, match=r"not empty.*Nothing was changed"):
        restore(place)
    assert picture() == now
    assert (media / "later.txt").is_file()


def forge(place, **facts):
    path = the_copy(place) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def spoil(place, name):
    path = the_copy(place) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


DAMAGE = {
    "a byte of the database": (
        lambda place: spoil(place, database_name()), "damaged: .*database"),
    "a byte of the files": (lambda place: spoil(place, "files.tar"), "damaged: .*files.tar"),
    "a part that is missing": (
        lambda place: (the_copy(place) / "files.tar").unlink(), "files.tar is missing"),
    "no manifest": (
        lambda place: (the_copy(place) / "manifest.json").unlink(), "holds no backup"),
    "half a manifest": (
        lambda place: (the_copy(place) / "manifest.json").write_text("{"), "cannot be read"),
    "a newer release": (lambda place: forge(place, version="99.0"), "newer than this"),
    "a migration that nobody knows": (
        lambda place: forge(place, migrations=["goals.0999_later"]), "goals.0999_later"),
    "another form": (lambda place: forge(place, format=2), "does not know"),
}  # fmt: skip


def database_name():
    return "database.dump" if connection.vendor == "postgresql" else "database.sqlite3"


@pytest.mark.parametrize("what", DAMAGE)
def test_a_copy_that_is_not_as_it_was_is_refused_and_nothing_changes(system, media, place, what):
    backup(place)
    damage, words = DAMAGE[what]
    damage(place)
    change_the_system(media)
    now = picture()
    with pytest.raises(CommandError, match=words):
        restore(place, "--replace")
    assert picture() == now
    assert (media / "later.txt").is_file()


def test_a_database_that_does_not_hold_what_the_manifest_says_is_refused(system, media, place):
    backup(place)
    counts = json.loads((the_copy(place) / "manifest.json").read_text())["counts"]
    forge(place, counts={**counts, "goals_goal": counts["goals_goal"] + 1})
    change_the_system(media)
    now = picture()
    with pytest.raises(CommandError, match="goals_goal"):
        restore(place, "--replace")
    assert picture() == now


def test_a_backup_of_the_other_database_is_refused(system, place):
    backup(place)
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    forge(place, database=other)
    with pytest.raises(CommandError, match=r"runs on.*Nothing was changed"):
        restore(place, "--replace")


def test_a_copy_made_while_people_write_is_of_one_moment(system, place, tmp_path):
    stop = threading.Event()

    def write():
        day = date(2000, 1, 1)
        while not stop.is_set():
            day += timedelta(days=2)
            with transaction.atomic():
                Holiday.objects.create(on=day, name="one of a pair")
                Holiday.objects.create(on=day + timedelta(days=1), name="the other")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _time in range(3):
            folder, made = make_backup(place=place, at=timezone.now())
            counted = made.counts["accounts_holiday"]
            assert counted % 2 == 0
            latest = folder
            stop.wait(1.1)
    finally:
        stop.set()
        writer.join()
    assert counted > 0
    with another_database(tmp_path):
        restore(latest, "--replace")
        assert Holiday.objects.count() == counted


def test_a_restore_does_not_wait_for_ever_for_a_system_that_runs(system, media, place, monkeypatch):
    backup(place)
    change_the_system(media)
    now = picture()
    monkeypatch.setattr(engine(), "SECONDS_TO_WAIT", 1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
            cursor.execute("UPDATE goals_goal SET title = 'being written'")
            with pytest.raises(CommandError, match="still run"):
                restore(place, "--replace")
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert picture() == now
    assert (media / "later.txt").is_file()


@contextmanager
def no_file_larger_than(size):
    """What a full disk does to whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_a_backup_leaves_nothing_behind(system, place):
    with no_file_larger_than(20_000), pytest.raises(BackupError):
        make_backup(place=place, at=timezone.now())
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("size", [400_000, 0], ids=["for the files", "for the database"])
def test_no_room_for_a_restore_changes_nothing(system, media, place, size):
    (media / "large.bin").write_bytes(bytes(size))
    backup(place)
    change_the_system(media)
    now = picture()
    with (
        no_file_larger_than(90_000),
        pytest.raises(CommandError, match="as it was before"),
    ):
        restore(place, "--replace")
    assert picture() == now
    assert (media / "later.txt").is_file()


def test_a_place_that_cannot_be_written_is_told_and_recorded(system, tmp_path):
    (tmp_path / "occupied").write_text("a file, not a folder")
    with pytest.raises(CommandError, match="No backup was made"):
        backup(tmp_path / "occupied")
    assert "No backup was made" in BackupRecord.objects.get().error


def test_missing_programs_are_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    monkeypatch.setattr(Path, "glob", lambda *_args: iter(()))
    with pytest.raises(BackupError, match="pg_dump is not on this machine"):
        postgresql.tool("pg_dump")


def test_a_backup_is_known_to_the_status_page_and_can_be_read_again(system, place):
    backup(place)
    known = BackupRecord.objects.get()
    assert (known.name, known.error) == (the_copy(place).name, "")
    assert known.size > 10_000
    assert "whole" in backup(place, "--verify")
    known.refresh_from_db()
    assert known.verified_at is not None
    spoil(place, "files.tar")
    with pytest.raises(CommandError, match="damaged"):
        backup(place, "--verify")


def test_after_a_restore_no_mail_goes_out_by_itself(system, place):
    person = make_person(Role.GOAL_LEADER)
    Digest.objects.create(
        person=person, on=date(2026, 7, 21), counted_on=date(2026, 7, 21), subject="News", body="News.",
        message_id="<1@example.test>", written_at=timezone.now(),
    )  # fmt: skip
    backup(place)
    restore(place, "--replace")
    assert Digest.objects.get().state == "uncertain"
    assert Intervention.objects.mail_stop() is not None
    assert BackupRecord.objects.get().name == the_copy(place).name


def days(*texts):
    return [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in texts]


def test_thinning_keeps_the_last_of_each_day_week_and_month():
    moments = days(
        "2026-07-21T02:00", "2026-07-21T14:00", "2026-07-20T02:00", "2026-07-19T02:00",
        "2026-07-12T02:00", "2026-06-30T02:00", "2026-06-01T02:00",
    )  # fmt: skip
    assert kept(moments, 2, 0, 0) == set(days("2026-07-21T14:00", "2026-07-20T02:00"))
    assert kept(moments, 0, 3, 0) == set(
        days("2026-07-21T14:00", "2026-07-19T02:00", "2026-07-12T02:00")
    )
    assert kept(moments, 1, 0, 2) == set(days("2026-07-21T14:00", "2026-06-30T02:00"))


def test_thinning_touches_nothing_that_is_not_a_whole_backup(tmp_path):
    for name in ("2026-07-19T020000Z", "2026-07-20T020000Z", "2026-mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    (tmp_path / "2026-07-18T020000Z").mkdir()
    assert [path.name for path in thin(tmp_path, (1, 0, 0))] == ["2026-07-19T020000Z"]
    assert len(list(tmp_path.iterdir())) == 3
