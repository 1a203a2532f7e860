"""Ending sessions: one, all others, all."""

from datetime import datetime

from accounts.actions.sign_in import Kind, record
from accounts.devices import Place
from accounts.models import Session, SharedCacheRow, User


def forget_what_expired(*, at: datetime) -> int:
    """Sessions and counted attempts whose time is over; how many there were."""
    sessions, _rows = Session.objects.filter(expire_date__lt=at).delete()
    attempts, _rows = SharedCacheRow.objects.filter(expires__lt=at).delete()
    return sessions + attempts


def end_session(*, person: User, handle: str, place: Place, at: datetime) -> bool:
    """Signs one browser of the person out; False if there is no such session of theirs."""
    meant = [row for row in Session.objects.filter(person=person) if row.handle == handle]
    for row in meant:
        row.delete()
        record(Kind.SESSIONS_ENDED, person=person, place=place, at=at, by=person, detail="1")
    return bool(meant)


def end_sessions(
    *, person: User, place: Place, at: datetime, by: User | None, keep: str | None = None
) -> int:
    """Signs the person out everywhere but in the session `keep`; how many there were."""
    ended, _rows = Session.objects.filter(person=person).exclude(pk=keep or "").delete()
    if ended:
        record(Kind.SESSIONS_ENDED, person=person, place=place, at=at, by=by, detail=str(ended))
    return ended
