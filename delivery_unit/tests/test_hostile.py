"""What attack tools send: whatever comes in, every address answers in words and never with a fault."""

from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import pytest
from django.test import Client

from accounts.models import RoleAssignment
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO
from delivery_unit.tests.test_access import read_table
from delivery_unit.tests.world import make_world
from stocktakes import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]

METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
LONG = "x" * 20_000
FORM = "application/x-www-form-urlencoded"
BAD_FIELDS = (LONG, "a\0b", "\x1b[31m", "\u202e" * 500, "9" * 400, "=1+1", "-1", "2026-02-30")
PARAMETERS = (
    "q",
    "page",
    "sort",
    "version",
    "next",
    "area",
    "at",
    "on",
    "as_at",
    "unit",
    "subgroup",
)
BAD_VALUES = (
    LONG, "%00", "%ff%fe", "%zz", "%", "-1", "999999999999999999999", "1e400", "%F0%9F%92%A9",
    "%ED%A0%80", "2026-02-30", "9999-12-31", "0001-01-01", "None", "'\"><svg>", "../../etc/passwd",
)  # fmt: skip
HEADERS = (
    {"accept-language": ",".join(["en-GB;q=0.9"] * 3000)},
    {"accept-language": "\udc80" * 3},
    {"referer": "http://" + LONG},
    {"referer": "//[::1"},
    {"x-forwarded-proto": "https,http,gopher"},
    {"x-forwarded-for": LONG},
    {"x-forwarded-for": "not-an-address"},
    {"range": "bytes=5-1,-9,x"},
    {"if-modified-since": "the day before yesterday"},
    {"if-none-match": "W/" * 500},
    {"accept": LONG},
    {"accept-encoding": "gzip;q=banana, *;q=-1"},
    {"user-agent": LONG},
    {"x-request-id": "a\tb" * 500},
    {"content-type": "text/html; charset=no-such-thing"},
    {"cookie": "sessionid=" + LONG + "; csrftoken=<>"},
    {"cookie": 'sessionid="; messages=[["__json_message"; theme=%ff'},
    {"cookie": "=;;;=" * 2000},
    {"cookie": "sessionid=\x00\x01; csrftoken=\xff"},
)
BODIES = (
    ("multipart/form-data", b"no boundary at all"),
    ("multipart/form-data; boundary=X", b"--X\r\nContent-Disposition: form-data; name"),
    ("multipart/form-data; boundary=X", b'--X\r\nContent-Disposition: form-data; name="file"; filename="\0"\r\n\r\nz\r\n--X--'),
    ("multipart/form-data; boundary=X", b'--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--X--'),
    ("multipart/form-data; boundary=" + "b" * 5000, b"--"),
    ("multipart/form-data; boundary=\xff\xfe", b"--"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(5000))),
    ("application/x-www-form-urlencoded", b"text=a%00b&title=%00&q=%ff%fe&code=%00"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"text=+AGE-"),
    ("application/x-www-form-urlencoded", b"\xff" * 1000),
    ("application/json", b"{" * 100_000),
    ("", b"\x00" * 1000),
)  # fmt: skip


def addresses():
    return sorted({line.address for line in read_table()[1]})


def share(items, number):
    """A third of them, each third in its turn: every input is tried, every address is asked."""
    return list(items)[number % 3 :: 3]


@pytest.fixture
def asked(monkeypatch, settings):
    """`asked(method, address, ...)`: as somebody who may nearly everything; a fault is raised."""
    monkeypatch.setattr(pdf, "pdf", lambda _text: b"%PDF-")
    client = Client()
    world = make_world()
    RoleAssignment.objects.create(
        person=world["dl"], role=Role.ADMINISTRATOR, valid_from=LONG_AGO
    )  # fmt: skip

    def asked(method, address, headers=None, who="dl", **extra):
        if method not in ("GET", "HEAD") or not client.cookies:
            client.force_login(world[who])  # the request before may have signed out
        if headers and "cookie" in headers:
            client.cookies.clear()
            extra["HTTP_COOKIE"] = headers.pop("cookie")
        answer = client.generic(method, address, headers=headers, **extra)
        assert answer.status_code < 500, (method, address, headers)
        return answer

    return asked


def test_every_method_on_every_address(asked):
    for address in addresses():
        for method in METHODS:
            answer = asked(method, address)
            if answer.status_code == 405 and method != "HEAD":
                assert b"Nothing was changed." in answer.content, (method, address)


def test_every_bad_value_in_every_parameter(asked):
    pages = [address for address in addresses() if asked("GET", address).status_code == 200]
    assert len(pages) > 20
    for number, address in enumerate(pages):
        for value in share(BAD_VALUES, number):
            asked("GET", f"{address}?" + "&".join(f"{name}={value}" for name in PARAMETERS))


def test_every_address_with_a_bad_end(asked):
    for number, address in enumerate(addresses()):
        for tail in share(("%00", "%ff", "%zz", "%2e%2e%2f", "x" * 5000), number):
            asked("GET", f"{address}{tail}/")


@pytest.mark.parametrize("number", range(len(HEADERS)))
def test_every_bad_header(asked, number):
    for address in ("/", "/overview/", "/goals/OPEN/", "/data/", "/accounts/login/", "/nowhere/"):
        asked("GET", address, dict(HEADERS[number]))
        asked("POST", address, dict(HEADERS[number]))


@pytest.mark.parametrize("number", range(len(BODIES)))
def test_every_bad_body_on_every_address(asked, number):
    kind, body = BODIES[number]
    for address in share(addresses(), number):
        for who in ("dl", "gl") if address.startswith("/goals/") else ("dl",):
            asked("POST", address, who=who, data=body, content_type=kind)


class Forms(HTMLParser):
    """(method, where to, names of fields) of every form on a page."""

    def __init__(self, address, page):
        super().__init__()
        self.address, self.found, self.names = address, set(), None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "form":
            self.method = (of.get("method") or "get").upper()
            self.action, self.names = urljoin(self.address, of.get("action") or ""), []
        elif tag in ("input", "select", "textarea", "button") and self.names is not None:
            self.names += [of["name"]] if of.get("name") else []

    def handle_endtag(self, tag):
        if tag == "form":
            self.found.add((self.method, self.action.partition("?")[0], tuple(self.names)))
            self.names = None


def all_forms(asked):
    found = set()
    for address in addresses():
        answer = asked("GET", address)
        if answer.headers["Content-Type"].startswith("text/html"):
            found |= Forms(address, answer.content.decode()).found
    return sorted(found)


def test_very_long_and_broken_fields_in_every_form(asked):
    forms = all_forms(asked)
    assert len(forms) > 40
    for number, (method, address, names) in enumerate(forms):
        for value in share(BAD_FIELDS, number):
            fields = urlencode([(name, value) for name in names])
            if method == "GET":
                asked("GET", f"{address}?{fields}")
            else:
                asked("POST", address, data=fields.encode(), content_type=FORM)


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil", "a b", "", "[::1", "x" * 3000])
def test_another_host_is_refused_in_words(client, host):
    client.raise_request_exception = False
    for address in ("/accounts/login/", "/overview/", "/nowhere/", "/static/nothing.css"):
        answer = client.get(address, HTTP_HOST=host)
        assert answer.status_code in (400, 404), (host, address)
        assert b"Traceback" not in answer.content


def test_a_bad_request_is_a_page_of_ours(client):
    client.raise_request_exception = False
    answer = client.get("/accounts/login/", HTTP_HOST="evil.test")
    assert answer.status_code == 400
    assert b"<h1" in answer.content
    assert b"evil" not in answer.content
    assert answer["Content-Security-Policy"]


def test_uploads_beyond_the_limit_are_refused_in_words(asked, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = asked(
        "POST", "/goals/OPEN/answers/1/", who="gl", data=b"text=" + b"x" * 5000,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code in (400, 413)
    assert b"<h1" in answer.content
