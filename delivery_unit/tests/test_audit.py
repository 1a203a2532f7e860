"""The audit list: every write leaves a line; who may not know of a thing finds no trace of it."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, Holiday, User
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from delivery_unit.audit.reading import Asked, Place, Reader
from delivery_unit.audit.sources import SOURCES
from delivery_unit.audit.telling import lines
from delivery_unit.tests.world import make_world
from goals.models import Goal
from goals.tests.factories import make_goal, make_observation, make_series

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 21)


@pytest.fixture
def people():
    return make_world()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def read(person, **asked):
    """All lines that a person gets, as names and verbs."""
    reader = Reader.of(person, Asked(**asked), timezone.localdate())
    return [line for entries in reader.batches() for line in lines(entries, reader)]


def table(client, query=""):
    answer = client.get(f"/settings/audit.csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_every_history_has_its_place_in_the_list():
    kept = {model for model in apps.get_models() if hasattr(model, "history")}
    assert kept == {each.subject for each in SOURCES.values() if each.is_history}


def test_no_secret_is_in_a_history():
    fields = {each.name for each in SOURCES["user"].model._meta.get_fields()}
    assert not fields & {"password", "last_login"}


def test_a_change_says_who_when_from_what_to_what(people):
    client = signed_in(people["adm"])
    page = f"/admin/accounts/user/{people['gl'].pk}/change/"
    form = client.get(page).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    for prefix in ("role_assignments", "positions"):
        typed |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert client.post(page, {**typed, "name": "Ada Novel"}).status_code == 302
    line = read(people["adm"], kind="user")[0]
    assert (line.who, line.verb, line.name) == (people["adm"], "changed", "Ada Novel")
    (change,) = line.changes
    assert (change.name, change.before, change.after) == ("Name", people["gl"].name, "Ada Novel")


def test_names_stand_for_keys_and_a_deleted_row_stays_readable(people):
    day = Holiday.objects.create(on=date(2026, 12, 25), name="Christmas")
    day.delete()
    gone, made = read(people["adm"], kind="holiday")
    assert (gone.verb, gone.name, made.verb) == ("removed", "Christmas", "added")
    roles = read(people["adm"], kind="goalrole")
    assert any(people["gl2"].name in line.name and "OTHER" in line.name for line in roles)


def test_a_revision_says_from_what_to_what_and_why(people):
    series = make_series()
    make_observation(series, date(2026, 6, 30), 50)
    make_observation(
        series,
        date(2026, 6, 30),
        "51.5",
        revision=1,
        reason="Late schools",
        entered_by=people["stew"],
    )
    line = next(each for each in read(people["dl"], kind="observation") if each.verb == "revised")
    assert (line.changes[0].before, line.changes[0].after) == ("50 (final)", "51.5 (final)")
    assert (line.who, line.reason) == (people["stew"], "Late schools")


def test_confidential_goals_leave_no_trace_for_an_administrator(people):
    secret = Goal.objects.get(code="SECRET")
    secret.title = "Title of SECRET, anew"
    secret.save()
    signed_in(people["gl"]).get("/goals/SECRET/indicators/SECRET-i/observations.csv")
    client = signed_in(people["adm"])
    for query in (
        "",
        "?text=SECRET",
        f"?about=goal:{secret.pk}",
        "?about=stocktake:2",
        "?kind=goal",
    ):
        page = client.get(f"/settings/audit/{query}").content.decode()
        shown = page.split("<tbody>")[-1].split("</tbody>")[0] if "<tbody>" in page else ""
        assert "SECRET" not in shown, query
        named = [row for row in table(client, query) if "SECRET" in f"{row['object']}{row['to']}"]
        named = [row for row in named if "/settings/audit" not in row["object"]]  # as typed above
        # The files of numbers are an administrator's to look at, whatever they are about.
        assert {row["kind"] for row in named} <= {"File of numbers"}, query
    assert any("SECRET" in row["object"] for row in table(signed_in(people["dl"])))


def test_a_deleted_confidential_goal_stays_hidden(people):
    goal = make_goal("GHOST", is_confidential=True, leader=people["gl"])
    goal.delete()
    assert not [line for line in read(people["adm"]) if "GHOST" in line.name]
    assert [line for line in read(people["dl"]) if "GHOST" in line.name]


def test_the_delivery_leader_reads_of_goals_and_not_of_people(people):
    signed_in(people["gl"]).get("/overview.csv")
    kinds = {line.kind for line in read(people["dl"])}
    assert "Goal" in kinds
    assert not kinds & {"Person", "Role", "Looking and taking out", "Running the system"}
    page = signed_in(people["dl"]).get("/settings/audit/?kind=user")
    assert page.status_code == 422


def test_pages_show_everything_once_in_order_also_where_moments_are_equal(people):
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    for number in range(7):
        Holiday.objects.create(on=TODAY + timedelta(days=number), name=f"Day {number}")
    for key in ("holiday", "user", "goal"):
        SOURCES[key].model.objects.update(history_date=moment)
    reader = Reader.of(people["adm"], Asked(), TODAY)
    whole = [each.place for each in reader.page(None, 1000)[0]]
    walked, after = [], None
    while True:
        entries, after = reader.page(after, 3)
        walked += [each.place for each in entries]
        if after is None:
            break
        after = Place.from_text(str(after))
    assert walked == whole
    assert len(set(map(str, walked))) == len(walked)
    assert [place.at for place in whole] == sorted((place.at for place in whole), reverse=True)


@pytest.mark.parametrize("place", ["", "x", "2026-07-01~goal~1", "2026-07-01T00:00:00+00:00~no~1"])
def test_a_place_that_is_none_begins_at_the_start(people, place):
    page = signed_in(people["adm"]).get("/settings/audit/", {"after": place})
    assert page.status_code == 200
    assert page.context["lines"]


def test_filters_narrow_by_who_kind_days_text_and_thing(people):
    Holiday.objects.create(on=TODAY, name="Founders’ day")
    SOURCES["holiday"].model.objects.update(
        history_date=datetime(2026, 3, 4, 12, tzinfo=UTC), history_user=people["adm"]
    )
    one = {"kind": "holiday"}
    adm = people["adm"]
    assert len(read(adm, **one, since=date(2026, 3, 4), until=date(2026, 3, 4))) == 1
    assert not read(adm, **one, until=date(2026, 3, 3))
    assert not read(adm, **one, since=date(2026, 3, 5))
    assert len(read(adm, **one, who=adm.email)) == 1
    assert not read(adm, **one, who=people["gl"].email)
    assert len(read(adm, **one, text="founders", since=date(2020, 1, 1))) == 1
    open_goal = Goal.objects.get(code="OPEN")
    about = {line.kind for line in read(adm, about=("goal", open_goal.pk))}
    assert {"Goal", "Role in a goal", "Indicator", "Trajectory"} <= about
    mine = read(adm, about=("user", people["gl2"].pk))
    assert {line.kind for line in mine} == {"Person", "Role", "Role in a goal"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "Enter a valid date."),
        ("since=2026-02-02&until=2026-01-01", "The last day lies before the first."),
        ("kind=password", "Select a valid choice."),
        ("about=goal:x", "Enter a valid value."),
    ],
)
def test_a_wrong_filter_gets_a_sentence_and_keeps_the_rest(people, query, words):
    answer = signed_in(people["adm"]).get(f"/settings/audit/?{query}&text=kept")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="kept"' in answer.content.decode()
    assert signed_in(people["adm"]).get(f"/settings/audit.csv?{query}").status_code == 422


def test_nothing_found_says_how_to_go_on(people):
    page = signed_in(people["adm"]).get("/settings/audit/?text=no-such-thing").content.decode()
    assert "Nothing fits" in page
    assert "The text is looked for since" in page


def test_the_file_holds_what_is_filtered_runs_nothing_and_is_noted(people):
    Holiday.objects.create(on=TODAY, name='=HYPERLINK("http://evil.test")')
    Holiday.objects.create(on=TODAY + timedelta(days=1), name="Quiet day")
    rows = table(signed_in(people["adm"]), "?kind=holiday&text=HYPER")
    assert {row["object"] for row in rows} == {'\'=HYPERLINK("http://evil.test")'}
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.EXPORTED)
    assert (event.by, event.subject) == (
        people["adm"],
        "/settings/audit.csv?kind=holiday&text=HYPER",
    )


def test_a_page_asks_as_much_for_many_lines_as_for_few(people):
    client = signed_in(people["adm"])

    def queries(many):
        for _each in range(many):
            unit = make_org_unit(f"U{OrgUnits.next()}")
            unit.name = "Another name"
            unit.save()
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/settings/audit/?kind=orgunit").status_code == 200
        return len(captured)

    assert queries(1) == queries(20) <= 25


class OrgUnits:
    number = 0

    @classmethod
    def next(cls):
        cls.number += 1
        return cls.number


def test_the_list_starts_with_a_bound_query_and_counts_nothing(people):
    client = signed_in(people["adm"])
    with CaptureQueriesContext(connection) as captured:
        client.get("/settings/audit/")
    history = [each["sql"] for each in captured if "_historical" in each["sql"]]
    assert not any("COUNT(" in sql for sql in history)
    assert len(captured) <= 110


def test_who_is_nobody_is_the_system(people):
    make_person(Role.VIEWER)
    assert User.objects.exists()
    page = signed_in(people["adm"]).get("/settings/audit/?kind=user").content.decode()
    assert "The system, or an operator" in page


def test_signing_in_is_no_change_of_a_person(people):
    before = len(read(people["adm"], kind="user"))
    signed_in(people["gl"])
    people["gl"].name = "Ada Novel"
    people["gl"].save()
    assert len(read(people["adm"], kind="user")) == before + 1
