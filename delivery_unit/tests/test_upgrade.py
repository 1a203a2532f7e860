"""A system of every earlier release, brought up to date: nothing is lost, and its pages open."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from delivery_unit.tests.databases import another_database
from delivery_unit.tests.releases import RELEASES
from delivery_unit.version import VERSION

pytestmark = pytest.mark.django_db(transaction=True)

OURS = ("accounts_", "goals_", "stocktakes_")
OTHERS = ("admin", "auth", "contenttypes", "sessions")


def columns():
    """Every value of our tables: {"table.column": {id: value}}."""
    found = {}
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        for table in (name for name in names if name.startswith(OURS)):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the name of a table
            heads = [each[0] for each in cursor.description]
            rows = cursor.fetchall()
            key = 0 if "history_id" not in heads else heads.index("history_id")
            for place, head in enumerate(heads):
                found[f"{table}.{head}"] = {row[key]: _plain(row[place]) for row in rows}
    return found


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


def migrate_to(release):
    """The database as a system of that release left it, and its models."""
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in OTHERS]
    # What does not belong to us comes first: it may need people, never the other way round.
    targets = [*release.migrations.items(), *leaves]
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: release.version)
def test_a_system_of_an_earlier_release_is_brought_up_to_date(release, tmp_path, time_machine):
    with another_database(tmp_path):
        release.fill(migrate_to(release))
        before = columns()
        every_table_has_a_row_to_lose(before)
        call_command("migrate", interactive=False, verbosity=0)
        nothing_is_lost(release, before, columns())
        connection.check_constraints()
        time_machine.move_to("2026-07-21 12:00+00:00", tick=False)
        its_pages_open()


def every_table_has_a_row_to_lose(before):
    empty = {name.split(".")[0] for name, values in before.items() if not values}
    assert {name for name in empty if "historical" not in name} == set()


def nothing_is_lost(release, before, after):
    for name, values in before.items():
        if name not in release.changed:
            assert name in after, f"{name} is gone"
            kept = {key: after[name].get(key) for key in values}
            assert kept == values, name


def its_pages_open():
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="dana@everly.example"))
    for path, words in {
        "/overview/": "Every child reads well",
        "/goals/L1/": "57.1%",
        "/stocktakes/": "Stocktake on literacy",
    }.items():
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert words in answer.content.decode(), path


def test_the_releases_are_in_order_and_all_before_this_one():
    def numbers(version):
        return tuple(int(part) for part in version.split("."))

    versions = [numbers(release.version) for release in RELEASES]
    assert versions == sorted(set(versions))
    assert versions[-1] < numbers(VERSION)
