"""The rules that the Mozilla HTTP Observatory grades by, on every kind of answer of a real server.

It is served for https behind a proxy, as production is; the proxy is played by a header.
"""

import http.client
import re
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from delivery_unit.demo.shapes import PASSWORD

pytestmark = pytest.mark.on_sqlite

HOST = "du.example"
HALF_A_YEAR = 60 * 60 * 24 * 180
LEADER = "leader@everly.example"
NEVER = {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "https:"}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def is_page(self):
        return self.headers["Content-Type"].startswith("text/html")

    @property
    def cookies(self):
        return self.headers.get_all("Set-Cookie") or []


class Visitor:
    """Asks as the proxy would for a browser, and keeps the cookies."""

    def __init__(self, port):
        self.port, self.kept = port, {}

    def ask(self, method, path, *, scheme="https", host=HOST, **fields):
        cookies = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        headers = {"Host": host, "X-Forwarded-Proto": scheme, "Cookie": cookies}
        headers |= {"Referer": f"{scheme}://{host}/", "Accept-Encoding": "gzip"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            fields["csrfmiddlewaretoken"] = self.kept.get("csrftoken", "")
        headers |= fields.pop("headers", {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, urlencode(fields) or None, headers)
        got = connection.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        connection.close()
        for cookie in answer.cookies:
            name, _is, value = cookie.partition(";")[0].partition("=")
            self.kept[name] = value
        return answer

    def sign_in(self):
        self.ask("GET", "/accounts/login/")
        return self.ask("POST", "/accounts/login/", username=LEADER, password=PASSWORD)


@pytest.fixture(scope="module")
def port(serve_web):
    site = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "1", "ALLOWED_HOSTS": "", "DEMO": "1"}
    with serve_web("seed_demo", **site) as port:
        yield port


@pytest.fixture(scope="module")
def answers(port):
    """Every kind of answer, by what it is."""
    visitor, stranger = Visitor(port), Visitor(port)
    found = {
        "signing in": visitor.sign_in(),
        "the door": stranger.ask("GET", "/accounts/login/"),
        "sent to the door": stranger.ask("GET", "/goals/"),
        "a wrong password": stranger.ask("POST", "/accounts/login/", username=LEADER, password="x"),
        "no token": Visitor(port).ask("POST", "/accounts/login/"),
        "a wrong host": stranger.ask("GET", "/accounts/login/", host="evil.example"),
        "too long a body": stranger.ask("POST", "/", headers={"Content-Length": "999999999999"}),
        "too old a link": stranger.ask("GET", "/accounts/invitation/no-such-key/"),
    }
    for name, path in {
        "a page": "/overview/", "a page with a chart": "/goals/L1/", "a pack": "/stocktakes/1/pack/",
        "a PDF": "/stocktakes/1/pack.pdf", "a table": "/overview.csv", "a workbook": "/overview.xlsx",
        "the style of a pack": "/stocktakes/1/pack.css", "being well": "/healthz",
        "sent on": "/", "an address without its end": "/goals", "nothing": "/no-such-page/",
        "not allowed": "/settings/words/", "a wrong method": "/accounts/logout/",
        "a broken address": "/goals/%00/", "no such file": "/static/nothing.css",
        "the admin": "/admin/",
    }.items():  # fmt: skip
        found[name] = visitor.ask("GET", path)
    page = found["a page with a chart"].content
    for kind in (b"css", b"js", b"svg"):
        path = re.search(rb'"(/static/[^"]+\.' + kind + rb')"', page).group(1).decode()
        found[f"a file of {kind.decode()}"] = visitor.ask("GET", path)
    found["signing out"] = visitor.ask("POST", "/accounts/logout/")
    return found


def test_each_kind_of_answer_is_there(answers):
    statuses = defaultdict(set)
    for name, answer in answers.items():
        statuses[answer.status].add(name)
    assert set(statuses) == {200, 301, 302, 400, 403, 404, 405, 410, 413}
    assert {"a PDF", "a workbook", "a file of css", "a pack", "a page"} <= statuses[200]
    assert statuses[302] == {"signing in", "signing out", "sent to the door", "sent on"}
    assert answers["a PDF"].content.startswith(b"%PDF")


def test_the_browser_stays_on_https(answers):
    for name, answer in answers.items():
        told = answer.headers["Strict-Transport-Security"]
        assert int(re.search(r"max-age=(\d+)", told).group(1)) >= HALF_A_YEAR, name
        assert "includeSubDomains" in told, name


def test_http_is_sent_to_https_of_the_same_host_and_told_nothing_else(port):
    for path in ("/", "/accounts/login/", "/static/nothing.css", "/no-such-page/?a=1"):
        answer = Visitor(port).ask("GET", path, scheme="http")
        assert answer.status == 301
        assert answer.headers["Location"] == f"https://{HOST}{path}"
        assert answer.cookies == []


def test_pages_load_nothing_that_is_not_ours(answers):
    for name, answer in answers.items():
        if not answer.is_page:
            continue
        told = answer.headers["Content-Security-Policy"]
        policy = {part.split()[0]: set(part.split()[1:]) for part in told.split("; ")}
        assert policy["default-src"] == policy["frame-ancestors"] == {"'none'"}, name
        assert policy["object-src"] == {"'none'"}, name
        assert policy["script-src"] == policy["base-uri"] == policy["form-action"] == {"'self'"}, (
            name
        )
        assert not NEVER & set.union(*policy.values()), name


def test_nothing_is_guessed_framed_told_or_shared(answers):
    for name, answer in answers.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["X-Frame-Options"] == "DENY", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        assert not [each for each in answer.headers if each.startswith("Access-Control-")], name
        assert not re.search(r"\d", answer.headers["Server"]), name
        assert "X-Powered-By" not in answer.headers, name


def test_cookies_are_for_our_server_over_https_alone(answers):
    all_of_them = [cookie for answer in answers.values() for cookie in answer.cookies]
    cookies = [cookie for cookie in all_of_them if "Max-Age=0" not in cookie]  # taken away: empty
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"sessionid", "csrftoken"}
    for cookie in cookies:
        marks = {mark.strip().lower() for mark in cookie.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= marks, cookie
        assert not [mark for mark in marks if mark.startswith("domain=")], cookie


def test_pages_are_kept_by_nobody_and_files_for_ever(answers):
    for name, answer in answers.items():
        kept = answer.headers["Cache-Control"]
        if name.startswith("a file of"):
            assert kept == "max-age=315360000, public, immutable", name
            assert answer.headers["Content-Encoding"] == "gzip", name
        else:
            assert "no-store" in kept, name
            assert "private" in kept, name


def test_no_answer_tells_of_its_inside(answers):
    for name, answer in answers.items():
        for word in (b"Traceback", b"DisallowedHost", b"Django", b"site-packages", b"DEBUG"):
            assert word not in answer.content, name
