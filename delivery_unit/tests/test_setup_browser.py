"""Somebody new sets up five people and one goal in a real browser, through the pages alone."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from delivery_unit.setup.steps import NAMES
from goals.models import Goal
from goals.tests.factories import make_goal, make_series
from stocktakes.models import Stocktake

PASSWORD = "a-long-enough-secret"
AXE = {"resultTypes": ["violations"], "preload": False}
PEOPLE = (
    ("Sue Boss", "System leader"), ("Dee Head", "Delivery leader"),
    ("Cara Lane", "Delivery Unit consultant"), ("Lea Reed", "Goal leader"),
)  # fmt: skip
PAGES = (
    "/settings/", "/settings/start/", *(f"/settings/start/{name}/" for name in NAMES),
    "/settings/system/", "/settings/calendar/", "/settings/words/", "/settings/goals/",
    "/settings/goals/G1/", "/settings/indicators/rate/", "/settings/new-goal/",
    "/settings/new-indicator/", "/settings/new-area/", "/settings/new-aspiration/", "/data/type/",
    "/help/",
)  # fmt: skip


def path(page):
    return urlsplit(page.url).path


def press(page, name):
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def fill(page, **fields):
    for name, text in fields.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)


def choose_password(page, link, email):
    page.goto(urlsplit(link).path)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    press(page, "Set the password")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    assert page.get_by_role("button", name="Sign out").count()


def let_in(page, name):
    """The one-time link that an administrator hands over."""
    page.goto("/settings/start/people/")
    page.get_by_role("row", name=name).get_by_role("link").last.click()
    press(page, "Make a one-time link")
    return page.locator(".key-text").inner_text().strip()


@pytest.mark.usefixtures("transactional_db")
def test_from_nothing_to_a_first_stocktake(page, browser_complaints, capsys):
    page.goto("/")
    assert "create_administrator" in page.locator("pre").inner_text()
    call_command("create_administrator", "ada@harlow.example", name="Ada Admin")
    choose_password(page, capsys.readouterr().out.split()[-1], "ada@harlow.example")
    assert path(page) == "/settings/start/"
    set_the_system_up(page)
    links = {name: let_in(page, name) for name in ("Lea Reed", "Dee Head", "Cara Lane")}
    bring_in_numbers(page, links["Cara Lane"])
    draw_a_trajectory(page, links["Lea Reed"])
    approve_and_plan(page, links["Dee Head"])
    goal = Goal.objects.get()
    assert goal.measures.get().series.trajectories.get().state == "approved"
    assert list(Stocktake.objects.get().goals.all()) == [goal]
    assert browser_complaints == []


def set_the_system_up(page):
    page.get_by_role("link", name="Go on").click()
    press(page, "Save and see what is next")
    assert page.locator("[role=alert]").count() == 1
    fill(page, name="Harlow State", code="HAR", time_zone="America/Denver")
    press(page, "Save and see what is next")
    page.get_by_role("link", name="Go on").click()
    assert path(page) == "/settings/start/people/"
    for name, role in PEOPLE:
        email = f"{name.split()[0].lower()}@harlow.example"
        fill(page, name=name, email=email, role=role)
        press(page, "Add this person")
    page.go_back()  # to an empty form, which makes nobody twice
    page.reload()
    page.get_by_role("link", name="Go on: Choose one to three goals").click()
    fill(page, title="Every child reads", code="G1", new_area="Literacy", leader="Lea Reed")
    press(page, "Add this goal")
    page.get_by_role("link", name="Go on: Say what").click()
    fill(page, goal="G1 Every child reads", name="Reading rate", steward="Cara Lane")
    page.locator("[name=code]").fill("rate")
    press(page, "Measure the goal by it")
    page.get_by_role("link", name="Go on: Give every").click()
    fill(page, goal_leader="Lea Reed", consultant="Cara Lane")
    press(page, "Give this account")


def as_somebody_else(page, link, email):
    press(page, "Sign out")
    choose_password(page, link, email)


def bring_in_numbers(page, link):
    as_somebody_else(page, link, "cara@harlow.example")
    page.goto("/data/")
    page.get_by_role("link", name="Type a few values instead").click()
    fill(page, series="Reading rate, Harlow State", on_1="2024-06-30", value_1="61,5")
    fill(page, on_2="2025-06-30", value_2="63.0")
    press(page, "Start the dry run")
    assert "Use a decimal point" in page.locator("main").inner_text()
    page.get_by_role("link", name="Data desk").first.click()
    page.get_by_role("link", name="Type a few values instead").click()
    fill(page, series="Reading rate, Harlow State", on_1="2024-06-30", value_1="61.5")
    fill(page, on_2="2025-06-30", value_2="63.0")
    press(page, "Start the dry run")
    press(page, "Enter 2 values")
    assert "2 values entered" in page.locator("main, .messages").all_inner_texts()[0]


def draw_a_trajectory(page, link):
    as_somebody_else(page, link, "lea@harlow.example")
    page.goto("/goals/G1/indicators/rate/trajectory/")
    page.locator("[name=baseline]").select_option(index=2)
    fill(page, level="75", due_on="2029-06-30", reason="first path")
    press(page, "Save as draft")
    press(page, "Submit")


def approve_and_plan(page, link):
    as_somebody_else(page, link, "dee@harlow.example")
    page.goto("/goals/G1/indicators/rate/trajectory/")
    press(page, "Approve")
    page.goto("/stocktakes/new/")
    starts = timezone.localtime() + timedelta(days=7)
    fill(page, title="First stocktake", starts_at=f"{starts:%Y-%m-%dT%H:%M}")
    page.get_by_text("G1 Every child reads").click()
    press(page, "Plan stocktake")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_every_page_can_be_read_by_everybody(page, sign_in, browser_complaints, width, theme):
    System.objects.create(name="Everly")
    series = make_series(code="rate", name="Reading rate", org_unit=make_org_unit("SYS"))
    make_goal("G1", leader=make_person(Role.GOAL_LEADER), series=series)
    sign_in(page, make_person(Role.ADMINISTRATOR))
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for address in PAGES:
        page.goto(address)
        violations = Axe().run(page, options=AXE).response["violations"]
        grave = [each["id"] for each in violations if each["impact"] in {"serious", "critical"}]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            grave.append("scrolls sideways")
        if grave:
            found[address] = grave
    assert found == {}
    assert browser_complaints == []
