"""Ids changed by hand in forms and addresses reach nothing, and nothing hidden is named anywhere."""

import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from delivery_unit.tests.test_access import LINES
from delivery_unit.tests.world import make_world
from goals.models import Aspiration, Goal, Observation
from stocktakes.models import Digest, Stocktake

pytestmark = pytest.mark.django_db

ODD = ("", "0", "-1", "x", "9" * 25, "9" * 5000, "1.0", "²", "OPEN", "None")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def people():
    return make_world()


def plan(people, **fields):
    return {
        "title": "New", "starts_at": "2026-08-03T10:00", "minutes": "45",
        "chair": people["lead"].pk, "goals": [], "attendees": [], **fields,
    }  # fmt: skip


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["chair", "goals", "attendees"])
@pytest.mark.parametrize("value", ODD)
def test_an_odd_id_in_the_plan_of_a_stocktake_is_refused(people, field, value):
    client = signed_in(people["dl"])
    response = client.post("/stocktakes/new/", plan(people, **{field: [value]}))
    assert list(response.context["form"].errors) == [field]
    assert Stocktake.objects.count() == 3


def test_a_consultant_puts_no_goal_on_the_agenda_that_they_may_not_see(people):
    secret = Goal.objects.get(code="SECRET")
    client = signed_in(people["cons2"])
    page = client.get("/stocktakes/new/").content.decode()
    assert "SECRET" not in page
    refused = client.post("/stocktakes/new/", plan(people, goals=[secret.pk]))
    absent = client.post("/stocktakes/new/", plan(people, goals=[10**6]))
    assert refused.context["form"].errors == absent.context["form"].errors
    taken = signed_in(people["cons"]).post("/stocktakes/new/", plan(people, goals=[secret.pk]))
    assert taken.status_code == 302


def test_only_the_system_leader_chairs_and_only_people_who_are_here_attend(people):
    client = signed_in(people["dl"])
    for field, who in (
        ("chair", "view"),
        ("chair", "dl"),
        ("chair", "gone"),
        ("attendees", "gone"),
    ):
        response = client.post("/stocktakes/new/", plan(people, **{field: [people[who].pk]}))
        assert list(response.context["form"].errors) == [field]


def test_a_consultant_takes_no_seat_where_a_pack_speaks_of_a_hidden_goal(people):
    """The goal has left the agenda, its pack is still there."""
    stocktake = Stocktake.objects.get(pk=2)
    for item in stocktake.agenda.all():
        item.delete()
    client = signed_in(people["cons2"])
    typed = plan(people, attendees=[people["cons2"].pk])
    assert client.post("/stocktakes/2/edit/", typed).status_code == 403
    assert "SECRET" not in client.get("/stocktakes/2/pack/").content.decode()
    assert client.get("/stocktakes/2/pack.css?version=1").status_code == 404


@pytest.mark.parametrize("field", ["mapping", "indicator"])
@pytest.mark.parametrize("value", [*ODD[1:], "SECRET-i", "a\0b"])
def test_an_upload_takes_neither_an_unknown_mapping_nor_anothers_indicator(people, field, value):
    client = signed_in(people["anal"])
    file = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    response = client.post("/data/", {"file": file, field: value})
    assert field in response.context["form"].errors


@pytest.mark.parametrize("value", [*ODD, "a\0b"])
def test_unknown_units_are_made_under_a_unit_that_exists(people, value):
    client = signed_in(people["stew"])
    assert client.post("/data/imports/1/units/", {"parent": value}).status_code == 200


def test_a_forged_writer_or_goal_in_an_answer_is_not_read(people):
    client = signed_in(people["gl"])
    secret = Goal.objects.get(code="SECRET")
    typed = {
        "text": "Words", "goal": secret.pk, "question": 5, "written_by": people["lead"].pk,
        "written_at": "2000-01-01",
    }  # fmt: skip
    client.post("/goals/OPEN/answers/1/", typed)
    answer = Goal.objects.get(code="OPEN").answers.get()
    assert (answer.question, answer.written_by) == (1, people["gl"])
    assert not secret.answers.exists()


@pytest.mark.parametrize("after", ["", "x", "-1", "7", "9" * 25])
def test_a_pack_form_that_saw_another_version_issues_nothing(people, after):
    client = signed_in(people["dl"])
    typed = {"change_note": "New", "after": after, "version": "9", "stocktake": "2"}
    client.post("/stocktakes/1/pack/issue/", typed)
    assert Stocktake.objects.get(pk=1).packs.count() == 1


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        f"/stocktakes/{10**30}/", f"/data/imports/{10**30}/", f"/goals/OPEN/answers/{10**30}/",
        "/stocktakes/" + "9" * 5000 + "/", "/goals/%2e%2e/", "/goals/OPEN'--/", "/goals/open/",
        "/goals/OPEN/indicators/SECRET-i/", "/goals/OPEN/indicators/OPEN-i/?unit=nowhere",
        "/goals/OPEN/indicators/OPEN-i/?subgroup=nobody", "/stocktakes/1/pack/?version=99",
        "/stocktakes/1/pack/?version=x", "/stocktakes/1/pack.pdf?version=-1",
        "/stocktakes/2/agenda/OPEN/",
    ],
)  # fmt: skip
def test_an_address_that_names_nothing_is_not_found(people, address):
    assert signed_in(people["dl"]).get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/goals/%00/", "/goals/?q=%00", "/indicators/OPEN-i/?unit=%00", "/overview/?sort=%00",
        "/goals/OPEN/indicators/OPEN-i/?q=a%00b", "/accounts/login/?next=%00",
    ],
)  # fmt: skip
def test_an_address_with_nothing_in_it_is_a_bad_request_on_every_database(people, address):
    assert signed_in(people["dl"]).get(address).status_code == 400


@pytest.mark.parametrize("number", ["x", "0", "-1", "9" * 25, "9" * 5000])
def test_a_page_number_that_is_none_shows_a_page(people, number):
    client = signed_in(people["adm"])
    for address in ("/data/", "/indicators/OPEN-i/", "/indicators/OPEN-i/observations/"):
        assert client.get(address, {"page": number}).status_code == 200


# --- what is not said -----------------------------------------------------------------------------

UNKNOWING = ("cons2", "anal", "gl2", "loc", "loc2", "board", "view", "adm", "none")


@pytest.mark.on_sqlite
@pytest.mark.parametrize("who", UNKNOWING)
def test_no_page_tells_of_a_hidden_goal(people, who):
    """But for its indicator and its file, which an administrator keeps."""
    Aspiration.objects.create(statement="All read.")
    Goal.objects.update(aspiration=Aspiration.objects.get())
    person = people[who]
    client = signed_in(person)
    pages = {line.address for line in LINES if line.method == "GET" and line.expected[who] == 200}
    if who == "adm":
        pages -= {f"/data/imports/2/{page}" for page in ("", "problems.csv")} | {"/data/"}
    for page in sorted(pages - {"/readyz"}):
        said = client.get(page).getvalue().decode(errors="replace")
        assert "SECRET" not in said, page


@pytest.mark.parametrize("who", UNKNOWING)
def test_a_hidden_goal_is_missing_like_one_that_never_was(people, who):
    client = signed_in(people[who])
    for hidden, absent in (
        ("/goals/SECRET/", "/goals/NOTHING/"),
        ("/goals/SECRET/answers/1/", "/goals/NOTHING/answers/1/"),
        ("/indicators/SECRET-i/", "/indicators/NOTHING/"),
        ("/stocktakes/2/", "/stocktakes/99/"),
    ):
        number = {"X-Request-ID": "the-same-for-both"}
        with time_machine.travel(timezone.now(), tick=False):  # pages say the minute
            one, other = client.get(hidden, headers=number), client.get(absent, headers=number)
        assert (one.status_code, one.headers) == (other.status_code, other.headers)
        assert bare(one, hidden) == bare(other, absent)


def bare(response, address):
    """The page without what differs in any two: its address and the token of its forms."""
    return TOKEN.sub("", response.content.decode().replace(address, ""))


def test_no_digest_tells_of_a_hidden_goal(people):
    from stocktakes.actions.digests import write_digests  # noqa: PLC0415

    Observation.objects.all()  # old numbers: everything is late, so there is much to say
    User.objects.update(password="md5$x$y")
    today = timezone.localdate()
    monday = date.fromordinal(today.toordinal() - today.weekday())
    assert write_digests(on=monday, at=timezone.now()).made
    knowing = {people[who].pk for who in ("lead", "dl", "dep", "cons", "gl", "team", "stew")}
    told = {row.person_id for row in Digest.objects.filter(body__contains="SECRET")}
    assert told
    assert told <= knowing


def test_every_form_needs_its_token(people):
    for who in ("dl", "gl", "stew"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(people[who])
        for line in LINES:
            if line.method == "POST" and line.expected[who] in {200, 302, 422}:
                assert client.post(line.address, {}).status_code == 403, line.address
    assert Client(enforce_csrf_checks=True).post(reverse("accounts:login")).status_code == 403
