"""The URL x role table in access.txt, asked of every page as everybody.

A new URL without a row fails; so does a page that answers somebody otherwise than the table says.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve

from delivery_unit.tests.world import SUBJECTS, make_world
from stocktakes import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

TABLE = Path(__file__).with_name("access.txt")


@dataclass(frozen=True)
class Line:
    method: str
    address: str
    body: str
    expected: dict[str, int]


def read_table():
    """The heads, and a line for each method and address; lines with # explain."""
    text = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    heads, lines = text[0].split(), []
    for line in text[1:]:
        way, address, *cells = line.split()
        address, _, body = address.partition("!")
        told = dict(zip(heads, map(int, cells), strict=True))
        for method in ("GET", "POST"):
            if way in (method, "BOTH", "READ", "SAVE"):
                is_told = (way, method) not in {("READ", "POST"), ("SAVE", "GET")}
                codes = told if is_told else _refused(told)
                lines.append(Line(method, address, body if method == "POST" else "", codes))
    return heads, lines


def _refused(told):
    """405 for those who are not sent to the sign-in page first."""
    is_open = told["anon"] != 302
    return {who: 405 if is_open or who not in SIGNED_OUT else 302 for who in told}


SIGNED_OUT = ("gone", "anon")
HEADS, LINES = read_table()


def every_route(resolver=None, prefix=""):
    """All routes of the product, the admin's apart."""
    for each in (resolver or get_resolver()).url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            if each.app_name != "admin":
                yield from every_route(each, route)
        else:
            yield route


def test_every_url_has_a_line_for_reading_and_for_writing():
    told = {(resolve(line.address.partition("?")[0]).route, line.method) for line in LINES}
    routes = set(every_route())
    assert {(route, method) for route in routes for method in ("GET", "POST")} == told


@pytest.mark.parametrize("one", [*SUBJECTS, "/1/", "/2/", "/3/"])
def test_every_kind_of_goal_is_asked_for(one):
    """Where a line is about one of the three goals, there are lines about the other two."""
    known = {(line.method, line.address, line.body) for line in LINES}
    alike = SUBJECTS if one in SUBJECTS else ("/1/", "/2/", "/3/")
    for method, address, body in known:
        if one in address and "/answers/" not in address:
            assert {(method, address.replace(one, each), body) for each in alike} <= known


@pytest.fixture
def no_drawing(monkeypatch):
    """Who gets the file is asked here, not how it is drawn."""
    monkeypatch.setattr(pdf, "pdf", lambda _text: b"%PDF-")


@pytest.mark.parametrize("who", HEADS)
def test_everybody_gets_what_the_table_says(no_drawing, who):
    people = make_world()
    client = Client()
    if who != "anon":
        client.force_login(people[who])
    told = {(line.method, line.address, line.body): line.expected[who] for line in LINES}
    assert {key: ask(client, *key) for key in told} == told


def ask(client, method, address, body):
    """The status of the answer; whatever was written is taken back."""
    with transaction.atomic():
        if method == "GET":
            response = client.get(address)
        else:
            response = client.post(address, body, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return response.status_code
