"""Working out where series stand, and writing it down when it changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from goals.comparing import compare
from goals.models import Observation, Series, Standing, Trajectory


@transaction.atomic
def refresh_standings(*, series_ids: Iterable[int], at: datetime) -> int:
    """Brings the standings of these series up to date as of `at`; how many rows were added.

    Only series that serve a goal or have a path have standings. A row is added only when it says
    something else than the one before, so running this twice adds nothing. A number entered behind
    later ones changes what was known since: those standings are worked out again, as new rows.
    """
    wanted = Series.objects.filter(pk__in=set(series_ids))
    wanted = wanted.exclude(goal_uses__isnull=True, trajectories__isnull=True).distinct()
    ids = _locked(wanted.values_list("pk", flat=True))
    later = Standing.objects.filter(series__in=ids, known_from__gt=at)
    moments = sorted({at, *later.values_list("known_from", flat=True)})
    return sum(_refresh_at(ids, moment) for moment in moments)


def _locked(ids: Iterable[int]) -> list[int]:
    """Two at once would both find a standing missing and write it twice; so one waits.

    The lock lets numbers be added meanwhile: whoever adds one waits here in turn.
    """
    rows = Series.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    return [row.pk for row in rows]


def _refresh_at(ids: list[int], moment: datetime) -> int:
    before = {
        row.series_id: row for row in Standing.objects.filter(series__in=ids).as_known_at(moment)
    }
    newest = _newest_observations(ids, moment)
    paths = {
        row.series_id: row
        for row in Trajectory.objects.filter(series__in=ids)
        .in_force(timezone.localdate(moment))
        .for_drawing()
    }
    rows = [_standing(pk, newest.get(pk), paths.get(pk), moment) for pk in ids]
    changed = [row for row in rows if not _says_the_same(before.get(row.series_id), row)]
    Standing.objects.bulk_create(changed)
    return len(changed)


def _newest_observations(ids: list[int], moment: datetime) -> dict[int, Observation]:
    """Of each series the newest period that had a value at the moment."""
    rows = Observation.objects.filter(series__in=ids).as_known_at(moment).reported()
    return {row.series_id: row for row in rows.order_by("period_end")}


def _standing(
    pk: int, observation: Observation | None, path: Trajectory | None, moment: datetime
) -> Standing:
    outcome = compare(observation, path)
    return Standing(
        series_id=pk,
        known_from=moment,
        observation=observation,
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
        is_provisional=bool(observation and not observation.is_final),
    )


SAID = (
    "observation_id", "trajectory_id", "target_id", "expected", "variance", "movement", "share",
    "tolerance", "noise", "band", "reason", "is_within_noise", "is_provisional",
)  # fmt: skip


def _says_the_same(before: Standing | None, after: Standing) -> bool:
    return before is not None and all(_same(before, after, name) for name in SAID)


def _same(before: Standing, after: Standing, name: str) -> Any:
    return getattr(before, name) == getattr(after, name)
