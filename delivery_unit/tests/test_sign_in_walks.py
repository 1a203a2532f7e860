"""Signing in with a real browser: the second factor, the other door, and how the pages look."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from accounts.models import Session, User
from accounts.roles import Role
from accounts.tests.factories import make_person
from accounts.tests.test_second_factor import code_of

PASSWORD = "a-long-enough-secret"
AXE = {"resultTypes": ["violations"], "preload": False}  # preloading would fetch and inject styles
PAGES = (
    "/accounts/profile/", "/accounts/password/", "/accounts/sessions/", "/accounts/second-factor/",
)  # fmt: skip


@pytest.fixture
def ana(transactional_db):
    return make_person(
        Role.ADMINISTRATOR, email="ana@example.test", name="Ana Example", password=PASSWORD
    )


def give_password(page):
    page.get_by_label("Work e-mail").fill("ana@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def path(page):
    return urlsplit(page.url).path


def grave(page):
    """What axe calls serious or critical."""
    found = Axe().run(page, options=AXE).response["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]


def test_a_second_factor_from_setting_up_to_signing_in(page, ana):
    page.goto("/accounts/login/?next=/accounts/second-factor/")
    give_password(page)
    secret = page.locator(".key-text").inner_text().replace(" ", "")
    page.get_by_label("Code that the app shows").fill(code_of(secret, timezone.now()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    assert page.locator(".codes li").count() == 10
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    assert download.value.suggested_filename == "recovery-codes.txt"
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    give_password(page)
    assert path(page) == "/accounts/login/code/"
    page.get_by_label("Code from your app").fill(code_of(secret, timezone.now()))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ana Example").click()
    assert path(page) == "/accounts/profile/"


def test_the_other_door_and_back(page, ana, provider, browser_complaints, live_server):
    provider.knows("ana-in-a-browser", email="ana@example.test", email_verified=True)
    page.goto("/accounts/login/?next=/accounts/profile/")
    assert browser_complaints == []
    page.get_by_role("link", name="Continue with your Everly account").click()
    page.locator("input[name=sub]").fill("ana-in-a-browser")
    page.get_by_role("button", name="Authorize").click()
    assert path(page) == "/accounts/profile/"
    # What the provider's own pages load is not ours to answer for.
    assert [each for each in browser_complaints if live_server.url in each] == []
    browser_complaints.clear()


def test_the_theme_is_kept_on_the_server_and_there_at_first_paint(page, ana, sign_in):
    sign_in(page, ana)
    page.goto("/accounts/profile/")
    html = page.locator("html")
    assert html.get_attribute("data-bs-theme") == "light"
    with page.expect_response("**/accounts/theme/"):
        page.get_by_role("button", name="Light or dark").click()
    assert html.get_attribute("data-bs-theme") == "dark"
    assert path(page) == "/accounts/profile/"
    page.wait_for_timeout(200)
    assert User.objects.get().theme == "dark"
    page.goto("/goals/")
    assert html.get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_on_a_phone_in_both_themes(page, ana, sign_in, theme):
    User.objects.update(theme=theme)
    sign_in(page, ana)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (*PAGES, f"/accounts/people/{ana.pk}/sign-in/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        assert grave(page) == [], address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_before_the_door_follow_the_device(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("/accounts/login/", "/accounts/password/forgotten/"):
        page.goto(address)
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        assert grave(page) == [], address


def test_signing_in_and_ending_a_session_without_script(chromium, live_server, ana):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/login/?next=/accounts/sessions/")
    give_password(page)
    Session.objects.create(
        session_key="somewhere-else",
        session_data="",
        person=ana,
        device="Safari on iPhone",
        last_seen_at=timezone.now(),
        expire_date=timezone.now().replace(year=2099),
    )
    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="End Safari on iPhone").click()
    assert page.get_by_text("The session is ended.").is_visible()
    assert page.locator("tbody tr").count() == 1
    context.close()
