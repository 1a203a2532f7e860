"""What attack tools send over the wire to a real web server, past what a test client can say."""

import re
import socket

import pytest

pytestmark = pytest.mark.on_sqlite

HOST = b"Host: localhost\r\n"
HOSTILE = {
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "another host": b"GET /accounts/login/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n",
    "a host beside the address": b"GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    "old protocol": b"GET /\r\n\r\n",
    "no protocol at all": b"\x16\x03\x01\x00\xa5\x01\x00\x00",
    "bytes in the address": b"GET /goals/\xff\xfe/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "broken percent signs": b"GET /goals/%zz%/?q=%ff%f HTTP/1.1\r\n" + HOST + b"\r\n",
    "a NUL": b"GET /goals/%00/ HTTP/1.1\r\n" + HOST + b"\r\n",
    "dots": b"GET /static/../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "coded dots": b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long address": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": b"GET / HTTP/1.1\r\n" + HOST + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + HOST + b"X-One: 1\r\n" * 500 + b"\r\n",
    "bytes in a cookie": b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: sessionid=\xff\x01;=;\r\n\r\n",
    "an unknown method": b"WHAT / HTTP/1.1\r\n" + HOST + b"\r\n",
    "tracing": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "less than no body": b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n",
    "no length": b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n",
    "two lengths": (
        b"POST /accounts/login/ HTTP/1.1\r\n" + HOST
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    ),
    "a broken chunk": (
        b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"
    ),
    "an enormous length": (
        b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n\r\nx"
    ),
    "a broken multipart": (
        b"POST /accounts/login/ HTTP/1.1\r\n" + HOST
        + b"Content-Type: multipart/form-data; boundary=\xff\r\nContent-Length: 3\r\n\r\n--\xff"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def port(serve_web):
    """On an empty system of its own."""
    with serve_web() as port:
        yield port


def answer_to(port, request):
    """All that comes back until the server hangs up or falls silent, its own time included."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        parts = []
        try:
            while part := line.recv(65536):
                parts.append(part)
        except (ConnectionResetError, TimeoutError):
            pass
        return b"".join(parts)


def token_of(port):
    """The cookie that goes with the form, as a request header: with it a body is really read."""
    page = answer_to(
        port, b"GET /accounts/login/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    )
    token = re.search(rb"csrftoken=(\w+)", page).group(1)
    return b"Cookie: csrftoken=" + token + b"\r\nX-CSRFToken: " + token + b"\r\n"


FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
CUT_OFF = {
    "a form": FORM + b"Content-Length: 1000\r\n\r\nusername=a",
    "a form in chunks": FORM + b"Transfer-Encoding: chunked\r\n\r\n64\r\nusername=a",
    "a file": (
        b"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000\r\n\r\n"
        b'--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nzzz'
    ),
    "a file without a name": (
        b"Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000\r\n\r\n"
        b"--X\r\nContent-Disposition: form-da"
    ),
}


@pytest.mark.parametrize("what", CUT_OFF)
def test_a_body_that_ends_too_soon_is_no_fault(port, what):
    ask = b"POST /accounts/login/ HTTP/1.1\r\nConnection: close\r\n" + HOST + token_of(port)
    answer = answer_to(port, ask + CUT_OFF[what])
    assert status_of(answer) in (200, 400, 403, 422)
    assert b"Traceback" not in answer


def test_a_body_in_chunks_beyond_every_limit_is_not_kept(port):
    """It announces no length; what was sent is refused or hung up on, and the server lives on."""
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    ask = b"POST /accounts/login/ HTTP/1.1\r\n" + HOST + token_of(port) + FORM
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(ask + b"Transfer-Encoding: chunked\r\n\r\n")
        try:
            for _number in range(30):
                line.sendall(chunk)
            line.sendall(b"0\r\n\r\n")
            answer = line.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            answer = b""
    assert (status_of(answer) or 413) in (400, 403, 413)
    assert is_well(port)


def test_who_sends_slowly_is_waited_for_and_holds_up_nobody(port):
    ask = b"POST /accounts/login/ HTTP/1.1\r\nConnection: close\r\n" + HOST + token_of(port) + FORM
    body = b"username=nobody@example.test&password=wrong"
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    lines = [socket.create_connection(("127.0.0.1", port), timeout=20) for _number in range(3)]
    for line in lines:
        line.sendall(ask + length)
    for at in range(len(body)):
        for line in lines:
            line.sendall(body[at : at + 1])
        if at % 10 == 0:
            assert is_well(port)
    for line in lines:
        assert status_of(line.recv(65536)) == 200
        line.close()


def is_well(port):
    healthy = answer_to(
        port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    return status_of(healthy) == 200


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


@pytest.mark.parametrize("what", HOSTILE)
def test_the_server_refuses_in_words_and_lives_on(port, what):
    answer = answer_to(port, HOSTILE[what])
    assert (status_of(answer) or 400) < 500, answer[:300]
    assert b"Traceback" not in answer
    assert b"root:" not in answer
    assert is_well(port)


def test_every_answer_of_the_server_is_isolated(port):
    for address in (b"/accounts/login/", b"/static/nothing.css", b"/goals/", b"/nowhere/"):
        answer = answer_to(
            port, b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert b"cross-origin-resource-policy: same-origin" in head
        assert b"permissions-policy: " in head
        assert b"access-control-allow-origin" not in head
        assert b"x-content-type-options: nosniff" in head
