"""The rows behind measures, in a fixed number of queries however many series there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from goals.measures import Place, Rows, View
from goals.models import Observation, Standing, Trajectory


@dataclass(frozen=True)
class Time:
    """The day that is read about, and the moment until which things were known; None is now."""

    on: date
    known_at: datetime | None = None

    def of(self, rows: Any) -> Any:
        """Of rows that are added and never changed, the ones that counted at the time."""
        return rows.as_known_at(self.known_at) if self.known_at else rows.current()

    def known(self, rows: Any) -> Any:
        """Of the same rows all that were known, also those that count no more."""
        return rows.filter(known_from__lte=self.known_at) if self.known_at else rows


def load(
    places: Iterable[Place], *, views: Iterable[View], time: Time, judges_targets: bool = True
) -> Rows:
    """The numbers of some series, in at most five queries.

    Standings are written for the newest value of a series; readers who see another value, or
    another unit's series, get their comparison worked out.
    """
    places = list(places)
    ids = [place.series.pk for place in places if place.series]
    if not ids:
        return Rows()
    paths, replaced = _paths(places, time.on)
    due = [pk for pk, path in paths.items() if judges_targets and path.target.due_on <= time.on]
    observations, revisions = _values(ids, due, time)
    standings = {}
    if View.WHOLE in set(views):
        kept = time.of(Standing.objects.filter(series__in=ids))
        standings = {row.series_id: row for row in kept}
    return Rows(
        observations=observations,
        standings=standings,
        trajectories=paths,
        replaced=replaced,
        revisions=revisions,
    )


Lines = dict[int, list[Observation]]


def _values(ids: list[int], due: list[int], time: Time) -> tuple[Lines, Lines]:
    """The newest revision of every period; where a target is due, every revision beside it.

    The result of a target reads what was known when.
    """
    every = Observation.objects.filter(series__in=ids)
    wanted = time.of(every)
    if due:
        wanted = wanted | time.known(every).filter(series__in=due)
    newest: dict[int, dict[date, Observation]] = defaultdict(dict)
    revisions: Lines = defaultdict(list)
    for row in wanted.order_by("period_end", "revision"):
        newest[row.series_id][row.period_end] = row
        revisions[row.series_id].append(row)
    return (
        {pk: list(rows.values()) for pk, rows in newest.items()},
        {pk: revisions[pk] for pk in due},
    )


def _paths(
    places: list[Place], on: date
) -> tuple[dict[int, Trajectory], dict[int, list[Trajectory]]]:
    """The path in force of each series, and those that it has replaced, oldest first.

    A path compares with the indicator that is loaded already.
    """
    prefetch_related_objects([place.indicator for place in places], "definitions")
    series = {place.series.pk: place.series for place in places if place.series}
    approved = (
        Trajectory.objects.filter(series__in=series)
        .approved_by(on)
        .select_related("target__baseline_observation")
    )
    versions: dict[int, list[Trajectory]] = defaultdict(list)
    for path in approved:
        path.series = series[path.series_id]
        versions[path.series_id].append(path)
    every = [path for paths in versions.values() for path in paths]
    dotted = [path for path in every if path.method in Trajectory.WITH_POINTS]
    prefetch_related_objects(dotted, "points")
    return (
        {pk: paths[-1] for pk, paths in versions.items()},
        {pk: paths[:-1] for pk, paths in versions.items()},
    )
