"""The test button against real mail servers: one that takes, one that refuses, one that is away."""

import socket
import socketserver
import threading

import pytest
from django.core.mail import EmailMessage, send_mail

from accounts.roles import Role
from accounts.tests.factories import make_person
from stocktakes.models import MailRecord
from stocktakes.tests.mail_sink import MailSink

pytestmark = pytest.mark.django_db


class _Refusal(socketserver.StreamRequestHandler):
    """Takes nobody's mail."""

    def handle(self):
        self.wfile.write(b"220 no\r\n")
        while line := self.rfile.readline():
            word = line.upper()
            if word.startswith(b"RCPT"):
                self.wfile.write(b"550 5.1.1 no such person here\r\n")
            elif word.startswith(b"AUTH"):
                self.wfile.write(b"535 5.7.8 wrong\r\n")
            elif word.startswith(b"EHLO"):
                self.wfile.write(b"250-no\r\n250 AUTH PLAIN LOGIN\r\n")
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp(settings):
    settings.EMAIL_BACKEND = "delivery_unit.mail.RecordingBackend"
    settings.EMAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 5
    return settings


@pytest.fixture
def taking(smtp):
    server = MailSink()
    smtp.EMAIL_PORT = server.server_address[1]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def refusing(smtp):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusal)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    smtp.EMAIL_PORT = server.server_address[1]
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def away(smtp):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        smtp.EMAIL_PORT = probe.getsockname()[1]


@pytest.fixture
def admin(client):
    person = make_person(Role.ADMINISTRATOR, name="Joan Admin", email="joan@everly.example")
    client.force_login(person)
    return person


def press(client):
    return client.post("/settings/mail/test/", follow=True).content.decode()


def test_a_test_mail_goes_at_once_to_who_asked(client, admin, taking):
    assert "The mail server took the mail to joan@everly.example" in press(client)
    assert "To: joan@everly.example" in taking.messages[0]
    kept = MailRecord.objects.get()
    assert (kept.kind, kept.state, kept.recipient) == ("test", "sent", admin.email)


def test_a_refusal_is_told_in_words(client, admin, refusing):
    assert "refuses the address: 550 5.1.1 no such person here" in press(client)
    kept = MailRecord.objects.get()
    assert (kept.state, "550" in kept.error) == ("failed", True)


def test_a_wrong_password_is_told_and_not_shown(client, admin, refusing, smtp):
    smtp.EMAIL_HOST_USER, smtp.EMAIL_HOST_PASSWORD = "unit", "hunter2"
    told = press(client)
    assert "refuses the user name or the password" in told
    assert "hunter2" not in told


def test_a_server_that_is_away_is_told(client, admin, away):
    assert "is not to be reached: Connection refused" in press(client)
    assert MailRecord.objects.get().state == "failed"


def test_without_a_mail_server_the_mail_is_a_file(client, admin, settings, tmp_path):
    settings.EMAIL_BACKEND = "delivery_unit.mail.RecordingBackend"
    settings.EMAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    assert "written to a file" in press(client)
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_all_other_mail_is_recorded_and_digests_are_not(taking):
    send_mail("Your way in", "A secret link", None, ["new@everly.example"])
    EmailMessage("News", "n", to=["b@everly.example"], headers={"X-Mail-Kind": "digest"}).send()
    assert len(taking.messages) == 2
    kept = MailRecord.objects.get()
    assert (kept.kind, kept.subject, kept.recipient) == (
        "other", "Your way in", "new@everly.example",
    )  # fmt: skip
    assert "secret" not in repr(vars(kept))
