"""Mail about signing in. It goes at once and does not wait for the worker or the digest.

It is sent beside the answer, in a thread: a page that waited for the mail server only when an
address is known would tell by its slowness which addresses are known.
"""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.devices import Place
from accounts.models import Invitation, System, User

logger = logging.getLogger(__name__)


def mail_link(person: User, link: str) -> None:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    words = {"link": link, "hours": hours}
    _post(_("Choose a new password"), "emails/password_link.txt", person, words)


def mail_change(person: User, what: str, place: Place, at: datetime) -> None:
    """Tells somebody what was changed in how they sign in, in case it was not them."""
    words = {"what": what, "place": place, "at": at}
    _post(_("How you sign in was changed"), "emails/sign_in_changed.txt", person, words)


def is_set_up() -> bool:
    """Whether mail leaves this machine; in the demonstration it is shown instead."""
    return settings.DEMO or "filebased" not in settings.EMAIL_TRANSPORT


def mail_invitation(person: User, link: str, invitation: Invitation) -> bool:
    """Sent while the administrator waits, who must know whether it went."""
    words = {"link": link, "invitation": invitation}
    message = _message(_("Come in"), "emails/invitation.txt", person, words)
    return _send(message, person.pk)


def _post(subject: str, template: str, person: User, words: dict[str, object]) -> None:
    message = _message(subject, template, person, words)
    threading.Thread(target=_send, args=(message, person.pk), name="security-mail").start()


def _message(subject: str, template: str, person: User, words: dict[str, object]) -> EmailMessage:
    system = System.objects.current()
    zone = person.zone(system)
    words = {**words, "person": person, "system": system, "site_url": settings.SITE_URL}
    with timezone.override(zone):
        body = render_to_string(template, {**words, "zone": zone.key})
    return EmailMessage(
        subject=f"{subject} · {system.name}",
        body=body,
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _send(message: EmailMessage, person_id: int) -> bool:
    try:
        message.send()
    except OSError:  # a mail server that is away or refuses; smtplib's errors are of this kind
        logger.exception("security mail to person %s was not sent", person_id)
        return False
    return True
