"""Somebody new sets up forty people and three goals in a real browser, through the pages alone."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from django.utils import timezone

from accounts.models import AccountChange, System, User
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from delivery_unit.setup.steps import NAMES
from goals.models import Goal, Observation
from goals.tests.factories import make_goal, make_series

PASSWORD = "a-long-enough-secret"
AXE = {"resultTypes": ["violations"], "preload": False}
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


def follow(page, name, *, last=False):
    found = page.get_by_role("link", name=name)
    (found.last if last else found.first).click()
    page.wait_for_load_state()


def upload(page, name, *rows):
    """A file of a spreadsheet, read on trial."""
    content = "\n".join(rows).encode()
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Start the dry run")
    return page.locator("main").inner_text()


@pytest.mark.usefixtures("transactional_db")
def test_somebody_new_sets_up_forty_people_and_three_goals(
    page, browser_complaints, capsys, live_server, settings
):
    """Through the pages alone, with the mistakes that people make, to a pack that is read."""
    settings.SITE_URL = live_server.url  # where invitations lead
    page.goto("/")
    assert "create_administrator" in page.locator("pre").inner_text()
    call_command("create_administrator", "ada@harlow.example", name="Ada Admin")
    choose_password(page, capsys.readouterr().out.split()[-1], "ada@harlow.example")
    assert path(page) == "/settings/start/"
    name_the_system(page)
    enter_parts(page)
    enter_people(page)
    assert User.objects.count() == 40
    choose_goals(page)
    enter_numbers(page)
    links = invite(page, "Dee Head", "Lea Reed", "Stan Bell", "Max Fine", "Sue Boss")
    for name, (code, *_rest) in zip(("Lea Reed", "Stan Bell", "Max Fine"), GOALS, strict=True):
        draw_a_trajectory(page, links[name], name, code)
    approve_plan_and_issue(page, links["Dee Head"])
    read_as_the_leader(page, links["Sue Boss"])
    assert Goal.objects.filter(
        measures__series__trajectories__state="approved",
        stocktakes__packs__version=1,
    ).count() == len(GOALS)
    assert AccountChange.objects.count() == len(GOALS)
    assert browser_complaints == []


def name_the_system(page):
    follow(page, "Go on")
    press(page, "Save and see what is next")
    assert page.locator("[role=alert]").count() == 1
    fill(page, name="Harlow State", code="HAR", time_zone="America/Denver")
    fill(page, fiscal_year_start="July")
    press(page, "Save and see what is next")
    follow(page, "Write down holidays")
    fill(page, days="25/12/2026 Christmas Day\n2027-01-01 New Year")
    press(page, "Add to the calendar")
    assert "Line 1 does not begin with a day" in page.locator("main").inner_text()
    fill(page, days="2026-12-25 Christmas Day\n2027-01-01 New Year")
    press(page, "Add to the calendar")
    follow(page, "Go on: Use your own words")
    fill(page, system_leader="State Superintendent")
    press(page, "Save the words")
    follow(page, "Go on: Enter the parts")


def enter_parts(page):
    follow(page, "Bring in many from a file")
    assert "directly below the whole is HAR" in page.locator("main").inner_text()
    head = "code,name,type,parent_code,valid_from,valid_to"
    rows = ["UNIT,Delivery Unit,office,HAR,,", "LIT,Literacy,division,HAR,,"]
    said = upload(page, "parts.csv", head, *rows, "STEM,Science,division,HARR,,")
    assert "There is no unit with this code" in said
    follow(page, "Read the corrected file")
    upload(page, "parts.csv", head, *rows, "STEM,Science,division,HAR,,")
    press(page, "Enter 3 rows")
    follow(page, "Setting up, step by step")
    follow(page, "Enter the parts")
    follow(page, "Add one by hand")
    press(page, "Add the office")
    assert "Give a short code." in page.locator("main").inner_text()
    fill(page, code="N", name="North", kind="district", parent="Harlow State (HAR)")
    press(page, "Add the office")


def enter_people(page):
    follow(page, "Settings")
    follow(page, "Name the people who run it")
    for name, role, title in (
        ("Sue Boss", "State Superintendent", "State Superintendent"),
        ("Dee Head", "Delivery leader", "Delivery Leader"),
        ("Max Fine", "Goal leader", "Chief of Finance"),
    ):
        fill(page, name=name, email=address(name), role=role, title=title)
        press(page, "Add this person")
    page.go_back()  # to an empty form, which makes nobody twice
    page.reload()
    follow(page, "Bring in many people from a file")
    head = "email,name,title,org_unit_code,reports_to_email,role,fte_percent"
    rows = [
        "lea@harlow.example,Lea Reed,Chief of Literacy,LIT,sue@harlow.example,goal_leader,",
        "cara@harlow.example,Cara Lane,Advisor,UNIT,dee@harlow.example,consultant,100",
        "carl@harlow.example,Carl Moss,Advisor,UNIT,dee@harlow.example,consultant,80",
    ] + [
        f"p{n}@harlow.example,Person {n},Officer,STEM,stan@harlow.example,goal_team,"
        for n in range(32)
    ]
    stan = "stan@harlow.example,Stan Bell,Chief of Science,{},sue@harlow.example,Goal leader,"
    said = upload(page, "people.csv", head, *rows, stan.format("STEMM"))
    assert "33 rows are not right" in said
    assert "Line 37, which this row needs, is not right." in said
    follow(page, "Read the corrected file")
    upload(page, "people.csv", head, *rows, stan.format("STEM"))
    press(page, "Enter 36 rows")
    follow(page, "Setting up, step by step")


def address(name):
    return f"{name.split()[0].lower()}@harlow.example"


GOALS = (
    ("L1", "Every child reads", "Reading rate", "read", "Lea Reed, Chief of Literacy"),
    ("S1", "More take algebra", "Algebra rate", "alg", "Stan Bell, Chief of Science"),
    ("F1", "Bills are paid in time", "Paid in time", "paid", "Max Fine, Chief of Finance"),
)


def choose_goals(page):
    follow(page, "Go on: Choose one to three goals")
    for code, title, _name, _indicator, leader in GOALS:
        fill(page, title=title, code=code, new_area=f"Area of {code}", leader=leader)
        press(page, "Add this goal")
    follow(page, "Go on: Say what")
    for code, title, name, indicator, _leader in GOALS:
        fill(page, goal=f"{code} {title}", name=name, code=indicator)
        press(page, "Measure the goal by it")
    follow(page, "Go on: Give every")
    for *_goal, leader in GOALS:
        fill(page, goal_leader=leader, consultant="Cara Lane, Advisor")
        press(page, "Give this account")
    follow(page, "Go on: Bring in the first numbers")


def enter_numbers(page):
    shown = page.locator("main").inner_text()
    assert "indicator_code read" in shown
    assert "org_unit_code HAR" in shown
    follow(page, "Bring a file")
    head = (
        "indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,numerator,"
        "denominator,status,published_on,source,note"
    )
    row = "{},HAR,all,2024-07-01,2025-06-30,{},,,final,2025-08-15,Office of data,"
    right = [row.format("read", "61.5"), row.format("alg", "31.0")]
    said = upload(page, "numbers.csv", head, *right, row.format("paid", '"45,5"'))
    assert "Use a decimal point" in said
    follow(page, "Data desk")
    upload(page, "numbers.csv", head, *right, row.format("paid", "45.5"))
    press(page, "Enter 3 values")
    assert Observation.objects.count() == len(GOALS)


def invite(page, *names):
    """The steps name who is still outside; each gets a link to be handed over."""
    follow(page, "Settings")
    follow(page, "Draw the trajectories")
    links = {}
    for name in names:
        if not page.get_by_role("link", name=name, exact=True).count():
            page.goto(f"/unit/people/?q={name.split()[1]}")
        follow(page, name)
        press(page, "Invite")
        links[name] = page.locator(".key-text").inner_text().strip()
        page.goto("/settings/start/trajectories/")
    return links


def as_somebody_else(page, link, name):
    press(page, "Sign out")
    choose_password(page, link, address(name))


def draw_a_trajectory(page, link, name, code):
    as_somebody_else(page, link, name)
    follow(page, f"{code} has no approved trajectory")
    follow(page, "Open the trajectory")
    page.locator("[name=baseline]").select_option(index=1)
    fill(page, level="75", due_on="2029-06-30")
    press(page, "Save as draft")
    press(page, "Submit")


def approve_plan_and_issue(page, link):
    as_somebody_else(page, link, "Dee Head")
    for code, *_rest in GOALS:
        follow(page, "My day")
        follow(page, f"{code} waits for your approval")
        press(page, "Approve")
    follow(page, "My day")
    assert "waits for your approval" not in page.locator("main").inner_text()
    follow(page, "Stocktakes")
    follow(page, "Plan a stocktake")
    starts = timezone.localtime() + timedelta(days=7)
    fill(page, title="First stocktake", starts_at=f"{starts:%Y-%m-%dT%H:%M}")
    for code, title, *_rest in GOALS:
        page.get_by_text(f"{code} {title}").click()
    press(page, "Plan stocktake")
    press(page, "Issue version 1")


def read_as_the_leader(page, link):
    as_somebody_else(page, link, "Sue Boss")
    assert path(page) == "/overview/"
    shown = page.locator("main").inner_text()
    assert all(title in shown for _code, title, *_rest in GOALS)
    follow(page, "First stocktake")
    follow(page, "Read and print the pack")
    assert "Every child reads" in page.locator("article.sheet, main").first.inner_text()


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
