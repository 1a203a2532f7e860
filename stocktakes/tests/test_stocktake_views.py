"""The pages of stocktakes and packs: what they show, do and refuse."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.as_at import as_at
from accounts.models import Holiday, System
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.tests.factories import make_goal
from stocktakes import pdf as pdf_module
from stocktakes.actions.packs import issue_pack
from stocktakes.models import Pack, Stocktake
from stocktakes.pdf import PdfUnavailable
from stocktakes.preparation import checks, timeline
from stocktakes.snapshot import from_text
from stocktakes.tests.factories import QUESTIONS, make_measured_goal, make_stocktake

NOW = datetime(2026, 7, 21, 13, 40, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    System.objects.create(name="Everly", time_zone="America/Denver", weekend=[6, 7])
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead():
    return make_person(Role.DELIVERY_LEADER, name="Tomás Herrera")


@pytest.fixture
def consultant():
    return make_person(Role.CONSULTANT, name="Hannah Lindqvist")


@pytest.fixture
def chief():
    return make_person(Role.GOAL_LEADER, name="Yolanda Freeman")


@pytest.fixture
def stocktake(consultant, chief):
    goal = make_measured_goal("L1", leader=chief)
    return make_stocktake(
        goal, title="Literacy stocktake", prepared_by=consultant, questions=QUESTIONS[:1]
    )


@pytest.fixture
def pack(stocktake, consultant):
    return issue_pack(stocktake=stocktake, by=consultant, at=NOW)


@pytest.fixture
def secret():
    return make_goal("SECRET", is_confidential=True)


def url(name, *args):
    return reverse(f"stocktakes:{name}", args=args)


def read(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(url(name, *args), query)


def write(client, user, name, *args, **data):
    client.force_login(user)
    return client.post(url(name, *args), data)


def text_of(response):
    return " ".join(response.content.decode().split())


# --- list -----------------------------------------------------------------------------------------


def test_stocktake_list_shows_the_next_first_and_the_last_first(client, lead, stocktake):
    for days in (30, 10, -10, -40):
        make_stocktake(title=f"In {days} days", starts_at=NOW + timedelta(days=days))
    rows = read(client, lead, "stocktake_list").context["rows"]
    assert [row.stocktake.title for row in rows.ahead] == [
        "Literacy stocktake",
        "In 10 days",
        "In 30 days",
    ]
    assert [row.stocktake.title for row in rows.behind] == ["In -10 days", "In -40 days"]


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.CONSULTANT, True), (Role.GOAL_LEADER, False), (Role.VIEWER, False)]
)
def test_stocktake_list_when_empty_says_the_next_step_to_those_who_may(client, role, offered):
    page = text_of(read(client, make_person(role), "stocktake_list"))
    assert "No stocktake is planned" in page
    assert (url("stocktake_new") in page) is offered


@pytest.mark.parametrize("many", [1, 3])
def test_stocktake_list_asks_a_fixed_number_of_questions(
    client, django_assert_max_num_queries, lead, consultant, many
):
    for number in range(many):
        row = make_stocktake(make_measured_goal(f"L{number}"))
        issue_pack(stocktake=row, by=consultant, at=NOW)
    client.force_login(lead)
    with django_assert_max_num_queries(8):
        client.get(url("stocktake_list"))


# --- page -----------------------------------------------------------------------------------------


def test_stocktake_detail_shows_days_preview_and_what_is_missing(client, consultant, stocktake):
    response = read(client, consultant, "stocktake_detail", stocktake.pk)
    page = text_of(response)
    assert "Literacy stocktake, Tue 28 Jul 2026" in page
    assert "04:00 to 04:45, Room 4" in page  # 10:00 UTC, in the zone of the system
    assert [(step.label, step.on, step.state) for step in response.context["view"].steps] == [
        ("T−10", date(2026, 7, 14), "done"),
        ("T−7", date(2026, 7, 17), "now"),
        ("T−3", date(2026, 7, 23), "ahead"),
        ("T", date(2026, 7, 28), "ahead"),
        ("T+2", date(2026, 7, 30), "ahead"),
    ]
    assert "3.1 pp behind" in page
    assert QUESTIONS[0] in page.replace("&#x27;", "'")
    assert "5 of 5 done" in page


def test_the_days_leave_out_holidays(client, consultant, stocktake):
    Holiday.objects.create(on=date(2026, 7, 24), name="Pioneer Day")
    response = read(client, consultant, "stocktake_detail", stocktake.pk)
    assert [step.on.day for step in response.context["view"].steps] == [13, 16, 22, 28, 30]


def test_after_the_last_day_all_steps_are_done():
    from accounts.calendar import WorkingCalendar  # noqa: PLC0415

    steps = timeline(
        meeting_on=date(2026, 7, 28), today=date(2026, 8, 10), calendar=WorkingCalendar.of([], [])
    )
    assert {step.state for step in steps} == {"done"}


def test_checks_name_what_is_missing(stocktake, consultant):
    other = make_stocktake(make_goal("N1"), *stocktake.goals.all())
    goals = from_text(issue_pack(stocktake=other, by=consultant, at=NOW).snapshot).goals
    assert [check.missing for check in checks(goals)] == [
        (),
        ("N1: no goal indicator",),
        ("N1: none written",),
        ("N1", "L1"),
        (),
    ]
    assert checks(())[0].missing == ("no goal yet",)


@pytest.mark.parametrize("state", ["planned", "held"])
def test_stocktake_detail_asks_as_much_for_three_goals_as_for_one(client, lead, state):
    def queries(*goals):
        stocktake = make_stocktake(*goals, state=state)
        client.force_login(lead)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(stocktake.get_absolute_url()).status_code == 200
        return len(captured)

    one = queries(make_measured_goal("A1"))
    assert queries(*(make_measured_goal(f"B{number}") for number in range(3))) == one <= 30


def test_a_stocktake_with_a_goal_one_may_not_see_does_not_exist(
    client, consultant, chief, stocktake, secret
):
    stocktake.agenda.create(goal=secret)
    for name in ("stocktake_detail", "stocktake_edit", "pack_detail", "pack_pdf", "pack_styles"):
        for person in (consultant, chief):
            assert read(client, person, name, stocktake.pk).status_code == 404


@pytest.mark.parametrize("role", [Role.BOARD, Role.VIEWER, Role.ANALYST, Role.ADMINISTRATOR])
def test_others_see_no_stocktake(client, stocktake, role):
    assert read(client, make_person(role), "stocktake_detail", stocktake.pk).status_code == 404


def test_a_number_too_large_for_any_row_is_not_found(client, lead):
    assert read(client, lead, "stocktake_detail", 10**30).status_code == 404


# --- planning -------------------------------------------------------------------------------------


def plan(goal, chair, **fields):
    return {
        "title": "Autumn stocktake", "starts_at": "2026-09-01T10:00", "minutes": "60",
        "place": "Room 1", "chair": chair.pk, "goals": [goal.pk], "attendees": [], **fields,
    }  # fmt: skip


def test_stocktake_new_plans_a_meeting_in_the_zone_of_the_system(client, consultant, stocktake):
    goal = stocktake.goals.get()
    response = write(
        client,
        consultant,
        "stocktake_new",
        **plan(goal, stocktake.chair, attendees=[consultant.pk]),
    )
    made = Stocktake.objects.get(title="Autumn stocktake")
    assert response.url == made.get_absolute_url()
    assert made.starts_at == datetime(2026, 9, 1, 10, tzinfo=ZoneInfo("America/Denver"))
    assert (made.prepared_by, list(made.goals.all())) == (consultant, [goal])
    assert [row.person for row in made.attendees.all()] == [consultant]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "Give it a title."),
        ({"starts_at": "soon"}, "Write day and time like 2026-07-28 10:00."),
        ({"starts_at": ""}, "Say when it starts."),
        ({"starts_at": "9999-12-31T23:59"}, "Choose a day between 2000 and 2100."),
        ({"minutes": "0"}, "greater than or equal to 5"),
        ({"chair": "999999"}, "Choose somebody who may chair a stocktake."),
        ({"goals": ["999999"]}, "Choose goals from the list."),
        ({"goals": ["x"]}, "Choose goals from the list."),
        ({"attendees": ["999999"]}, "Choose people from the list."),
    ],
)
def test_stocktake_new_refuses_with_a_sentence(client, consultant, stocktake, change, sentence):
    data = plan(stocktake.goals.get(), stocktake.chair) | change
    response = write(client, consultant, "stocktake_new", **data)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert Stocktake.objects.count() == 1


def test_a_forged_goal_is_refused_and_a_forged_chair_too(client, consultant, stocktake, secret):
    data = plan(secret, stocktake.chair)
    assert "Choose goals from the list." in text_of(
        write(client, consultant, "stocktake_new", **data)
    )
    data = plan(stocktake.goals.get(), consultant)
    assert "may chair a stocktake" in text_of(write(client, consultant, "stocktake_new", **data))
    assert Stocktake.objects.count() == 1


def test_only_the_unit_plans_and_changes(client, chief, stocktake):
    data = plan(stocktake.goals.get(), stocktake.chair)
    assert write(client, chief, "stocktake_new", **data).status_code == 403
    for name in ("stocktake_edit", "stocktake_hold", "stocktake_cancel", "pack_issue"):
        assert write(client, chief, name, stocktake.pk, **data).status_code == 403
    assert write(client, chief, "agenda_edit", stocktake.pk, "L1").status_code == 403
    assert Stocktake.objects.count() == 1


def test_stocktake_edit_keeps_the_questions_of_goals_that_stay(client, lead, stocktake, secret):
    goal = stocktake.goals.get()
    write(
        client, lead, "stocktake_edit", stocktake.pk,
        **plan(goal, stocktake.chair, goals=[goal.pk, secret.pk]),
    )  # fmt: skip
    items = {item.goal.code: item.questions for item in stocktake.agenda.all()}
    assert items == {"L1": [QUESTIONS[0]], "SECRET": []}
    write(client, lead, "stocktake_edit", stocktake.pk, **plan(secret, stocktake.chair))
    assert [item.goal.code for item in stocktake.agenda.all()] == ["SECRET"]


def test_agenda_edit_writes_summary_and_questions(client, consultant, stocktake):
    response = write(
        client, consultant, "agenda_edit", stocktake.pk, "L1",
        summary=" Gains, but too slow. ", question_1="", question_2="Second?", question_3="Third?",
    )  # fmt: skip
    item = stocktake.agenda.get()
    assert response.url == stocktake.get_absolute_url()
    assert (item.summary, item.questions) == ("Gains, but too slow.", ["Second?", "Third?"])
    assert read(client, consultant, "agenda_edit", stocktake.pk, "XX").status_code == 404


def test_agenda_edit_refuses_what_is_too_long(client, consultant, stocktake):
    response = write(client, consultant, "agenda_edit", stocktake.pk, "L1", summary="x" * 401)
    assert "at most 400 characters" in text_of(response)


def test_stocktake_hold_needs_the_meeting_to_have_begun(client, consultant, stocktake):
    client.force_login(consultant)
    page = text_of(client.post(url("stocktake_hold", stocktake.pk), follow=True))
    assert "has not begun yet" in page
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        client.force_login(consultant)
        page = text_of(client.post(url("stocktake_hold", stocktake.pk), follow=True))
    stocktake.refresh_from_db()
    assert (stocktake.state, "marked as held" in page) == ("held", True)


def test_stocktake_cancel_needs_a_reason_and_is_final(client, consultant, stocktake):
    page = text_of(write(client, consultant, "stocktake_cancel", stocktake.pk, reason=""))
    assert "Say why the stocktake is cancelled." in page
    write(client, consultant, "stocktake_cancel", stocktake.pk, reason="Snow")
    stocktake.refresh_from_db()
    assert (stocktake.state, stocktake.state_reason) == ("cancelled", "Snow")
    data = plan(stocktake.goals.get(), stocktake.chair)
    page = text_of(write(client, consultant, "stocktake_edit", stocktake.pk, **data))
    assert "It cannot be changed any more." in page


# --- packs ----------------------------------------------------------------------------------------


def test_pack_issue_freezes_version_1_and_tells(client, consultant, stocktake):
    client.force_login(consultant)
    response = client.post(url("pack_issue", stocktake.pk), {"after": "0"}, follow=True)
    assert "Pack version 1 is issued." in text_of(response)
    assert Pack.objects.get().version == 1


def test_pack_issue_pressed_twice_issues_once(client, consultant, stocktake):
    client.force_login(consultant)
    for _press in range(2):
        response = client.post(url("pack_issue", stocktake.pk), {"after": "0"}, follow=True)
    assert Pack.objects.count() == 1
    assert "Version 1 was issued in the meantime" in text_of(response)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"after": "1"}, "Say what has changed"),
        ({"after": "1", "change_note": "x" * 301}, "at most 300 characters"),
        ({"after": "x", "change_note": "y"}, "whole number"),
    ],
)
def test_pack_issue_refuses_with_a_sentence(client, consultant, pack, data, sentence):
    response = write(client, consultant, "pack_issue", pack.stocktake_id, **data)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert Pack.objects.count() == 1


def test_pack_issue_of_an_empty_agenda_says_so(client, consultant):
    empty = make_stocktake(prepared_by=consultant)
    page = text_of(write(client, consultant, "pack_issue", empty.pk, after="0"))
    assert "No goal is on the agenda yet." in page


def test_pack_detail_shows_the_version_asked_for(client, chief, pack, consultant):
    issue_pack(
        stocktake=pack.stocktake, by=consultant, at=NOW + timedelta(hours=1), change_note="Again."
    )
    newest = text_of(read(client, chief, "pack_detail", pack.stocktake_id))
    first = text_of(read(client, chief, "pack_detail", pack.stocktake_id, version=1))
    assert ("Version 2, issued" in newest, "Version 1, issued" in first) == (True, True)
    assert "59.9%" in first
    assert pack.sha256 in first
    for version in ("3", "0", "x", "-1", "٣", "99999999999999999999"):
        answer = read(client, chief, "pack_detail", pack.stocktake_id, version=version)
        assert answer.status_code == 404


def test_pack_detail_without_a_pack_says_so(client, chief, stocktake):
    response = read(client, chief, "pack_detail", stocktake.pk)
    assert (response.status_code, "No pack has been issued yet" in text_of(response)) == (200, True)
    assert read(client, chief, "pack_pdf", stocktake.pk).status_code == 404


def test_pack_styles_carry_heads_and_feet(client, chief, pack):
    response = read(client, chief, "pack_styles", pack.stocktake_id, version=1)
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (
        "Version 1. Numbers as known at 21 Jul 2026, 07:40."
        in response.content.decode().replace("\\00003a", ":")
    )


@pytest.mark.usefixtures("pdf_engine")
def test_pack_pdf_keeps_its_bytes_and_names_the_file(client, chief, pack):
    first = read(client, chief, "pack_pdf", pack.stocktake_id)
    again = read(client, chief, "pack_pdf", pack.stocktake_id, version=1)
    assert first.content == again.content == bytes(Pack.objects.get().pdf)
    assert {name: first.headers[name] for name in (
        "Content-Type", "Content-Disposition", "X-Content-Type-Options", "Cache-Control",
    )} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="2026-07-28-literacy-stocktake-pack-v1.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }  # fmt: skip


def test_pack_pdf_without_pango_offers_the_print_page(client, chief, pack, monkeypatch):
    def missing():
        raise PdfUnavailable("no pango")

    monkeypatch.setattr(pdf_module, "_engine", missing)
    response = read(client, chief, "pack_pdf", pack.stocktake_id)
    assert response.status_code == 200
    assert "This machine cannot draw PDF files" in text_of(response)
    assert pack.get_absolute_url() in response.content.decode()


def test_a_pack_stays_closed_when_its_secret_goal_has_left_the_agenda(
    client, consultant, lead, chief, stocktake, secret
):
    item = stocktake.agenda.create(goal=secret)
    issue_pack(stocktake=stocktake, by=lead, at=NOW)
    item.delete()
    for person, status in ((lead, 200), (consultant, 404), (chief, 404)):
        answer = read(client, person, "pack_detail", stocktake.pk, version=1)
        assert answer.status_code == status
        assert read(client, person, "pack_pdf", stocktake.pk).status_code == status
    assert "SECRET" not in text_of(read(client, chief, "stocktake_detail", stocktake.pk))
    assert "Version 1" not in text_of(read(client, chief, "stocktake_list"))


def test_pack_detail_needs_few_queries(client, chief, pack, django_assert_max_num_queries):
    client.force_login(chief)
    with django_assert_max_num_queries(8):
        client.get(pack.get_absolute_url())


# --- tags, command, admin -------------------------------------------------------------------------


def render(tag, user, goal):
    request = RequestFactory().get("/")
    request.user, request.as_at = user, as_at("", now=NOW)
    context = RequestContext(request, {"goal": goal})
    return Template("{% load stocktake_tags %}{% " + tag + " goal %}").render(context)


def test_tags_show_only_what_the_reader_may_see(chief, pack, django_assert_num_queries):
    goal = pack.goals.get()
    assert chief.access
    with django_assert_num_queries(1):
        assert "Literacy stocktake" in render("next_stocktake", chief, goal)
    with django_assert_num_queries(1):
        assert pack.get_absolute_url() in render("goal_packs", chief, goal)
    assert "none planned" in render("next_stocktake", make_person(Role.VIEWER), goal)
    assert "No pack that you may read" in render("goal_packs", make_person(Role.VIEWER), goal)


@pytest.mark.usefixtures("pdf_engine")
def test_render_pack_writes_files(pack, tmp_path, capsys):
    for ending in ("pdf", "html"):
        call_command("render_pack", str(pack.stocktake_id), "--to", str(tmp_path / f"p.{ending}"))
    assert (tmp_path / "p.pdf").read_bytes() == bytes(Pack.objects.get().pdf)
    assert "Every child reads well" in (tmp_path / "p.html").read_text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("p.pptx", "Slides are not made yet."),
        ("p.doc", "ends in .pdf or .html"),
        ("no/such/folder/p.html", "Cannot write"),
    ],
)
def test_render_pack_refuses_with_a_sentence(pack, tmp_path, name, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("render_pack", str(pack.stocktake_id), "--to", str(tmp_path / name))


def test_render_pack_names_a_missing_pack(stocktake, tmp_path):
    with pytest.raises(CommandError, match="has no issued pack"):
        call_command("render_pack", str(stocktake.pk), "--to", str(tmp_path / "p.pdf"))


def test_the_admin_shows_stocktakes_but_edits_no_pack(client, pack, lead, stocktake, secret):
    client.force_login(make_person(Role.ADMINISTRATOR))
    page = reverse("admin:stocktakes_pack_change", args=[pack.pk])
    shown = client.get(page)
    assert (shown.status_code, pack.sha256 in text_of(shown)) == (200, True)
    assert "59.9%" not in text_of(shown)
    assert client.post(page, {"version": "9"}).status_code == 403
    assert client.post(reverse("admin:stocktakes_pack_delete", args=[pack.pk])).status_code == 403
    hidden = make_stocktake(secret, title="Hidden meeting")
    rows = text_of(client.get(reverse("admin:stocktakes_stocktake_changelist")))
    assert ("Literacy stocktake" in rows, hidden.title in rows) == (True, False)


def test_a_consultant_of_the_secret_goal_prepares_it(client, consultant, secret):
    leader = make_person(Role.GOAL_LEADER)
    secret.roles.create(person=leader, role="leader", valid_from=date(2020, 1, 1))
    make_account(consultant, leader)
    row = make_stocktake(secret)
    assert read(client, consultant, "stocktake_edit", row.pk).status_code == 200
