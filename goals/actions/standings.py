"""Working out where series stand, and writing it down when it changed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from goals import outlook
from goals.comparing import comparable_before, compare, dots_of, drawn_path, path_dots
from goals.data_age import Frequency
from goals.findings import find
from goals.models import Observation, Series, Standing, Trajectory
from goals.outlook import Outlook
from goals.shape import MOST_DOTS, shape_of, to_text

# How many of the newest values a standing can depend on: those that it draws, or the years of them
# that lie behind a plateau in one season.
ENOUGH = MOST_DOTS
ENOUGH_IN_SEASON = {Frequency.WEEKLY: 170, Frequency.DAILY: 1200}


@transaction.atomic
def refresh_standings(*, series_ids: Iterable[int], at: datetime) -> int:
    """Brings the standings of these series up to date as of `at`; how many have changed.

    Only series that serve a goal or have a path have standings. A row is added only when it says
    something else than the one before, so running this twice adds nothing. A number entered behind
    later ones changes what was known since: those standings are worked out again, as new rows.
    """
    wanted = Series.objects.filter(pk__in=set(series_ids))
    wanted = wanted.exclude(goal_uses__isnull=True, trajectories__isnull=True).distinct()
    series = _locked(wanted.values_list("pk", flat=True))
    later = Standing.objects.filter(series__in=series, known_from__gt=at)
    moments = sorted({at, *later.values_list("known_from", flat=True)})
    return sum(_refresh_at(series, moment) for moment in moments)


def _locked(ids: Iterable[int]) -> list[Series]:
    """Two at once would both find a standing missing and write it twice; so one waits.

    The lock lets numbers be added meanwhile: whoever adds one waits here in turn.
    """
    rows = Series.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.filter(pk__in=list(ids)).select_related("indicator").order_by("pk")
    return list(rows.prefetch_related("indicator__definitions"))


def _refresh_at(series: list[Series], moment: datetime) -> int:
    paths = {
        row.series_id: row
        for row in Trajectory.objects.filter(series__in=series)
        .in_force(timezone.localdate(moment))
        .for_drawing()
    }
    changed: list[Standing] = []
    for finals in (False, True):
        before = Standing.objects.filter(series__in=series).as_known_at(moment, finals=finals)
        said = {row.series_id: row for row in before}
        lines = _newest_rows(series, moment, finals=finals)
        for each in series:
            row = _standing(each, lines[each.pk], paths.get(each.pk), moment)
            row.is_of_finals = finals
            if not _says_the_same(said.get(each.pk), row):
                changed.append(row)
    Standing.objects.bulk_create(changed)
    return len({row.series_id for row in changed})


def _newest_rows(
    series: list[Series], moment: datetime, *, finals: bool
) -> dict[int, list[Observation]]:
    """Of each series the newest rows known at the moment, oldest first, as many as matter.

    So many values, with the periods between them that were reported to have none.
    """
    limits: dict[int, list[int]] = defaultdict(list)
    for each in series:
        limits[_enough(each)].append(each.pk)
    found: dict[int, list[Observation]] = defaultdict(list)
    for limit, ids in limits.items():
        rows = Observation.objects.filter(series__in=ids).as_known_at(moment)
        rows = (rows.final() if finals else rows).newest_values(limit)
        for row in rows.order_by("period_end"):
            found[row.series_id].append(row)
    return found


def _enough(series: Series) -> int:
    if not series.indicator.is_seasonal:
        return ENOUGH
    return ENOUGH_IN_SEASON.get(Frequency(series.indicator.frequency), ENOUGH)


def _standing(
    series: Series, rows: Sequence[Observation], path: Trajectory | None, moment: datetime
) -> Standing:
    values = [row for row in rows if row.number is not None]
    newest = values[-1] if values else None
    outcome = compare(newest, path)
    indicator, known = series.indicator, series.indicator.definition_list()
    found = find(values, path, indicator, known)
    return Standing(
        series=series,
        known_from=moment,
        observation=newest,
        previous=comparable_before(values, indicator, known),
        trajectory=path,
        target=path.target if path else None,
        expected=outcome.expected,
        variance=outcome.variance,
        movement=outcome.movement,
        share=outcome.share,
        tolerance=outcome.tolerance,
        noise=outcome.noise,
        band=outcome.band or "",
        reason=outcome.reason or "",
        is_within_noise=outcome.within_noise,
        is_provisional=bool(newest and not newest.is_final),
        **Outlook.of(found.pace, found.turns).columns(),
        shape=to_text(
            shape_of(
                dots_of(rows, indicator, known),
                path_dots(drawn_path(path), newest.period_end if newest else None),
            )
        ),
    )


SAID = (
    "observation_id", "previous_id", "trajectory_id", "target_id", "expected", "variance",
    "movement", "share", "tolerance", "noise", "band", "reason", "is_within_noise",
    "is_provisional", "shape", *outlook.COLUMNS,
)  # fmt: skip


def _says_the_same(before: Standing | None, after: Standing) -> bool:
    return before is not None and all(_same(before, after, name) for name in SAID)


def _same(before: Standing, after: Standing, name: str) -> Any:
    return getattr(before, name) == getattr(after, name)
