"""Writing and sending digests: one for each person and day at most, never sent twice."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
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
ERROR, MOST_TOLD = 200, 8  # signs of one failure, and how many of them a job tells
DIGEST = "digest"  # the kind in the head of the mail: these have rows of their own


@dataclass(frozen=True)
class Day:
    """The reader's day, the system's day on which everything is counted, and the moment."""

    on: date
    counted_on: date
    at: datetime
    system: System


@dataclass(frozen=True)
class Written:
    """How many digests were written, and whose were not, and why, by the number of the person."""

    made: int = 0
    failed: dict[int, str] = field(default_factory=dict)


class NotForAll(Exception):
    """Everybody else's was done; the message says for whom not, by number, and why."""

    def __init__(self, failed: Mapping[int, str]) -> None:
        told = "; ".join(f"person {pk}: {why}" for pk, why in sorted(failed.items())[:MOST_TOLD])
        super().__init__(f"{len(failed)} failed. {told}")


class MailDeferred(Exception):
    """The mail server asked to come back later with some of the mail."""


def working_calendar(on: date) -> WorkingCalendar:
    """The working days around a day, by the system's weekend and holidays."""
    near = Holiday.objects.filter(on__gte=on - timedelta(days=60), on__lte=on + timedelta(days=90))
    return WorkingCalendar.of(System.objects.current().weekend, near.values_list("on", flat=True))


def write_digests(
    *, on: date, at: datetime, readers: QuerySet[User] | None = None, counted_on: date | None = None
) -> Written:
    """Writes the digest of everybody, or of `readers`, to whom there is something new to say.

    `on` is their day, `counted_on` the system's if that is another. Nothing is written on days off
    of the readers. Running it again writes nothing for those who have one of either day. Each is
    tried on its own: what goes wrong with one stops nobody else's.
    """
    day = Day(on, counted_on or on, at, System.objects.current())
    calendar = working_calendar(day.counted_on)
    if not calendar.is_working(on):
        return Written()
    have = Digest.objects.filter(Q(on=on) | Q(counted_on=day.counted_on)).values("person")
    people: QuerySet[User] = User.objects.wanting_mail() if readers is None else readers
    return one_by_one(
        (person for person in people.exclude(pk__in=have) if person.has_usable_password()),
        partial(write_digest, day=day, calendar=calendar),
    )


def one_by_one(people: Iterable[User], work: Callable[..., int]) -> Written:
    """`work(person=...)` for each; what goes wrong with one is kept, and stops nobody else's."""
    made, failed = 0, {}
    for person in people:
        try:
            made += work(person=person)
        except Exception as error:  # the boundary of one person's work: logged, and tried again
            logger.exception("The morning of person %s went wrong", person.pk)
            failed[person.pk] = f"{type(error).__name__}: {error}"[:ERROR]
    return Written(made, failed)


def write_digest(*, person: User, day: Day, calendar: WorkingCalendar) -> bool:
    """The person's digest, if there is news. The system leader is spared daily mail."""
    if Role.SYSTEM_LEADER in person.access.roles:
        return False
    zone = person.zone(day.system)
    desk = desk_of(person=person, on=day.counted_on, calendar=calendar, zone=zone)
    news = [each for each in notices(desk, calendar=calendar) if each.is_news]
    # One that never left gives way to today's, which says all of it: still one mail a day.
    unsent = Digest.objects.filter(person=person, on__lt=day.on, state=Digest.State.WRITTEN)
    if not news:
        unsent.delete()
        return False
    said = {
        "counted_on": day.counted_on,
        "subject": _subject(news),
        "body": _body(person, day.on, news, day.system),
        "message_id": f"<digest-{day.on:%Y%m%d}-{person.pk}@{_host()}>",
        "written_at": day.at,
    }
    with transaction.atomic():  # around the writing alone: nobody waits while it is worked out
        unsent.delete()
        _row, made = Digest.objects.get_or_create(person=person, on=day.on, defaults=said)
    return made


def _subject(news: list[Notice]) -> str:
    """One line, whatever the titles are made of: a mail header holds no more."""
    if len(news) == 1:
        return shorten(news[0].title, SUBJECT, placeholder="…")
    words = ngettext("%(count)s thing for you today", "%(count)s things for you today", len(news))
    return words % {"count": len(news)}


def _body(person: User, on: date, news: list[Notice], system: System) -> str:
    return render_to_string(
        "emails/digest.txt",
        {
            "person": person,
            "on": on,
            "news": news,
            "site": settings.SITE_URL,
            "system": system,
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
    message = _message(digest, connection)
    try:
        message.message().as_bytes()
    except Exception as error:  # whatever cannot stand in a mail: nothing was handed over
        logger.exception("Digest %s cannot be made a mail", digest.pk)
        return _mark(digest, Digest.State.FAILED, error=f"{type(error).__name__}: {error}")
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as error:
        # The server said no: certainly not sent.
        state = Digest.State.WRITTEN if _is_for_now(error) else Digest.State.FAILED
        return _mark(digest, state, error=str(error))
    except ValueError as error:
        # An address that cannot stand in a mail: nothing was handed over.
        return _mark(digest, Digest.State.FAILED, error=str(error))
    except (SMTPException, OSError) as error:
        logger.warning("Digest %s may or may not have been sent: %s", digest.pk, error)
        return _mark(digest, Digest.State.UNCERTAIN, error=str(error))
    return _mark(digest, Digest.State.SENT, sent_at=clock(), error="")


def _message(digest: Digest, connection: Any) -> EmailMessage:
    return EmailMessage(
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
