"""Pages on paper: the overview on one sheet, its heads on every further one, and no controls."""

import re

import pytest
import time_machine

from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.models import ContentArea
from stocktakes.tests.factories import READING, make_measured_goal, make_stocktake

SHEET = rb"/Type\s*/Page\b"
WIDE = rb"/MediaBox\s*\[0 0 841\.\d+ 59[45]\.\d+\]"
HEAD = rb"/URI\s*\([^)]*sort=goal"
AREAS = ("Literacy in the early grades", "Science and mathematics", "College and careers")


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel("2026-07-21T10:00:00+00:00"):
        yield


@pytest.fixture
def paper(page, sign_in):
    """`paper(address)`: the PDF that the browser prints."""

    def paper(address):
        sign_in(page, make_person(Role.SYSTEM_LEADER))
        page.goto(address)
        return page.pdf(prefer_css_page_size=True)

    return paper


def make_wall(goals):
    """As full as a wall gets: long titles, areas with their chiefs, meetings, late data and new."""
    for number, name in enumerate(AREAS):
        chief = make_person(Role.GOAL_LEADER, name=f"Alexandria Featherstonehaugh {number}")
        ContentArea.objects.create(code=f"A{number}", name=name, chief=chief)
    made = [
        make_measured_goal(
            f"G{number}",
            area=f"A{number % len(AREAS)}",
            title=f"Every child in the state reads and writes well by the end of grade {number}",
            values=READING[: len(READING) - number % 3],
        )
        for number in range(goals)
    ]
    make_stocktake(*made)


@pytest.mark.parametrize("goals", [1, 10, 11, 15])
def test_up_to_fifteen_goals_are_one_sheet(paper, goals):
    make_wall(goals)
    printed = paper("/overview/")
    assert len(re.findall(SHEET, printed)) == 1
    assert re.search(WIDE, printed)


@pytest.mark.parametrize(("goals", "sheets"), [(16, 1), (45, 2)])
def test_more_goals_have_the_heads_on_every_sheet(paper, goals, sheets):
    make_wall(goals)
    printed = paper("/overview/")
    assert len(re.findall(SHEET, printed)) == sheets
    assert len(re.findall(HEAD, printed)) == sheets


def test_a_person_on_paper_is_that_person_without_controls(page, sign_in):
    ana = make_person(Role.GOAL_LEADER, name="Ana Person")
    sign_in(page, make_person(Role.ADMINISTRATOR, name="Ada Admin"))
    page.goto(f"/unit/people/{ana.pk}/")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Ana Person").is_visible()
    assert not page.get_by_text("Ada Admin").first.is_visible()
    for control in page.locator("main").locator("input, select, textarea, button, .btn").all():
        assert not control.is_visible()
