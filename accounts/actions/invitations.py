"""Inviting people who have never signed in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import security_mail
from accounts.models import Invitation, User

OPEN_FOR = timedelta(days=14)


def invite(*, person: User, by: User, at: datetime) -> str:
    """Mails a link at once. The answer is empty then; else it is the link, to be handed over.

    Raises ValidationError.
    """
    if not person.is_active or person.last_login or person.has_usable_password():
        raise ValidationError(_("%s does not need an invitation.") % person.name)
    invitation = Invitation(person=person, made_at=at, made_by=by, expires_at=at + OPEN_FOR)
    path = reverse("accounts:invitation", args=[invitation.new_key()])
    link = f"{settings.SITE_URL}{path}"
    with transaction.atomic():
        invitation.save()
    if not security_mail.is_set_up() or not security_mail.mail_invitation(person, link, invitation):
        return link
    invitation.was_mailed = True
    invitation.save(update_fields=["was_mailed"])
    return ""
