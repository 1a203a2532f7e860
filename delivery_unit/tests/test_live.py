"""The machinery that other tests stand on: browser, worker, and the servers behind them."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit.celery import app as celery_app


def answering_workers():
    return celery_app.control.inspect(timeout=1.5).ping() or {}


def test_the_database_is_the_one_that_this_run_was_started_for(db):
    wanted = "postgresql" if os.environ.get("TEST_DATABASE_URL") else "sqlite"
    assert connection.vendor == wanted
    assert "delivery_unit_test_" in str(connection.settings_dict["NAME"])


def test_celery_worker_process_answers_until_it_is_killed(celery_worker_process):
    worker = celery_worker_process()
    assert len(answering_workers()) == 1
    worker.kill()
    assert answering_workers() == {}


def test_celery_worker_process_opens_the_database_of_the_test(celery_worker_process):
    make_person(email="seen@example.test")
    worker = celery_worker_process(concurrency=1)
    database = str(connection.settings_dict["NAME"])
    environment = Path(f"/proc/{worker.process.pid}/environ").read_text()
    assert f"{database}\0" in environment


@pytest.mark.parametrize("width", [390, 1280])
def test_page_reads_what_the_live_server_draws(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/accounts/login/")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_page_complains_about_an_address_that_is_not_there(page, browser_complaints, live_server):
    page.goto("/healthz/not-there")
    assert f"404: GET {live_server.url}/healthz/not-there" in browser_complaints
    browser_complaints.clear()


def test_sign_in_gives_the_browser_the_session_of_a_person(page, sign_in):
    sign_in(page, make_person(Role.DELIVERY_LEADER))
    page.goto("/")
    assert urlsplit(page.url).path == "/"
