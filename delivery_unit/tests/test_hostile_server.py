"""What attack tools send over the wire to a real web server, past what a test client can say."""

import os
import socket
import subprocess
import sys
import time

import pytest

from delivery_unit.serve import ROOT, web_command

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
def port(tmp_path_factory):
    """A web server as production has it, on an empty system of its own, with static files."""
    data_dir = tmp_path_factory.mktemp("hostile")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{data_dir}/db.sqlite3", "DATA_DIR": str(data_dir), "DEBUG": "0",
        "SECRET_KEY": "of a server that lives for seconds", "SITE_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    for step in ("migrate", "collectstatic"):
        prepare = [sys.executable, "manage.py", step, "--noinput", "--verbosity=0"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True)
    command = web_command(host="127.0.0.1", port=port, workers=1)
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port):
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, "the web server never answered"
            time.sleep(0.1)
        else:
            return


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


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


@pytest.mark.parametrize("what", HOSTILE)
def test_the_server_refuses_in_words_and_lives_on(port, what):
    answer = answer_to(port, HOSTILE[what])
    assert (status_of(answer) or 400) < 500, answer[:300]
    assert b"Traceback" not in answer
    assert b"root:" not in answer
    healthy = answer_to(
        port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert status_of(healthy) == 200


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
