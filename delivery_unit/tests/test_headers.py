"""What goes along with every answer: what a browser may load, frame, guess, tell and keep."""

import importlib
import os

import pytest
from django.conf import settings
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit.tests.world import make_world
from goals import dashboard
from stocktakes import pdf

pytestmark = pytest.mark.django_db


def check(response):
    policy = {
        part.split()[0]: part.split()[1:]
        for part in response["Content-Security-Policy"].split("; ")
    }
    assert policy["script-src"] == policy["form-action"] == policy["base-uri"] == ["'self'"]
    assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert all(each == "'self'" or each.startswith("'sha256-") for each in policy["style-src"])
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in response
    kept = {each.strip() for each in response["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= kept


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/overview/", 200), ("/overview.csv", 200), ("/stocktakes/1/pack.pdf", 200),
        ("/stocktakes/1/pack.css", 200), ("/goals/OPEN/indicators/OPEN-i/observations.csv", 200),
        ("/goals/NOTHING/", 404), ("/no/such/page", 404), ("/stocktakes/new/", 403), ("/", 302),
        ("/goals/%00/", 400), ("/admin/", 403), ("/admin/nowhere/", 403), ("/healthz", 200),
        ("/goals", 301), ("/accounts/logout/", 405),
    ],
)  # fmt: skip
def test_every_answer_carries_the_headers(monkeypatch, address, status):
    monkeypatch.setattr(pdf, "pdf", lambda _text: b"%PDF-")
    client = Client()
    client.force_login(make_world()["lead"])
    response = client.get(address)
    assert response.status_code == status
    check(response)


def test_an_error_and_the_doors_carry_them_too(monkeypatch, client):
    for address in ("/accounts/login/", "/goals/", "/accounts/password/new/x/y/"):
        check(client.get(address))
    client.force_login(make_person(Role.ADMINISTRATOR))
    check(client.get("/admin/"))
    check(client.post("/accounts/login/", HTTP_X_FORWARDED_PROTO="https"))
    check(Client(enforce_csrf_checks=True).post("/accounts/login/"))
    monkeypatch.setattr(dashboard, "goal_list", lambda **_arguments: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/goals/")
    assert response.status_code == 500
    check(response)


def test_cookies_are_for_the_server_alone(client):
    make_person(Role.VIEWER, email="ana@example.test", password="long-enough-word")
    typed = {"username": "ana@example.test", "password": "long-enough-word"}
    client.post("/accounts/login/", typed)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (session["httponly"], session["samesite"]) == (True, "Lax")
    token = client.cookies[settings.CSRF_COOKIE_NAME]
    assert (token["httponly"], token["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(("site", "is_safe"), [("https://du.example", True), ("http://x", False)])
def test_https_makes_cookies_secure_and_the_browser_stay(monkeypatch, site, is_safe):
    monkeypatch.setitem(os.environ, "SITE_URL", site)
    read = importlib.util.find_spec("delivery_unit.settings")
    module = importlib.util.module_from_spec(read)
    read.loader.exec_module(module)
    for name in (
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    ):  # fmt: skip
        assert getattr(module, name) is is_safe
    assert bool(module.SECURE_HSTS_SECONDS) is is_safe


def test_secure_settings_reach_the_answer(settings, client):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS = 3600
    make_person(Role.VIEWER, email="ana@example.test", password="long-enough-word")
    assert client.get("/goals/").url == "https://testserver/goals/"
    typed = {"username": "ana@example.test", "password": "long-enough-word"}
    response = client.post("/accounts/login/", typed, secure=True)
    assert response["Strict-Transport-Security"].startswith("max-age=3600")
    assert client.cookies[settings.SESSION_COOKIE_NAME]["secure"]
