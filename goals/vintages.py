"""What was known when: bitemporal reads of rows that are added and never altered (FORMULAS 9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction

WITHDRAWN = "withdrawn"
Key = tuple[str, date]


class Basis(StrEnum):
    """Known to us since it was received, or known to everybody since it was published."""

    RECEIVED = "received"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Vintage:
    """One revision of the value of one period; `text` is the value in the digits as published.

    A row without the moment that a read goes by is invisible to it. A value that is None without
    being withdrawn is known to be missing.
    """

    period_end: date
    value: Fraction | None
    status: str = "final"
    revision: int = 0
    known_from: datetime | None = None
    published_on: date | None = None
    key: str = ""
    text: str = ""

    def is_known(self, at: datetime, basis: Basis, zone: tzinfo) -> bool:
        if basis is Basis.RECEIVED:
            return self.known_from is not None and self.known_from <= at
        return self.published_on is not None and start_of(self.published_on, zone) <= at


def start_of(day: date, zone: tzinfo = UTC) -> datetime:
    """When a day begins: since then what came on the bare day is known."""
    return datetime.combine(day, time.min, zone)


def end_of(day: date, zone: tzinfo = UTC) -> datetime:
    """The last moment of a day: what is known "on" a bare day is what was known by then.

    Counted back from the next day, since clocks that are set back may show the last hour twice.
    """
    return start_of(day + timedelta(days=1), zone).astimezone(UTC) - timedelta(microseconds=1)


def as_known(
    rows: Iterable[Vintage],
    at: datetime,
    *,
    basis: Basis = Basis.RECEIVED,
    valid_at: date | None = None,
    zone: tzinfo = UTC,
) -> tuple[Vintage, ...]:
    """The values as they were known at a moment, by key and period; a withdrawn one is absent.

    Of each period the highest revision counts, not the latest arrival.
    """
    newest: dict[Key, Vintage] = {}
    for row in rows:
        if not row.is_known(at, basis, zone) or (valid_at and row.period_end > valid_at):
            continue
        place = (row.key, row.period_end)
        if place not in newest or _age(row) > _age(newest[place]):
            newest[place] = row
    return tuple(newest[place] for place in sorted(newest) if newest[place].status != WITHDRAWN)


def _age(row: Vintage) -> tuple[int, datetime, date, str]:
    """Revisions in their order; two with one number (which no store allows) in a fixed one."""
    return (
        row.revision,
        row.known_from or datetime.min.replace(tzinfo=UTC),
        row.published_on or date.min,
        f"{row.status} {row.text} {row.value}",
    )


@dataclass(frozen=True)
class Revised:
    old: Vintage
    new: Vintage


@dataclass(frozen=True)
class Difference:
    """What one read has that the other has not, and where their numbers differ."""

    added: tuple[Vintage, ...] = ()
    withdrawn: tuple[Vintage, ...] = ()
    revised: tuple[Revised, ...] = ()


def difference(before: Iterable[Vintage], after: Iterable[Vintage]) -> Difference:
    """Between two reads. 72 and 72.0 are the same number, so the one does not revise the other."""
    old = {(row.key, row.period_end): row for row in before}
    new = {(row.key, row.period_end): row for row in after}
    return Difference(
        added=tuple(new[place] for place in sorted(new.keys() - old.keys())),
        withdrawn=tuple(old[place] for place in sorted(old.keys() - new.keys())),
        revised=tuple(
            Revised(old[place], new[place])
            for place in sorted(old.keys() & new.keys())
            if old[place].value != new[place].value
        ),
    )


@dataclass(frozen=True)
class Version:
    """A version of a target or trajectory; without a day of approval it is a draft."""

    number: int
    approved_on: date | None = None


def version_in_force(versions: Iterable[Version], on: date) -> Version | None:
    """The newest approved by the day; of two approved on one day the higher. Drafts never."""
    held = [each for each in versions if each.approved_on and each.approved_on <= on]
    return max(held, key=lambda each: (each.approved_on or on, each.number), default=None)
