"""Lines of the log: what they tell, and what they never tell."""

import http.server
import json
import logging
import re
import threading
import time

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.roles import Role
from accounts.tests.factories import make_person
from delivery_unit import logs
from delivery_unit.middleware import request_number_middleware

NUMBER = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def lines():
    """What the JSON log says meanwhile."""
    told = []

    class Listener(logging.Handler):
        def emit(self, record):
            told.append(json.loads(self.format(record)))

    listener = Listener()
    listener.setFormatter(logs.JsonFormatter())
    logging.getLogger().addHandler(listener)
    yield told
    logging.getLogger().removeHandler(listener)


def ask(path="/goals/", respond=None, **headers):
    get_response = respond or (lambda _request: HttpResponse("ok"))
    return request_number_middleware(get_response)(RequestFactory().get(path, headers=headers))


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("0123abcd-ef", True),
        ("short", False),
        ("x" * 65, False),
        ("with space and more", False),
        ("line\nbreak-and-more", False),
        ("<script>alert(1)", False),
        ("", False),
    ],
)
def test_a_number_from_outside_is_taken_only_if_well_formed(given, is_taken):
    answer = ask(**{"X-Request-ID": given})
    number = answer.headers["X-Request-ID"]
    assert (number == given) is is_taken
    assert is_taken or NUMBER.fullmatch(number)


@pytest.mark.django_db
def test_a_request_is_one_line_with_who_what_and_how_long(client, lines):
    person = make_person(Role.CONSULTANT)
    client.force_login(person)
    answer = client.get("/goals/?q=a-secret&token=abc")
    (line,) = [each for each in lines if each["logger"] == "delivery_unit.request"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["user_id"] == person.pk
    assert (line["method"], line["path"], line["status"]) == ("GET", "/goals/", 200)
    assert isinstance(line["ms"], int)
    assert "secret" not in json.dumps(line)


def test_probes_of_health_write_nothing(lines):
    ask("/healthz")
    assert lines == []


def test_a_line_within_a_request_carries_its_number(lines):
    def respond(_request):
        logging.getLogger("goals").warning("odd")
        return HttpResponse("ok")

    answer = ask(respond=respond)
    assert lines[0]["message"] == "odd"
    assert lines[0]["request_id"] == answer.headers["X-Request-ID"]


def test_a_line_outside_of_any_request_has_no_number(lines):
    logging.getLogger("goals").warning("odd")
    assert "request_id" not in lines[0]


SECRETS = {
    "refused: beth.kowalczyk+x@everly.example said no": "beth",
    "postgres://delivery:hunter2@db/name": "hunter2",
    "redis://:hunter2@localhost/0": "hunter2",
    "password=hunter2 and more": "hunter2",
    "{'password': 'hunter2'}": "hunter2",
    "Authorization: Bearer hunter2": "hunter2",
    "?token=hunter2&next=/": "hunter2",
    "csrfmiddlewaretoken=hunter2": "hunter2",
    "sessionid=hunter2; path": "hunter2",
}


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("form", ["plain", "json"])
def test_no_line_tells_a_secret_or_an_address(text, form):
    formatter = logs.JsonFormatter() if form == "json" else logs.PlainFormatter("%(message)s")
    record = logging.LogRecord("x", logging.WARNING, "f", 1, "told %s", (text,), None)
    assert SECRETS[text] not in formatter.format(record)
    info = (ValueError, ValueError(text), None)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), info)
    told = formatter.format(record)
    assert SECRETS[text] not in told
    assert "ValueError" in told


def test_a_one_time_link_is_no_part_of_a_line(lines):
    ask("/accounts/link/MQ/c9x2ab-0123456789abcdef0123456789abcdef/")
    assert lines[0]["path"] == "/accounts/link/MQ/[hidden]/"


def test_a_path_cannot_write_a_line_of_its_own():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "request", (), None)
    record.facts = {"path": logs.safe_path("/goals/\n2026 ERROR forged\r\u2028")}
    assert logs.PlainFormatter("%(message)s").format(record).splitlines() == [
        "request path=/goals/?2026 ERROR forged??"
    ]


def test_a_path_is_not_shortened_without_need():
    assert logs.safe_path("/goals/L1/indicators/reading/") == "/goals/L1/indicators/reading/"


@pytest.mark.django_db
def test_the_page_of_a_fault_shows_the_number_to_tell(client, monkeypatch, lines):
    client.raise_request_exception = False
    client.force_login(make_person(Role.CONSULTANT))

    def broken(*_args, **_options):
        raise RuntimeError("a fault")

    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", broken)
    answer = client.get("/goals/")
    assert answer.status_code == 500
    number = answer.headers["X-Request-ID"]
    assert f'The number to tell: <span class="mono">{number}' in answer.content.decode()
    errors = [each for each in lines if each["level"] == "ERROR"]
    assert errors[0]["request_id"] == number
    assert "RuntimeError: a fault" in errors[0]["error"]


class _Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args):
        """Says nothing on the screen of the tests."""


def test_errors_are_posted_without_personal_data():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler = logs.PostErrors(f"http://127.0.0.1:{server.server_address[1]}/")
    handler.setFormatter(logs.JsonFormatter())
    try:
        for level in (logging.WARNING, logging.ERROR):
            record = logging.LogRecord("x", level, "f", 1, "to beth@everly.example", (), None)
            if level >= handler.level:
                handler.handle(record)
        deadline = time.monotonic() + 5
        while not server.got and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        server.shutdown()
        server.server_close()
    assert [each["message"] for each in server.got] == ["to [address]"]


def test_a_flood_of_errors_is_not_posted(monkeypatch):
    posted = []
    handler = logs.PostErrors("http://127.0.0.1:9/")
    monkeypatch.setattr(handler, "_post", posted.append)
    for _time in range(100):
        handler.handle(logging.LogRecord("x", logging.ERROR, "f", 1, "again", (), None))
    time.sleep(0.1)
    assert len(posted) == handler.MOST_A_MINUTE


@pytest.mark.django_db
def test_what_was_refused_is_not_posted_as_a_fault(monkeypatch, settings):
    posted = []
    handler = logs.PostErrors("http://127.0.0.1:9/")
    handler.setFormatter(logging.Formatter())
    monkeypatch.setattr(handler, "_post", posted.append)
    logging.getLogger().addHandler(handler)
    try:
        Client().get("/accounts/login/", HTTP_HOST="evil.test")
        logging.getLogger("delivery_unit").error("a fault")
    finally:
        logging.getLogger().removeHandler(handler)
    time.sleep(0.1)
    assert posted == [b"a fault"]
