"""Looking as somebody else: reads what they read, writes nothing, and leaves its traces."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions.view_as import LONGEST
from accounts.models import AuditEvent, RoleAssignment
from accounts.tests.factories import make_person
from delivery_unit.tests.test_access import LINES
from delivery_unit.tests.world import make_world
from stocktakes.models import Pack

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
Kind = AuditEvent.Kind


@pytest.fixture
def people():
    return make_world()


@pytest.fixture
def client(people):
    client = Client()
    client.force_login(people["adm"])
    return client


def look(client, person, reason="A question on the telephone"):
    return client.post("/settings/view-as/", {"person": person.pk, "reason": reason})


def kinds():
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_pages_are_those_of_the_person_under_a_banner(client, people):
    assert look(client, people["board"]).url == "/"
    page = client.get("/goals/BOARD/").content.decode()
    assert "You look at the system as" in page
    assert people["board"].name in page
    assert client.get("/goals/OPEN/").status_code == 404  # of which an administrator knows
    assert client.get("/settings/audit/").status_code == 403


def test_it_begins_with_a_reason(client, people):
    assert look(client, people["gl"], " ").status_code == 422
    assert "Say why; the person may ask." in look(client, people["gl"], "").content.decode()
    assert kinds() == []


@pytest.mark.parametrize("who", ["adm", "gone"])
def test_nobody_borrows_the_rights_of_an_administrator_or_of_one_who_has_left(client, people, who):
    answer = look(client, people[who])
    assert answer.status_code == 422
    assert "Choose somebody at work who is no administrator." in answer.content.decode()


def test_nothing_can_be_written_anywhere(client, people):
    look(client, people["dl"])
    mine = ("/settings/view-as/", "/accounts/logout/")
    writing = [line for line in LINES if line.method == "POST" and line.expected["dl"] != 405]
    addresses = {line.address for line in writing if not line.address.startswith(mine)}
    assert len(addresses) > 20
    for address in addresses:
        answer = client.post(address, {})
        assert answer.status_code == 403, address
        assert "Not while you look as somebody else." in answer.content.decode()
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)("/goals/OPEN/").status_code == 403
    assert kinds().count(Kind.VIEW_REFUSED) == len(addresses) + 3


def test_what_is_between_the_person_and_the_system_stays_closed(client, people):
    look(client, people["gl"])
    assert client.get("/accounts/profile/").status_code == 403


def test_confidential_goals_stay_hidden_from_an_administrator(client, people):
    """Whoever runs the system may not read around a corner what they may not read."""
    look(client, people["gl"])
    assert client.get("/goals/SECRET/").status_code == 404
    assert client.get("/stocktakes/2/").status_code == 404
    assert client.get("/stocktakes/2/pack/").status_code == 404
    assert client.get("/stocktakes/1/pack/").status_code == 200
    for address in ("/", "/overview/", "/goals/", "/stocktakes/", "/search/?q=secret"):
        page = client.get(address).content.decode()
        assert "Title of SECRET" not in page, address
        assert "Meeting about SECRET" not in page, address


def test_one_who_may_see_them_anyway_sees_them(client, people):
    RoleAssignment.objects.create(
        person=people["adm"], role="delivery_leader", valid_from=timezone.localdate()
    )
    look(client, people["gl"])
    assert client.get("/goals/SECRET/").status_code == 200


def test_start_pages_and_stop_are_noted_with_both_people(client, people):
    look(client, people["gl"])
    client.get("/goals/OPEN/")
    client.post("/settings/view-as/stop/")
    assert kinds() == [Kind.VIEW_STARTED, Kind.VIEW_PAGE, Kind.VIEW_STOPPED]
    pairs = set(AuditEvent.objects.values_list("by", "person"))
    assert pairs == {(people["adm"].pk, people["gl"].pk)}
    assert AuditEvent.objects.get(kind=Kind.VIEW_PAGE).subject == "/goals/OPEN/"
    assert client.get("/settings/view-as/").status_code == 200


def test_files_taken_out_are_noted_with_who_it_really_was(client, people):
    look(client, people["gl"])
    client.get("/overview.csv")
    export = AuditEvent.objects.get(kind=Kind.EXPORTED)
    assert (export.by, export.person, export.subject) == (
        people["adm"],
        people["gl"],
        "/overview.csv",
    )


def test_it_is_over_after_half_an_hour(client, people):
    look(client, people["gl"])
    AuditEvent.objects.update(at=timezone.now() - LONGEST)
    assert client.get("/goals/OPEN/").url == "/settings/view-as/over/"
    assert client.get("/settings/view-as/").status_code == 200
    assert kinds() == [Kind.VIEW_STARTED, Kind.VIEW_STOPPED]


def test_it_is_over_when_the_administrator_loses_the_role(client, people):
    look(client, people["gl"])
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.filter(person=people["adm"]).update(valid_to=yesterday)
    assert client.get("/goals/OPEN/").url == "/settings/view-as/over/"
    assert client.get("/settings/view-as/").status_code == 403


def test_it_is_over_when_the_person_becomes_an_administrator_or_leaves(client, people):
    look(client, people["gl"])
    people["gl"].is_active = False
    people["gl"].save()
    assert client.get("/goals/OPEN/").url == "/settings/view-as/over/"


def test_signing_out_ends_it_and_signs_out_who_it_is(client, people):
    look(client, people["gl"])
    client.post("/accounts/logout/")
    stop = AuditEvent.objects.get(kind=Kind.VIEW_STOPPED)
    assert (stop.by, stop.reason) == (people["adm"], "Signed out.")
    assert client.get("/goals/OPEN/").status_code == 302


def test_the_end_is_noted_once(client, people):
    look(client, people["gl"])
    client.post("/settings/view-as/stop/")
    client.post("/settings/view-as/stop/")
    look(client, people["gl"])
    look(client, people["team"])  # beginning anew ends the one before
    assert kinds().count(Kind.VIEW_STOPPED) == 2


def test_only_administrators_begin(people):
    client = Client()
    client.force_login(people["dl"])
    assert look(client, people["gl"]).status_code == 403


def test_a_forged_session_of_another_administrator_shows_nothing(client, people):
    other = make_person("administrator")
    start = AuditEvent.objects.create(
        at=timezone.now(), kind=Kind.VIEW_STARTED, by=other, person=people["gl"], reason="Mine"
    )
    session = client.session
    session["view_as"] = start.pk
    session.save()
    assert client.get("/goals/OPEN/").url == "/settings/view-as/over/"


class NoWrites:
    """Fails on a statement that changes a row; traces, and the session of the browser, apart."""

    APART = ("accounts_auditevent", "accounts_session")

    def __call__(self, execute, sql, params, many, context):
        verb = sql.lstrip().split(" ", 1)[0].upper()
        if verb in {"INSERT", "UPDATE", "DELETE"} and not any(table in sql for table in self.APART):
            pytest.fail(f"A page that is read writes: {sql[:200]}")
        return execute(sql, params, many, context)


@pytest.mark.parametrize("who", ["adm", "dl", "gl", "stew"])
def test_no_page_that_is_read_writes_anything(people, who):
    client = Client()
    client.force_login(people[who])
    addresses = {line.address for line in LINES if line.method == "GET"}
    # Drawn already: whoever reads a PDF before the worker has drawn it, draws it.
    Pack.objects.update(pdf=b"%PDF-", pdf_sha256=sha256(b"%PDF-").hexdigest())
    with connection.execute_wrapper(NoWrites()):
        for address in sorted(addresses):
            assert client.get(address).status_code < 500, address
