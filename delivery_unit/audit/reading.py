"""One list in time order over all sources, a page at a time; nothing is counted."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from delivery_unit.audit.hiding import Hidden
from delivery_unit.audit.permissions import reads_everything
from delivery_unit.audit.sources import SOURCES, Rows, Source
from goals.models import GoalIndicator

PAGE, BATCH = 50, 500
TEXT_REACHES = timedelta(days=366)  # how far back a text is looked for, where nobody says
ABOUT = {"goal": "goal", "indicator": "indicator", "stocktake": "stocktake"}


@dataclass(frozen=True)
class Asked:
    """What the reader wants to see, as it stands in the address."""

    who: str = ""
    kind: str = ""
    about: tuple[str, int] | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""

    def reach(self, on: date) -> date | None:
        """The first day; a text is not looked for in all the years unless somebody says so."""
        if self.text and self.since is None:
            return (self.until or on) - TEXT_REACHES
        return self.since


@dataclass(frozen=True)
class Place:
    """The last line of a page: the next one begins after it."""

    at: datetime
    key: str
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.key}~{self.pk}"

    @classmethod
    def from_text(cls, text: str) -> "Place | None":
        """None for what is no place: then the list begins at its start."""
        at, _tilde, rest = text.partition("~")
        key, _tilde, pk = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        if key not in SOURCES or not pk.isdecimal() or len(pk) > 18 or timezone.is_naive(moment):
            return None
        return cls(moment, key, int(pk))


@dataclass(frozen=True)
class Entry:
    """A row of a source at its place in the list."""

    place: Place
    row: Any

    @property
    def source(self) -> Source:
        return SOURCES[self.place.key]


@dataclass(frozen=True)
class Reader:
    """Somebody who asks something; what stays hidden from them is looked up once."""

    user: User
    asked: Asked
    on: date
    hidden: Hidden
    actors: list[int] | None = field(default=None)

    @classmethod
    def of(cls, user: User, asked: Asked, on: date) -> "Reader":
        return cls(user, asked, on, Hidden.from_user(user), _actors(asked.who))

    def page(self, after: Place | None, size: int = PAGE) -> tuple[list[Entry], Place | None]:
        """The lines after a place, and where the next page begins, if there is one.

        The newest places of each source are found first, from its index alone; rows are loaded for
        those of them that are on the page.
        """
        found = [
            Place(at, source.key, pk)
            for source in self._sources()
            for at, pk in self._rows(source, after).values_list(source.moment, source.pk)[
                : size + 1
            ]
        ]
        found.sort(key=lambda each: (each.key, -each.pk))
        found.sort(key=lambda each: each.at, reverse=True)
        shown = found[:size]
        return self._entries(shown), shown[-1] if len(found) > size else None

    def _entries(self, places: list[Place]) -> list[Entry]:
        """One query for each source that is there."""
        wanted: dict[str, list[int]] = defaultdict(list)
        for place in places:
            wanted[place.key].append(place.pk)
        rows = {(key, row.pk): row for key, pks in wanted.items() for row in SOURCES[key].rows(pks)}
        # One that was taken away in between has no line any more.
        here = [place for place in places if (place.key, place.pk) in rows]
        return [Entry(place, rows[place.key, place.pk]) for place in here]

    def batches(self) -> Iterator[list[Entry]]:
        """Everything that was asked for, a batch at a time."""
        entries, after = self.page(None, BATCH)
        while entries or after is not None:
            yield entries
            if after is None:
                return
            entries, after = self.page(after, BATCH)

    def _sources(self) -> Sequence[Source]:
        whole = reads_everything(self.user)
        open_to = [each for each in SOURCES.values() if whole or each.is_about_goals]
        return [each for each in open_to if self.asked.kind in ("", each.key)]

    def _rows(self, source: Source, after: Place | None) -> Rows:
        rows = self.hidden.hide(source, source.found(), self.user)
        for condition in self._conditions(source):
            rows = rows.filter(condition)
        return rows if after is None else rows.filter(_after(source, after))

    def _conditions(self, source: Source) -> Iterator[Q]:
        asked = self.asked
        if (first := asked.reach(self.on)) is not None:
            yield Q(**{f"{source.moment}__gte": _midnight(first)})
        if asked.until is not None:
            yield Q(**{f"{source.moment}__lt": _midnight(asked.until + timedelta(days=1))})
        if self.actors is not None:
            yield Q(**{f"{source.who}__in": self.actors})
        if asked.text:
            yield source.matching(asked.text)
        if asked.about is not None:
            yield _about(source, *asked.about)


def _actors(who: str) -> list[int] | None:
    if not who:
        return None
    found = User.objects.filter(Q(name__icontains=who) | Q(email__icontains=who))
    return list(found.order_by().values_list("pk", flat=True)[:200])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _after(source: Source, place: Place) -> Q:
    """The bound by the moment stands for itself, so that an index is entered where the page begins."""
    earlier = Q(**{f"{source.moment}__lt": place.at})
    if source.key < place.key:
        return earlier
    until = Q(**{f"{source.moment}__lte": place.at})
    if source.key > place.key:
        return until
    return until & (earlier | Q(**{f"{source.pk}__lt": place.pk}))


def _about(source: Source, what: str, pk: int) -> Q:
    """Lines about one thing, and about what belongs to it."""
    nothing = Q(pk__in=[])
    if what == "user":
        found = nothing
        for name in source.people:
            found |= Q(**{name: pk})
        return found
    if what == "goal" and source.indicator:
        served = GoalIndicator.objects.filter(goal=pk).order_by().values("series__indicator")
        return Q(**{f"{source.indicator}__in": served})
    if what in ABOUT:
        path = getattr(source, ABOUT[what])
        return Q(**{path: pk}) if path else nothing
    return Q(id=pk) if what == source.key else nothing
