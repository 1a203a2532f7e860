"""A person who asks to be forgotten gets a pseudonym wherever the system may still change a row.

What is locked keeps the name: packs and the text they are drawn from, and facts that are only ever
added (answers, judgements, reasons in a history). They say what was said, and by whom.
"""

import re
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions.turns import keep, one_after_another
from accounts.models import ListImport, Session, SignInEvent, User
from stocktakes.models import Digest, MailRecord

# Where a name can stand in text that we may change, with the columns: (model, columns).
_TEXTS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Digest, ("subject", "body")),
    (MailRecord, ("recipient", "subject", "error")),
)


def pseudonym_of(person: User) -> tuple[str, str]:
    return _("Person %s") % person.pk, f"person-{person.pk}@pseudonym.invalid"


def pseudonymise(*, person: User, reason: str, by: User, at: datetime) -> None:
    """For good. The history keeps that it was done, by whom and why. Raises ValidationError."""
    with one_after_another():
        person.refresh_from_db()
        _check_may_be_forgotten(person)
        name, email = person.name, person.email
        person.name, person.email = pseudonym_of(person)
        person.time_zone, person.pseudonymised_at = "", at
        person.set_unusable_password()
        keep(person, by=by, reason=reason, at=at)
        person.history.update(name=person.name, email=person.email, time_zone="")
        _replace_in_texts({name: person.name, email: person.email})
        _forget_the_door(person)


def _check_may_be_forgotten(person: User) -> None:
    if person.is_active:
        raise ValidationError(_("Only somebody who has left gets a pseudonym."))
    if person.pseudonymised_at is not None:
        raise ValidationError(_("This person has a pseudonym already."))


def _replace_in_texts(pairs: dict[str, str]) -> None:
    """In mail that was written, to this person or about them; whole words only."""
    for model, columns in _TEXTS:
        for old, new in pairs.items():
            word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
            holding = Q(*[(f"{column}__icontains", old) for column in columns], _connector=Q.OR)
            for row in model.objects.filter(holding):
                for column in columns:
                    setattr(row, column, word.sub(new, getattr(row, column)))
                row.save(update_fields=columns)


def _forget_the_door(person: User) -> None:
    """How and from where the person signed in; that they did stays in the log."""
    Session.objects.filter(person=person).delete()
    person.invitations.all().delete()
    for rows in (EmailAddress, SocialAccount, Authenticator):
        rows.objects.filter(user=person).delete()
    SignInEvent.objects.filter(person=person).update(address=None, device="", detail="")
    # A list of people that nobody has decided on may hold the address.
    waiting = ListImport.objects.filter(state=ListImport.State.DRY_RUN)
    for row in waiting.filter(kind=ListImport.Kind.PEOPLE):
        row.state, row.content, row.problem = (
            ListImport.State.REFUSED,
            b"",
            _("Put aside: somebody in the system asked to be forgotten. Read the file anew."),
        )
        row.save()
