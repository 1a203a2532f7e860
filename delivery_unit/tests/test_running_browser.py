"""The pages of a running installation in a real browser: by keyboard, and on a phone."""

import pytest

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit.tests.test_pages import look
from delivery_unit.tests.world import make_trouble
from stocktakes.models import Intervention
from stocktakes.tests.factories import make_job


@pytest.fixture
def admin(page, sign_in):
    System.objects.create(name="Everly")
    person = make_person(Role.ADMINISTRATOR, name="Joan Admin")
    sign_in(page, person)
    return person


def test_mail_is_stopped_and_started_by_keyboard(page, admin):
    page.goto("/settings/mail/")
    page.get_by_role("button", name="Stop outgoing mail").press("Enter")
    page.get_by_role("heading", level=1, name="Outgoing mail is stopped").wait_for()
    page.get_by_role("button", name="Start outgoing mail").press("Enter")
    page.get_by_text("Outgoing mail runs. 0 mails that waited").wait_for()
    assert Intervention.objects.count() == 2


@pytest.mark.parametrize("width", [320, 1024])
def test_the_pages_are_whole_when_there_is_much_to_decide(page, admin, width):
    make_trouble(admin)
    make_job("failed", kind="draw_pack", error="OSError: " + "a-very-long-word" * 20)
    make_job("waiting")
    make_job("done", kind="daily", result={"standings": 3, "digests": 2})
    page.set_viewport_size({"width": width, "height": 700})
    look(page, "/settings/status/")
    look(page, "/settings/mail/")


def test_a_failed_job_is_tried_again(page, admin):
    job = make_job("failed", kind="draw_pack", error="OSError: no room")
    page.goto("/settings/status/")
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("The job is tried again").wait_for()
    job.refresh_from_db()
    assert job.state == "waiting"
