"""The walks of the issue, in a real browser, with every click counted."""

import re

import pytest

from accounts.models import AccountAssignment
from accounts.roles import Role
from accounts.tests.factories import make_account, make_person
from goals.tests.factories import make_goal
from stocktakes.tests.unit_world import make_unit
from stocktakes.unit.orphans import orphans

MOST_CLICKS = 15


class Hand:
    """A mouse that counts: opening a list and choosing from it are two clicks."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, role, name):
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()

    def choose(self, label, name):
        self.clicks += 2
        self.page.get_by_label(label, exact=True).select_option(label=name)

    def type(self, label, text):
        self.clicks += 1
        self.page.get_by_label(label, exact=True).fill(text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["admin", "lead"])
def test_five_accounts_are_handed_over_in_at_most_fifteen_clicks(page, sign_in, who):
    unit = make_unit()
    leaders = [unit.yolanda, unit.arjun]
    for number in range(3):
        leader = make_person(Role.GOAL_LEADER, name=f"Leader {number}")
        make_goal(f"C{number}", leader=leader)
        make_account(unit.hannah, leader)
        leaders.append(leader)
    sign_in(page, getattr(unit, who))
    page.goto("/overview/")
    hand = Hand(page)
    hand.click("link", "Unit room")
    hand.click("link", "Accounts")
    hand.click("link", "Hand over accounts")
    hand.choose("To", "Ruth Okafor")
    hand.type("Reason", "Ruth joins")
    for leader in leaders:
        hand.click("checkbox", re.compile(f"^{leader.name}"))
    hand.click("button", "Look at what changes")
    assert page.locator("h1").inner_text() == "Five moves, Ruth Okafor above 4.0."
    hand.click("button", re.compile("^Plan 5 moves for"))
    page.get_by_text("Planned for").wait_for()
    assert hand.clicks <= MOST_CLICKS
    rows = AccountAssignment.objects.filter(consultant=unit.ruth, kind="primary", valid_to=None)
    assert {row.goal_leader for row in rows} == set(leaders)
    assert orphans(rows[0].valid_from) == []


@pytest.mark.django_db(transaction=True)
def test_a_consultant_with_five_accounts_leaves_in_a_few_clicks(page, sign_in):
    unit = make_unit()
    for number in range(4):
        leader = make_person(Role.GOAL_LEADER, name=f"Leader {number}")
        make_goal(f"C{number}", leader=leader)
        make_account(unit.hannah, leader)
    sign_in(page, unit.admin)
    page.goto("/unit/")
    hand = Hand(page)
    hand.click("link", "Somebody leaves")
    hand.click("link", "Hannah Lindqvist")
    hand.type("Reason", "Moves away")
    hand.click("button", "Hand everything over")
    page.get_by_text("hands everything over").wait_for()
    assert hand.clicks <= MOST_CLICKS
    assert not unit.hannah.accounts_kept.filter(valid_to=None).exists()
