"""Looking at the system as another person: begun with a reason, noted page by page, and ended.

The row of the beginning is the truth of the look; the session only names it.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.permissions import can_view_as
from accounts.roles import Permission

LONGEST = timedelta(minutes=30)


class NotAllowed(Exception):
    """An administrator may not look as just anybody."""


def start_view(*, person: User, by: User, reason: str, at: datetime) -> AuditEvent:
    """Raises NotAllowed."""
    if not can_view_as(by, person):
        raise NotAllowed
    return AuditEvent.objects.create(
        at=at, kind=AuditEvent.Kind.VIEW_STARTED, by=by, person=person, reason=reason.strip()[:300]
    )


def current_view(*, start: int, by: User, at: datetime) -> AuditEvent | None:
    """The look, with its person as of today; None when it is over, for whatever reason."""
    begun = AuditEvent.objects.filter(pk=start, kind=AuditEvent.Kind.VIEW_STARTED, by=by)
    view: AuditEvent | None = begun.first()
    if view is None or at >= view.at + LONGEST or view.person_id is None:
        return None
    person = User.objects.filter(pk=view.person_id).with_title(timezone.localdate(at)).first()
    if person is None or not can_view_as(by, person):
        return None
    person.is_veiled = not by.may(Permission.SEE_CONFIDENTIAL_GOALS)
    view.person = person
    return view


def note(*, view: AuditEvent, kind: AuditEvent.Kind, subject: str, at: datetime) -> None:
    AuditEvent.objects.create(
        at=at, kind=kind, by=view.by, person_id=view.person_id, start=view, subject=subject[:200]
    )


def stop_view(*, start: int, by: User, at: datetime, why: str = "") -> None:
    """Notes the end once, however often it is asked for."""
    begun = AuditEvent.objects.filter(pk=start, kind=AuditEvent.Kind.VIEW_STARTED, by=by).first()
    if begun is None or begun.later.filter(kind=AuditEvent.Kind.VIEW_STOPPED).exists():
        return
    AuditEvent.objects.create(
        at=at,
        kind=AuditEvent.Kind.VIEW_STOPPED,
        by=by,
        person_id=begun.person_id,
        start=begun,
        reason=why[:300],
    )
