"""Finding goals, people, indicators, stocktakes and packs, within what one may see.

Every kind is read as short rows that the reader may see, and compared here: so accents and capital
letters count as little on SQLite as on PostgreSQL, and what is hidden is never compared at all.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can_list_people
from accounts.roles import Permission
from goals import wording
from goals.models import Goal, GoalRole, Indicator, Series
from stocktakes.models import Pack, Stocktake

SHOWN = 6  # of each kind, unless all of it is asked for
LONGEST = 80


@dataclass(frozen=True)
class Hit:
    name: str
    url: str
    note: str = ""
    code: str = ""
    rank: int = 0


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `more` is how many are not shown."""

    kind: str
    title: str
    hits: Sequence[Hit]
    more: int = 0


@dataclass(frozen=True)
class Found:
    asked: str
    groups: Sequence[Group] = field(default=())

    @property
    def count(self) -> int:
        return sum(len(group.hits) + group.more for group in self.groups)


def plain(text: str) -> str:
    """Small letters without accents: what is compared."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def rank_of(words: Sequence[str], code: str, name: str, note: str = "") -> int:
    """0: not found; otherwise the higher, the nearer. Every word must be somewhere."""
    code, name, note = plain(code), plain(name), plain(note)
    asked = " ".join(words)
    if not all(word in f"{code} {name} {note}" for word in words):
        return 0
    if code == asked:
        return 5
    if name.startswith(asked):
        return 4
    if all(any(part.startswith(word) for part in f"{code} {name}".split()) for word in words):
        return 3
    return 2 if all(word in f"{code} {name}" for word in words) else 1


def find(*, user: User, asked: str, on: date, only: str = "") -> Found:
    """In as many queries as there are kinds, however much there is to be found."""
    asked = " ".join(asked.split())[:LONGEST]
    words = plain(asked).split()
    if not words:
        return Found(asked)
    kinds = {
        "goals": (_("Goals"), _goals),
        "people": (_("People"), _people),
        "indicators": (_("Indicators"), _indicators),
        "stocktakes": (_("Stocktakes"), _stocktakes),
        "packs": (_("Packs"), _packs),
    }
    groups = [
        _group(kind, title, read(user, words, on), only)
        for kind, (title, read) in kinds.items()
        if only in ("", kind)
    ]
    return Found(asked, [group for group in groups if group.hits])


def _group(kind: str, title: str, hits: Iterable[Hit], only: str) -> Group:
    found = sorted((hit for hit in hits if hit.rank), key=lambda hit: -hit.rank)
    shown = found if only else found[:SHOWN]
    return Group(kind, title, shown, len(found) - len(shown))


def _goals(user: User, words: Sequence[str], _on: date) -> Iterable[Hit]:
    rows = Goal.objects.visible_to(user).values_list("code", "title", "aim", "area__name")
    for code, title, aim, area in rows:
        rank = rank_of(words, code, title, f"{aim} {area}")
        yield Hit(title, reverse("goals:goal_detail", args=[code]), area, code, rank)


def _people(user: User, words: Sequence[str], on: date) -> Iterable[Hit]:
    """Everybody at work for those who see all goals; else those who lead what one may see."""
    people = User.objects.filter(is_active=True)
    if not user.may(Permission.SEE_ALL_GOALS):
        led = GoalRole.objects.current(on).filter(
            role="leader", goal__in=Goal.objects.visible_to(user).values("pk")
        )
        people = people.filter(Q(pk=user.pk) | Q(pk__in=led.values("person")))
    for pk, name, title in people.with_title(on).values_list("pk", "name", "title"):
        if rank := rank_of(words, "", name, title):
            yield Hit(name, person_url(user, pk), title, "", rank)


def person_url(user: User, pk: int) -> str:
    """The page of the person, for those who have one to look at."""
    return reverse("people:person_detail", args=[pk]) if can_list_people(user) else ""


def _indicators(user: User, words: Sequence[str], _on: date) -> Iterable[Hit]:
    """Those with a line of numbers that one may see; the dictionary for those who see all goals."""
    rows = Indicator.objects.all()
    if user.may(Permission.SEE_ALL_GOALS):
        rows = rows.exclude(pk__in=Indicator.objects.hidden_from(user).values("pk"))
    else:
        seen = Series.objects.visible_to(user).order_by().values("indicator")
        rows = rows.filter(pk__in=seen)
    for code, name, source in rows.values_list("code", "name", "source"):
        rank = rank_of(words, code, name, source)
        yield Hit(name, reverse("goals:indicator_detail", args=[code]), source, code, rank)


def _stocktakes(user: User, words: Sequence[str], _on: date) -> Iterable[Hit]:
    rows = Stocktake.objects.visible_to(user).values_list("pk", "title", "place", "starts_at")
    for pk, title, place, starts_at in rows:
        url = reverse("stocktakes:stocktake_detail", args=[pk])
        yield Hit(title, url, wording.day(starts_at), "", rank_of(words, "", title, place))


def _packs(user: User, words: Sequence[str], _on: date) -> Iterable[Hit]:
    rows: Any = Pack.objects.visible_to(user).without_files()
    fields = ("stocktake_id", "stocktake__title", "version", "issued_at", "change_note")
    for stocktake, title, version, issued_at, note in rows.values_list(*fields):
        url = f"{reverse('stocktakes:pack_detail', args=[stocktake])}?version={version}"
        name = _("%(title)s, pack version %(version)s") % {"title": title, "version": version}
        yield Hit(name, url, wording.day(issued_at), "", rank_of(words, "", name, note))
