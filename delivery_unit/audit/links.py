"""Where a line leads: to the thing itself, if it is still here and the reader may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from delivery_unit.audit.sources import Source
from goals.models import DataImport, Goal, Indicator, Observation
from stocktakes.models import Stocktake
from stocktakes.search import person_url

Target = tuple[str, int]


@dataclass(frozen=True)
class Links:
    urls: dict[Target, str]

    @classmethod
    def of(cls, entries: Iterable[Any], user: User) -> "Links":
        """At most five queries."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            if target := target_of(entry.source, entry.row):
                wanted[target[0]].add(target[1])
        urls: dict[Target, str] = {}
        for kind, pks in wanted.items():
            urls.update({(kind, pk): url for pk, url in _urls(kind, pks, user)})
        return cls(urls)

    def url(self, entry: Any) -> str:
        target = target_of(entry.source, entry.row)
        return self.urls.get(target, "") if target else ""

    def about(self, entry: Any) -> str:
        """What the list is narrowed to by "only this"."""
        what, pk = target_of(entry.source, entry.row) or (entry.source.key, 0)
        return f"{what}:{pk or getattr(entry.row, 'id', entry.row.pk)}"


def target_of(source: Source, row: Any) -> Target | None:
    """The page that shows the thing: of the goal, the indicator, the meeting, the file, the person."""
    if source.subject is DataImport:
        return "dataimport", row.pk
    if source.subject is Observation:
        return "indicator", row.series.indicator_id
    for kind, path in (
        ("stocktake", source.stocktake),
        ("goal", source.goal),
        ("indicator", source.indicator),
        ("user", _person_path(source)),
    ):
        if path and "__" not in path:
            return _at(kind, row, path)
    return None


def _person_path(source: Source) -> str:
    first = next(iter(source.people), "")
    return f"{first}_id" if first not in ("", "id") else first


def _at(kind: str, row: Any, name: str) -> Target | None:
    pk = getattr(row, name)
    return None if pk is None else (kind, pk)


def _urls(kind: str, pks: set[int], user: User) -> Iterable[tuple[int, str]]:
    return READERS[kind](pks, user)


def _goals(pks: set[int], user: User) -> Iterable[tuple[int, str]]:
    goals = Goal.objects.visible_to(user).filter(pk__in=pks)
    return [(goal.pk, goal.get_absolute_url()) for goal in goals]


def _stocktakes(pks: set[int], user: User) -> Iterable[tuple[int, str]]:
    meetings = Stocktake.objects.visible_to(user).filter(pk__in=pks)
    return [(each.pk, each.get_absolute_url()) for each in meetings]


def _indicators(pks: set[int], _user: User) -> Iterable[tuple[int, str]]:
    """Hidden ones have no line."""
    codes = Indicator.objects.filter(pk__in=pks).values_list("pk", "code")
    return [(pk, reverse("goals:indicator_detail", args=[code])) for pk, code in codes]


def _imports(pks: set[int], user: User) -> Iterable[tuple[int, str]]:
    files = DataImport.objects.visible_to(user).filter(pk__in=pks).order_by()
    keys = files.values_list("pk", flat=True)
    return [(pk, reverse("goals:import_detail", args=[pk])) for pk in keys]


def _people(pks: set[int], user: User) -> Iterable[tuple[int, str]]:
    return [(pk, person_url(user, pk)) for pk in pks]


READERS = {
    "goal": _goals,
    "stocktake": _stocktakes,
    "indicator": _indicators,
    "dataimport": _imports,
    "user": _people,
}
