"""How often somebody may try, counted in the cache that all web workers share.

Two counts: for one account from one address, and for one account from anywhere. Nothing is counted
for an address alone, so people behind one office's address do not lock each other out.
"""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache


@dataclass(frozen=True)
class Limit:
    """At most so many attempts in this time; each one counts until the time since it is over."""

    most: int
    within: timedelta


FROM_ONE_ADDRESS = Limit(most=5, within=timedelta(minutes=15))
FROM_ANYWHERE = Limit(most=20, within=timedelta(hours=1))
MAILED_LINKS = Limit(most=3, within=timedelta(hours=1))
_LONGEST = timedelta(hours=2)  # longer than any limit, so that a lift outlives what it lifts


class TooManyAttempts(Exception):
    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True)
class Attempt:
    """An attempt that was let through and counted; `is_last` if there is none left after it."""

    own_slots: tuple[str, ...]
    address_slots: tuple[str, ...]
    is_last: bool


def take(what: str, account: str, address: str | None, at: datetime) -> Attempt:
    """Counts an attempt before its outcome is known, so that a hundred at once gain nothing."""
    one, any_ = _slots(what, account, address or "-"), _slots(what, account)
    near = one[: FROM_ONE_ADDRESS.most]
    here, left_here = _occupy(near, FROM_ONE_ADDRESS, at)
    try:
        there, left_there = _occupy(any_[: FROM_ANYWHERE.most], FROM_ANYWHERE, at)
    except TooManyAttempts:
        cache.delete(here)
        raise
    return Attempt((there,), tuple(near), is_last=not (left_here and left_there))


def succeed(attempt: Attempt) -> None:
    """The attempt was good: it and the mistakes from the same address no longer count."""
    cache.delete_many([*attempt.own_slots, *attempt.address_slots])


def may_mail(account: str, at: datetime) -> bool:
    """Counts a mail that somebody asked for; False if there were enough of them."""
    try:
        _occupy(_slots("mail", account)[: MAILED_LINKS.most], MAILED_LINKS, at)
    except TooManyAttempts:
        return False
    return True


def locked_until(what: str, account: str, at: datetime) -> datetime | None:
    """Until when the account is closed from every address; None if it is open."""
    slots = _slots(what, account)[: FROM_ANYWHERE.most]
    held = [end for end in cache.get_many(slots).values() if end > at.timestamp()]
    return _free_at(held) if len(held) >= FROM_ANYWHERE.most else None


def lift(what: str, account: str) -> None:
    """Nothing that was counted for the account counts any longer, from whatever address."""
    cache.set(_era_key(what, account), uuid.uuid4().hex, _LONGEST.total_seconds())


def _slots(what: str, account: str, address: str = "") -> list[str]:
    era = cache.get(_era_key(what, account), "")
    name = _hashed(what, account, address, era)
    return [f"attempt:{name}:{number}" for number in range(FROM_ANYWHERE.most)]


def _occupy(slots: list[str], limit: Limit, at: datetime) -> tuple[str, int]:
    """The first free slot, which is now taken, and how many are left. Adding is atomic."""
    held = cache.get_many(slots)
    free_again = (at + limit.within).timestamp()
    for slot in slots:
        if slot not in held and cache.add(slot, free_again, limit.within.total_seconds()):
            return slot, len(slots) - len(held) - 1
    raise TooManyAttempts(_free_at(cache.get_many(slots).values()) or at)


def _free_at(ends: Iterable[float]) -> datetime | None:
    return min((datetime.fromtimestamp(end, tz=UTC) for end in ends), default=None)


def _era_key(what: str, account: str) -> str:
    return f"era:{_hashed(what, account)}"


def _hashed(*parts: str) -> str:
    """Addresses of people are not left lying about in a cache."""
    return hashlib.sha256("\0".join(parts).lower().encode()).hexdigest()[:40]
