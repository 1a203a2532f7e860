"""What holds for pages of every app: the door, error pages, their weight, and how a browser sees them."""

import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit.views import server_error
from goals.models import Answer
from goals.tests.factories import make_goal, make_series
from stocktakes.tests.test_overview import make_measured_goal

AXE = {"resultTypes": ["violations"], "preload": False}  # preloading would fetch and inject styles
WEIGHT = 150_000  # bytes of the overview with its style and script, compressed
PASSWORD = "a-password-of-tests"


@pytest.fixture
def chief():
    return make_person(Role.GOAL_LEADER, password=PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://localhost/data/imports/3/?page=2", "%2Fdata%2Fimports%2F3%2F%3Fpage%3D2"),
        ("http://elsewhere.test/data/", "%2F"),
        ("", "%2F"),
    ],
)
def test_form_sent_after_signing_out_leads_back_to_its_page(referer, back):
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/data/imports/3/confirm/", headers={"referer": referer})
    assert answer.url == f"/accounts/login/?next={back}&unsaved=1"
    page = client.get(answer.url).content.decode()
    assert "so nothing was saved or changed" in page


@pytest.mark.django_db
def test_reading_while_signed_out_leads_back_without_alarm(client):
    answer = client.get("/goals/L1/?all")
    assert answer.url == "/accounts/login/?next=/goals/L1/%3Fall"
    assert "nothing was saved" not in client.get(answer.url).content.decode()


@pytest.mark.django_db
def test_form_without_its_token_is_refused_in_words():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"username": "a@example.test", "password": "x"})
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


@pytest.mark.django_db
def test_fault_of_ours_is_a_page_of_ours(client, monkeypatch):
    def broken(**_arguments):
        raise RuntimeError

    monkeypatch.setattr("stocktakes.overview.overview", broken)
    client.force_login(make_person(Role.SYSTEM_LEADER))
    client.raise_request_exception = False
    answer = client.get("/overview/")
    assert answer.status_code == 500
    assert "What you saved before is safe." in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
def test_database_that_is_away_is_told_as_that(client, monkeypatch, problem):
    def broken(**_arguments):
        raise problem

    monkeypatch.setattr("stocktakes.overview.overview", broken)
    client.force_login(make_person(Role.SYSTEM_LEADER))
    client.raise_request_exception = False
    answer = client.get("/overview/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "The database does not answer at the moment." in answer.content.decode()


def test_what_was_sent_while_the_database_was_away_is_said_not_to_be_saved(rf, monkeypatch):
    monkeypatch.setattr("delivery_unit.views.sys.exception", OperationalError)
    assert "was not saved" in server_error(rf.post("/goals/G1/")).content.decode()
    assert "was not saved" not in server_error(rf.get("/goals/G1/")).content.decode()


def files_of(page):
    """The style sheets and scripts that a page names, with what a style sheet imports."""
    for name in re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page):
        content = Path(finders.find(name)).read_bytes()
        yield content
        for inner in re.findall(rb'@import url\("([^"]+)"\)', content):
            path = (Path(name).parent / inner.decode()).as_posix().replace("css/../", "")
            yield Path(finders.find(path)).read_bytes()


@pytest.mark.django_db
def test_overview_of_ten_goals_is_light(client):
    for number in range(10):
        make_measured_goal(f"A{number}", "60.0")
    client.force_login(make_person(Role.SYSTEM_LEADER))
    page = client.get("/overview/").content
    parts = [page, *files_of(page.decode())]
    assert len(parts) > 5
    assert sum(len(gzip.compress(part)) for part in parts) <= WEIGHT


@pytest.mark.django_db
def test_chart_library_comes_only_where_a_chart_is(client):
    make_goal("A1", series=make_series())
    measured = make_measured_goal("A2", "60.0")
    client.force_login(make_person(Role.SYSTEM_LEADER))
    for address in ("/overview/", "/goals/", "/goals/A1/"):
        assert "plotly" not in client.get(address).content.decode(), address
    assert "plotly" in client.get(measured.get_absolute_url()).content.decode()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_pages_of_an_empty_installation_are_whole(page, sign_in, width, theme):
    System.objects.current()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    sign_in(page, make_person(Role.DELIVERY_LEADER, Role.ANALYST, Role.ADMINISTRATOR))
    for address in ("/overview/", "/", "/goals/", "/aspirations/", "/indicators/", "/data/"):
        look(page, address)
    look(page, "/stocktakes/")
    look(page, "/stocktakes/new/")
    look(page, "/settings/status/")
    look(page, "/settings/mail/")


def look(page, address):
    page.goto(address)
    assert page.locator("h1").count() == 1, address
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    found = [each["id"] for each in Axe().run(page, options=AXE).response["violations"]]
    assert found == [], address


def test_what_was_written_comes_back_after_signing_in_again(page, sign_in, chief):
    goal = make_goal("L1", leader=chief)
    address = reverse("goals:answer_edit", args=["L1", 1])
    sign_in(page, chief)
    page.goto(address)
    page.fill("textarea", "Seven in ten children read well.")
    page.context.clear_cookies(name="sessionid")
    page.click("main button[type=submit]")
    assert page.get_by_text("comes back when you sign in").is_visible()
    page.fill("[name=username]", chief.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    assert page.input_value("textarea") == "Seven in ten children read well."
    assert page.get_by_text("It is not saved yet.").is_visible()
    page.click("main button[type=submit]")
    assert Answer.objects.get(goal=goal).text == "Seven in ten children read well."
    page.goto(address)
    assert not page.get_by_text("It is not saved yet.").is_visible()


def test_what_one_person_wrote_does_not_come_to_another(page, sign_in, chief):
    make_goal("L1", leader=chief)
    other = make_person(Role.GOAL_TEAM)
    make_goal("L2", leader=other)
    sign_in(page, chief)
    page.goto(reverse("goals:answer_edit", args=["L1", 1]))
    page.fill("textarea", "Between us.")
    page.context.clear_cookies(name="sessionid")
    page.click("main button[type=submit]")
    sign_in(page, other)
    page.goto(reverse("goals:answer_edit", args=["L2", 1]))
    assert page.input_value("textarea") == ""


def test_paper_is_light_whatever_the_screen_is(page):
    page.goto("/accounts/login/")
    tokens = {}
    for theme in ("light", "dark"):
        page.emulate_media(media="print", color_scheme=theme)
        page.wait_for_selector(f"html[data-bs-theme={theme}]", state="attached")
        tokens[theme] = page.evaluate(
            """() => {
                const style = getComputedStyle(document.documentElement);
                const named = Array.from(style).filter((name) => /^--(?!bs-)/.test(name));
                const sheets = ["--paper", "--ink", "--tint-2", "--r-n-t", "--c-band", "--c-actual"];
                return [...named, ...sheets, "color-scheme"].map((name) => style.getPropertyValue(name));
            }"""
        )
    assert tokens["light"] == tokens["dark"]
    assert "#15202b" in tokens["dark"]
