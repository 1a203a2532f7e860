"""Writing and sending digests: one for each person and day at most, never sent twice."""

import logging
from datetime import date, datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendar import WorkingCalendar
from accounts.models import Holiday, System, User
from accounts.roles import Role
from stocktakes.models import Digest, Intervention
from stocktakes.notices import Notice, desk_of, notices

logger = logging.getLogger(__name__)

UNCERTAIN_AFTER = timedelta(minutes=10)
SUBJECT = 200  # signs of the longest subject
DIGEST = "digest"  # the kind in the head of the mail: these have rows of their own


class MailDeferred(Exception):
    """The mail server asked to come back later with some of the mail."""


def working_calendar(on: date) -> WorkingCalendar:
    """The working days around a day, by the system's weekend and holidays."""
    near = Holiday.objects.filter(on__gte=on - timedelta(days=60), on__lte=on + timedelta(days=90))
    return WorkingCalendar.of(System.objects.current().weekend, near.values_list("on", flat=True))


def write_digests(*, on: date, at: datetime) -> int:
    """Writes the digest of everybody to whom there is something new to say; how many.

    Nothing is written on days off. Running it again writes nothing for those who have one.
    """
    calendar = working_calendar(on)
    if not calendar.is_working(on):
        return 0
    have = Digest.objects.filter(on=on).values("person")
    people = User.objects.filter(is_active=True, mail_wanted=True).exclude(pk__in=have)
    return sum(
        write_digest(person=person, on=on, at=at, calendar=calendar)
        for person in people
        if person.has_usable_password()
    )


def write_digest(*, person: User, on: date, at: datetime, calendar: WorkingCalendar) -> bool:
    """The person's digest, if there is news. The system leader is spared daily mail."""
    if Role.SYSTEM_LEADER in person.access.roles:
        return False
    # One that never left is replaced by today's, which says all of it: still one mail a day.
    Digest.objects.filter(person=person, on__lt=on, state=Digest.State.WRITTEN).delete()
    news = [
        each
        for each in notices(desk_of(person=person, on=on, calendar=calendar), calendar=calendar)
        if each.is_news
    ]
    if not news:
        return False
    _row, made = Digest.objects.get_or_create(
        person=person,
        on=on,
        defaults={
            "subject": _subject(news),
            "body": _body(person, on, news),
            "message_id": f"<digest-{on:%Y%m%d}-{person.pk}@{_host()}>",
            "written_at": at,
        },
    )
    return made


def _subject(news: list[Notice]) -> str:
    """One line, whatever the titles are made of: a mail header holds no more."""
    if len(news) == 1:
        return shorten(news[0].title, SUBJECT, placeholder="…")
    words = ngettext("%(count)s thing for you today", "%(count)s things for you today", len(news))
    return words % {"count": len(news)}


def _body(person: User, on: date, news: list[Notice]) -> str:
    return render_to_string(
        "emails/digest.txt",
        {
            "person": person,
            "on": on,
            "news": news,
            "site": settings.SITE_URL,
            "system": System.objects.current(),
        },
    )


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


# --- sending --------------------------------------------------------------------------------------


def send_digests(*, on: date, clock: Any) -> dict[str, int]:
    """Sends what was written for a day.

    Raises OSError or SMTPException if there is no connection, and MailDeferred if the server wants
    some of it later. Each row is claimed before it is sent and marked afterwards. If the process dies in between
    nobody can know whether the mail left: the claim turns uncertain, and is never sent again.
    """
    waiting = list(
        Digest.objects.filter(on=on, state=Digest.State.WRITTEN).select_related("person")
    )
    if not waiting:
        return {"sent": 0}
    if Intervention.objects.mail_stop():
        return {"sent": 0, "waiting": len(waiting)}
    outcome = {"sent": 0, "failed": 0, "uncertain": 0, "written": 0}
    connection = get_connection()
    connection.open()  # fails here, before anything is claimed, where the server is away
    try:
        for place, digest in enumerate(waiting):
            if Intervention.objects.mail_stop():
                outcome["waiting"] = len(waiting) - place
                break
            state = _send(digest, connection, clock)
            if state:
                outcome[state] += 1
            if state in (Digest.State.UNCERTAIN, Digest.State.WRITTEN):
                # A line that broke would lose the next ones, too; a new one may fail here.
                connection.close()
                connection.open()
    finally:
        connection.close()
    if deferred := outcome.pop("written"):
        raise MailDeferred(_("The mail server wants %s digests later.") % deferred)
    return outcome


def _send(digest: Digest, connection: Any, clock: Any) -> str:
    claimed = Digest.objects.filter(pk=digest.pk, state=Digest.State.WRITTEN).update(
        state=Digest.State.CLAIMED, claimed_at=clock()
    )
    if not claimed:
        return ""
    if not (digest.person.is_active and digest.person.mail_wanted):
        return _mark(digest, Digest.State.FAILED, error=_("The person gets no mail any more."))
    return _hand_over(digest, connection, clock)


def _hand_over(digest: Digest, connection: Any, clock: Any) -> str:
    message = EmailMessage(
        subject=digest.subject,
        body=digest.body,
        to=[digest.person.email],
        headers={
            "Message-ID": digest.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Mail-Kind": DIGEST,
        },
        connection=connection,
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as error:
        # The server said no: certainly not sent.
        state = Digest.State.WRITTEN if _is_for_now(error) else Digest.State.FAILED
        return _mark(digest, state, error=str(error))
    except ValueError as error:
        # An address or a line that cannot stand in a mail: nothing was handed over.
        return _mark(digest, Digest.State.FAILED, error=str(error))
    except (SMTPException, OSError) as error:
        logger.warning("Digest %s may or may not have been sent: %s", digest.pk, error)
        return _mark(digest, Digest.State.UNCERTAIN, error=str(error))
    return _mark(digest, Digest.State.SENT, sent_at=clock(), error="")


def _is_for_now(error: SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError) -> bool:
    """Codes from 400 to 499 ask to try again later."""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    return all(400 <= code < 500 for code in codes)


def _mark(digest: Digest, state: Digest.State, **fields: Any) -> str:
    Digest.objects.filter(pk=digest.pk, state=Digest.State.CLAIMED).update(state=state, **fields)
    return str(state)


def mark_uncertain(*, at: datetime) -> int:
    """Claims that nobody finished: whoever held them is gone."""
    old = Digest.objects.filter(state=Digest.State.CLAIMED, claimed_at__lt=at - UNCERTAIN_AFTER)
    return old.update(state=Digest.State.UNCERTAIN, error=_("The worker stopped while sending."))
