"""The list of changes with many lines: it asks indexes, and loads no more than it shows."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OrgUnit
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from delivery_unit.audit.reading import Asked, Place, Reader
from delivery_unit.audit.sources import SOURCES

pytestmark = pytest.mark.django_db

# Rows that are added all the time; the others stay few.
GROWING = [key for key, each in SOURCES.items() if each.is_history] + ["auditevent", "signinevent"]


def reader_of(kind):
    return Reader.of(make_person(Role.ADMINISTRATOR), Asked(kind=kind), timezone.localdate())


def plan_of(rows):
    """How the database means to find rows; it would read a table this small as a whole."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
        return rows.explain()


@pytest.mark.parametrize("key", GROWING)
def test_the_newest_lines_of_what_grows_are_found_by_an_index(key):
    source = SOURCES[key]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, source.model._meta.db_table)
    moment = source.model._meta.get_field(source.moment).column
    assert [each for each in found.values() if each["index"] and each["columns"][0] == moment]


PLACES = [("observation", 5), ("answer", 5), ("user", 5)]


@pytest.mark.parametrize("place", [None, *PLACES])
def test_values_with_lines_of_their_own_are_found_by_an_index_of_these_alone(place):
    after = place and Place(timezone.now(), *place)
    source = SOURCES["observation"]
    rows = reader_of("observation")._rows(source, after).values_list(source.moment, source.pk)
    plan = plan_of(rows[:51])
    assert "goals_observation_told_alone" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_rows_are_loaded_for_the_lines_of_the_page_alone():
    for number in range(60):
        make_org_unit(f"U{number}", name=f"Name {number}")
    reader = reader_of("orgunit")
    with CaptureQueriesContext(connection) as captured:
        entries, onward = reader.page(None, 10)
    assert [entry.row.name for entry in entries] == [f"Name {59 - n}" for n in range(10)]
    assert onward == entries[-1].place
    places, rows = [each["sql"] for each in captured.captured_queries]
    assert "LIMIT 11" in places
    assert '"name"' not in places
    assert '"name"' in rows


@pytest.mark.parametrize("many", [1, 3])
def test_a_page_asks_once_for_each_kind_and_once_for_the_rows_of_those_on_it(many):
    for number in range(many):
        make_org_unit(f"U{number}")
    reader = Reader.of(make_person(Role.ADMINISTRATOR), Asked(), timezone.localdate())
    with CaptureQueriesContext(connection) as captured:
        entries, _onward = reader.page(None)
    assert len(entries) == many + 2  # the reader and their role
    assert len(captured) == len(SOURCES) + 3


def test_a_row_that_goes_away_while_the_page_is_read_has_no_line(monkeypatch):
    for code in ("U1", "U2"):
        make_org_unit(code)
    reader = reader_of("orgunit")
    whole, _onward = reader.page(None, 10)
    load = Reader._entries

    def too_late(self, places):
        OrgUnit.history.filter(pk=places[0].pk).delete()
        return load(self, places)

    monkeypatch.setattr(Reader, "_entries", too_late)
    assert [each.place for each in reader.page(None, 10)[0]] == [each.place for each in whole[1:]]
