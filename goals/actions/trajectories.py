"""Drafting, submitting and approving a path. The Unit may propose; it never edits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from goals.actions.standings import refresh_standings
from goals.fields import Exact
from goals.models import Observation, Series, Target, Trajectory, TrajectoryPoint


class WrongState(Exception):
    """The path is not in a state from which this step can be taken."""


@dataclass(frozen=True)
class Draft:
    """What a person typed: where to start from, where to get to, and the shape between."""

    baseline: Observation
    due_on: date
    level: Exact
    method: str = Trajectory.Method.LINEAR
    points: Sequence[tuple[date, Exact]] = ()
    tolerance: Exact | None = None
    start_on: date | None = None
    assumptions: str = ""
    reason: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def draft_trajectory(*, series: Series, draft: Draft, by: User) -> Trajectory:
    """A new version of target and path, in draft; approved ones stay as they are.

    Raises TrajectoryError when no path can be drawn through what was typed.
    """
    Series.objects.select_for_update().get(pk=series.pk)
    decimals = series.indicator.decimals
    target = Target(
        series=series,
        version=_next_version(series.targets),
        kind=Target.Kind.LEVEL,
        parameter=draft.level,
        baseline_observation=draft.baseline,
        baseline_on=draft.baseline.period_end,
        baseline_value=draft.baseline.value,
        due_on=draft.due_on,
        raw_level=draft.level,
        level=draft.level,
        decimals=decimals,
        derivation=_("Set as a level."),
    )
    _save(target, by)
    row = Trajectory(
        series=series,
        version=_next_version(series.trajectories),
        target=target,
        method=draft.method,
        start_on=draft.start_on,
        tolerance=draft.tolerance,
        assumptions=draft.assumptions,
        reason=draft.reason,
        drafted_by=by,
        **draft.extra,
    )
    _save(row, by)
    points = [TrajectoryPoint(trajectory=row, on=on, value=value) for on, value in draft.points]
    bulk_create_with_history(points, TrajectoryPoint, default_user=by)
    row.path()  # refuses what no path can be drawn through, and the transaction with it
    return row


def _next_version(rows: Any) -> int:
    newest = rows.order_by("-version").first()
    return newest.version + 1 if newest else 1


def _save(row: Any, by: User) -> None:
    """Each version and state leaves a line in the history, with whoever brought it there."""
    row._history_user = by  # noqa: SLF001 - the name that the history asks for
    row.save()


@transaction.atomic
def submit_trajectory(*, trajectory: Trajectory, by: User) -> Trajectory:
    """The goal leader puts a draft forward. Raises WrongState if it is no draft any more."""
    trajectory = Trajectory.objects.select_for_update().get(pk=trajectory.pk)
    if trajectory.state != Trajectory.State.DRAFT:
        raise WrongState(_("This version is not a draft any more."))
    trajectory.state, trajectory.submitted_by = Trajectory.State.PROPOSED, by
    _save(trajectory, by)
    return trajectory


@transaction.atomic
def approve_trajectory(*, trajectory: Trajectory, by: User, at: datetime, on: date) -> Trajectory:
    """The path counts from `on`; the one before it is superseded and stays on the chart.

    `at` is the moment of approval. Raises WrongState unless the path was put forward
    and no later version was approved before it.
    """
    Series.objects.select_for_update().get(pk=trajectory.series_id)
    trajectory = Trajectory.objects.select_related("target").get(pk=trajectory.pk)
    if trajectory.state != Trajectory.State.PROPOSED:
        raise WrongState(_("This version is not waiting for approval."))
    later = Trajectory.objects.filter(
        series=trajectory.series_id, version__gt=trajectory.version, approved_on__isnull=False
    )
    if later.exists():
        raise WrongState(_("A later version is approved already. Draft this one anew."))
    for earlier in Trajectory.objects.filter(
        series=trajectory.series_id, state=Trajectory.State.APPROVED
    ):
        earlier.state = Trajectory.State.SUPERSEDED
        _save(earlier, by)
    trajectory.state = Trajectory.State.APPROVED
    trajectory.approved_by, trajectory.approved_on = by, on
    _save(trajectory, by)
    trajectory.target.approved_by, trajectory.target.approved_on = by, on
    _save(trajectory.target, by)
    refresh_standings(series_ids=[trajectory.series_id], at=at)
    return trajectory
