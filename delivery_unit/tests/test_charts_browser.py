"""Charts in a real browser: the static drawing first, the large library when it can be of use."""

import pytest

from accounts.roles import Role
from accounts.tests.factories import make_person
from stocktakes.tests.factories import make_measured_goal

LIBRARY = "plotly.min"


@pytest.fixture
def chart(page, sign_in):
    """`chart(has_touch=...)`: the page of a goal with numbers, and what it asked the server for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    def chart(*, has_touch):
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": has_touch})
        sign_in(page, make_person(Role.SYSTEM_LEADER))
        page.goto(make_measured_goal().get_absolute_url(), wait_until="networkidle")
        return page.locator("[data-chart]"), asked

    return chart


def came(asked):
    return sum(LIBRARY in url for url in asked)


def test_with_a_mouse_the_chart_answers_to_pointing(chart, page):
    figure, asked = chart(has_touch=False)
    page.locator("[data-chart].is-drawn .main-svg").first.wait_for()
    assert came(asked) == 1
    assert not figure.locator(".drawn").is_visible()
    figure.scroll_into_view_if_needed()
    said = page.locator(".hoverlayer").get_by_text("Actual : 54.6%")
    for _time in range(20):  # a chart that still settles forgets the mouse
        place = figure.locator(".scatterlayer .point").nth(2).bounding_box()
        page.mouse.move(0, 0)
        page.mouse.move(place["x"] + 3, place["y"] + 3, steps=2)
        page.wait_for_timeout(250)
        if said.is_visible():
            break
    assert said.is_visible()


def test_on_a_phone_the_library_comes_when_the_chart_is_touched_and_nothing_moves(chart, page):
    page.set_viewport_size({"width": 390, "height": 900})
    figure, asked = chart(has_touch=True)
    page.wait_for_timeout(500)
    assert came(asked) == 0
    assert figure.locator(".drawn svg.chart-narrow").is_visible()
    height = figure.bounding_box()["height"]
    figure.locator(".drawn").click()
    page.locator("[data-chart].is-drawn .main-svg").first.wait_for()
    assert came(asked) == 1
    assert figure.bounding_box()["height"] == height


def test_a_chart_fits_when_its_tab_is_opened_and_when_the_window_changes(page, sign_in):
    sign_in(page, make_person(Role.SYSTEM_LEADER))
    page.goto(f"{make_measured_goal().get_absolute_url()}#plan", wait_until="networkidle")
    page.locator("a[href='#progress']").click()
    drawn = page.locator("[data-chart].is-drawn .main-svg").first
    drawn.wait_for()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        room = page.locator(".plot").bounding_box()
        assert abs(drawn.bounding_box()["width"] - room["width"]) < 1, width
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width


def test_if_the_library_does_not_come_the_drawing_stands(chart, page, browser_complaints):
    page.route(f"**/{LIBRARY}*", lambda route: route.abort())
    figure, asked = chart(has_touch=False)
    assert came(asked) == 1
    assert figure.locator(".drawn svg").first.is_visible()
    assert browser_complaints == ["console: Failed to load resource: net::ERR_FAILED"]
    browser_complaints.clear()
    page.unroute(f"**/{LIBRARY}*")
    figure.locator(".drawn").click()
    page.locator("[data-chart].is-drawn .main-svg").first.wait_for()
