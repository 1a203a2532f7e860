"""Mail goes out through here, so that the log knows of each; and how mail is told in words."""

import logging
from collections.abc import Sequence
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from stocktakes.actions.digests import DIGEST
from stocktakes.models import MailRecord

logger = logging.getLogger(__name__)

KIND = "X-Mail-Kind"
FILES = "django.core.mail.backends.filebased.EmailBackend"


class RecordingBackend(BaseEmailBackend):
    """Hands mail to the transport of EMAIL_URL and keeps who got what kind, when, and how it ended."""

    def __init__(self, *, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        self.transport = get_connection(settings.EMAIL_TRANSPORT, **options)

    def open(self) -> bool | None:
        try:
            return self.transport.open()
        except SMTPAuthenticationError:
            self.transport.close()  # the conversation has begun, and nobody else would end it
            raise

    def close(self) -> None:
        self.transport.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._send(each) for each in email_messages)

    def _send(self, message: EmailMessage) -> int:
        try:
            sent = self._hand_over(message)
        except (SMTPException, OSError) as problem:
            _record(message, MailRecord.State.FAILED, error=in_words(problem))
            if self.fail_silently:
                return 0
            raise
        _record(message, MailRecord.State.SENT)
        return sent

    def _hand_over(self, message: EmailMessage) -> int:
        """Opens and ends the conversation itself, unless the caller holds one open."""
        is_own = self.open()
        try:
            return int(self.transport.send_messages([message]) or 0)
        finally:
            if is_own:
                self.close()


def _record(message: EmailMessage, state: MailRecord.State, error: str = "") -> None:
    kind = str(message.extra_headers.get(KIND, "other"))[:40]
    if kind == DIGEST:
        return  # its own row knows more
    rows = [
        MailRecord(
            at=timezone.now(),
            recipient=address[:254],
            kind=kind,
            subject=str(message.subject)[:200],
            state=state,
            error=error,
        )
        for address in message.recipients()
    ]
    try:
        MailRecord.objects.bulk_create(rows)
    except DatabaseError:
        # The mail is gone: whoever asked for it must not be told that it failed.
        logger.exception("A mail was sent and could not be recorded")


def in_words(problem: Exception) -> str:
    """What a mail server's refusal or silence means, for an administrator."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if isinstance(problem, SMTPAuthenticationError):
        return _("The mail server %(server)s refuses the user name or the password.") % {
            "server": server
        }
    if isinstance(problem, SMTPRecipientsRefused):
        answers = [_answer(code, text) for code, text in problem.recipients.values()]
        return _("The mail server refuses the address: %(answer)s") % {"answer": "; ".join(answers)}
    if isinstance(problem, SMTPResponseException):
        answer = _answer(problem.smtp_code, problem.smtp_error)
        return _("The mail server refuses: %(answer)s") % {"answer": answer}
    if isinstance(problem, TimeoutError):
        return _("The mail server %(server)s did not answer in %(seconds)s seconds.") % {
            "server": server,
            "seconds": settings.EMAIL_TIMEOUT,
        }
    return _("The mail server %(server)s is not to be reached: %(reason)s") % {
        "server": server,
        "reason": getattr(problem, "strerror", None) or str(problem) or type(problem).__name__,
    }


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}".strip()


def settings_shown() -> list[tuple[str, str]]:
    """How mail leaves this system; never the password."""
    if settings.EMAIL_TRANSPORT == FILES:
        way = [(_("Way"), _("written to files, nothing leaves this system"))]
        return [*way, (_("Folder"), settings.EMAIL_FILE_PATH), _sender()]
    if settings.EMAIL_USE_SSL:
        secured = _("TLS from the first byte")
    else:
        secured = _("STARTTLS") if settings.EMAIL_USE_TLS else _("not encrypted")
    return [
        (_("Mail server"), f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"),
        (_("Encryption"), secured),
        (_("User name"), settings.EMAIL_HOST_USER or _("none")),
        (_("Password"), _("set, not shown") if settings.EMAIL_HOST_PASSWORD else _("none")),
        _sender(),
    ]


def _sender() -> tuple[str, str]:
    return _("Sender"), settings.DEFAULT_FROM_EMAIL


def goes_to_files() -> bool:
    return bool(settings.EMAIL_TRANSPORT == FILES)
