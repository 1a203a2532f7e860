"""Closing the sign-in of people whose last day has passed."""

from datetime import date, datetime

from django.db import transaction

from accounts.actions.turns import keep
from accounts.models import AccountChange, User


@transaction.atomic
def close_sign_ins(*, on: date, at: datetime) -> int:
    """Those whose leaving was decided on a page; once each, so that somebody may come back."""
    due = AccountChange.objects.select_for_update(of=("self",)).filter(
        starts_on__lte=on, undone_at__isnull=True, asked__leaving__isnull=False
    )
    closed = 0
    for change in due.filter(asked__closed__isnull=True):
        for person in User.objects.filter(pk=change.asked["leaving"], is_active=True):
            person.is_active = False
            keep(person, by=change.decided_by, reason=change.reason, at=at)
            closed += 1
        change.asked["closed"] = True
        change.save(update_fields=["asked"])
    return closed
