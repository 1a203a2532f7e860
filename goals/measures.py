"""One line of numbers as a reader sees it: newest value, comparison, movement, age, table, chart.

Made from rows that are already loaded; nothing here asks the database anything.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from fractions import Fraction
from functools import cached_property

from accounts.models import OrgUnit
from goals import wording
from goals.data_age import DataAge, data_age
from goals.definitions import Definition, is_comparable
from goals.fields import Exact
from goals.models import (
    GoalIndicator,
    Indicator,
    Observation,
    Series,
    Standing,
    Subgroup,
    Target,
    Trajectory,
)
from goals.trajectory import Trajectory as Path
from goals.trajectory import TrajectoryError
from goals.variance import Band, Comparison, NoBand, ProportionError

logger = logging.getLogger(__name__)


class View(Enum):
    """Whose numbers a reader gets."""

    WHOLE = auto()  # the series of the goal, provisional values included
    FINAL = auto()  # board members: the same series, final and revised values only
    LOCAL = auto()  # local leaders: the same indicator at their own unit, never another's number


@dataclass(frozen=True)
class Rows:
    """What was loaded for some series, by the id of the series."""

    observations: Mapping[int, Sequence[Observation]] = field(default_factory=dict)
    standings: Mapping[int, Standing] = field(default_factory=dict)
    trajectories: Mapping[int, Trajectory] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A line of the table beside the chart: what was, what was expected, and the gap."""

    on: date
    observation: Observation | None
    expected: Exact | None
    variance: Exact | None
    is_baseline: bool = False
    is_target: bool = False
    is_comparable: bool = True  # with the newest value


@dataclass(frozen=True)
class Measure:
    """One indicator of a goal, for one unit and subgroup, as one reader may see it."""

    kind: str
    indicator: Indicator
    org_unit: OrgUnit
    subgroup: Subgroup
    series: Series | None  # None: the reader's own unit has no number of this indicator
    view: View
    rows: tuple[Observation, ...]  # newest revisions, oldest period first
    observation: Observation | None
    previous: Observation | None
    comparison: Comparison | None
    is_stored: bool  # the comparison is the standing that was written down, not worked out now
    trajectory: Trajectory | None
    age: DataAge
    definitions: tuple[Definition, ...]

    @property
    def target(self) -> Target | None:
        return self.trajectory.target if self.trajectory else None

    @property
    def scale(self) -> wording.Scale:
        return scale_of(self.indicator)

    @property
    def value(self) -> Exact | None:
        return self.observation.value if self.observation else None

    @property
    def on(self) -> date | None:
        return self.observation.period_end if self.observation else None

    @property
    def gain(self) -> Fraction | None:
        """By how much the newest value is better than the comparable one before it."""
        now, before = self.observation, self.previous
        if now is None or before is None or now.value is None or before.value is None:
            return None
        return wording.better_by(now.value, before.value, self.scale, range_of(self.indicator))

    @property
    def is_late(self) -> bool:
        return self.age.is_late

    @property
    def is_close(self) -> bool:
        """On or slightly behind the trajectory."""
        return bool(self.comparison and self.comparison.band in {"G", "AG"})

    @property
    def has_band(self) -> bool:
        return bool(self.comparison and self.comparison.band)

    @cached_property
    def path(self) -> Path | None:
        """The path as a plain value; None where no line can be drawn through what was typed."""
        if self.trajectory is None:
            return None
        try:
            return self.trajectory.path()
        except TrajectoryError:
            logger.warning("Trajectory %s cannot be drawn", self.trajectory.pk)
            return None

    @cached_property
    def words(self) -> "Words":
        return Words(self)

    @cached_property
    def points(self) -> tuple[Row, ...]:
        return tuple(_table(self))

# A plain class: it says what a Measure holds, in words, one property for each place on a page.
class Words:
    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._scale = measure.scale

    @property
    def latest(self) -> str:
        return wording.level(self._measure.value, self._scale)

    @property
    def latest_on(self) -> str:
        return wording.day(self._measure.on) if self._measure.on else ""

    @property
    def status(self) -> str:
        row = self._measure.observation
        return str(row.get_status_display()) if row else ""

    @property
    def target(self) -> str:
        target = self._measure.target
        return wording.level(target.level, self._scale) if target else ""

    @property
    def target_on(self) -> str:
        target = self._measure.target
        return wording.day(target.due_on) if target else ""

    @property
    def expected(self) -> str:
        outcome = self._measure.comparison
        return wording.level(outcome.expected, self._scale) if outcome and outcome.expected else ""

    @property
    def variance(self) -> str:
        outcome = self._measure.comparison
        return wording.gap(outcome.variance, self._scale) if outcome else ""

    @property
    def variance_at(self) -> str:
        outcome, on = self._measure.comparison, self._measure.on
        return wording.gap_at(outcome.variance, on, self._scale) if outcome and on else ""

    @property
    def tolerance(self) -> str:
        outcome = self._measure.comparison
        if outcome is None or outcome.tolerance is None:
            return ""
        return wording.difference(outcome.tolerance, self._scale)

    @property
    def band(self) -> str:
        """The computed band, or why there is none. Never a rating."""
        outcome = self._measure.comparison
        if outcome is None:
            return wording.no_band("no_observation")
        return wording.band(outcome.band) or wording.no_band(outcome.reason)

    @property
    def why_no_band(self) -> str:
        outcome = self._measure.comparison
        return "" if outcome is None else wording.why_no_band(outcome.reason)

    @property
    def movement(self) -> str:
        return wording.movement(self._measure.gain, self._scale)

    @property
    def movement_on(self) -> str:
        before = self._measure.previous
        return wording.day(before.period_end) if before and self.movement else ""

    @property
    def movement_since(self) -> str:
        before = self._measure.previous
        if before is None:
            return ""
        return wording.movement_since(self._measure.gain, before.period_end, self._scale)

    @property
    def age(self) -> str:
        return wording.age(self._measure.age)

    @property
    def late(self) -> str:
        return wording.late(self._measure.age)

    @property
    def next_due(self) -> str:
        return wording.next_due(self._measure.age)

    @property
    def on_track(self) -> str:
        measure = self._measure
        return wording.on_track(measure.comparison, measure.on, self._scale)

    @property
    def sentence(self) -> str:
        measure = self._measure
        return wording.progress(
            name=measure.indicator.name,
            value=measure.value,
            on=measure.on,
            scale=self._scale,
            comparison=measure.comparison,
        )

    @property
    def worked_out(self) -> list[str]:
        """How the comparison came about, with every number."""
        measure, path = self._measure, self._measure.path
        if measure.comparison is None or measure.value is None or measure.on is None:
            return [wording.why_no_band("no_observation")]
        if measure.trajectory is None or path is None:
            return [wording.why_no_band(measure.comparison.reason)]
        first = path.first or path.last
        return wording.worked_out(
            wording.Working(
                value=measure.value,
                on=measure.on,
                scale=self._scale,
                comparison=measure.comparison,
                version=measure.trajectory.version,
                approved_on=measure.trajectory.approved_on,
                baseline=(first.on, first.value),
                target=(path.last.on, path.last.value),
                is_hold=path.is_hold,
            )
        )


# --- making one -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Which series a measure is about. Without a series: a unit that has no number yet."""

    kind: str
    indicator: Indicator
    org_unit: OrgUnit
    subgroup: Subgroup
    series: Series | None

    @classmethod
    def of(cls, series: Series, kind: str = GoalIndicator.Kind.GOAL) -> "Place":
        return cls(kind, series.indicator, series.org_unit, series.subgroup, series)


def measure(place: Place, rows: Rows, *, view: View, on: date) -> Measure:
    series_id = place.series.pk if place.series else 0
    seen = [row for row in rows.observations.get(series_id, ()) if _may_read(row, view)]
    reported = [row for row in seen if row.number is not None]
    newest = reported[-1] if reported else None
    path = rows.trajectories.get(series_id)
    known = tuple(place.indicator.definition_list())
    standing = rows.standings.get(series_id)
    is_stored = bool(standing and newest and _is_of(standing, newest, path))
    return Measure(
        kind=place.kind,
        indicator=place.indicator,
        org_unit=place.org_unit,
        subgroup=place.subgroup,
        series=place.series,
        view=view,
        rows=tuple(seen),
        observation=newest,
        previous=_previous(reported, place.indicator, known),
        comparison=(
            as_comparison(standing) if standing and is_stored else compare(newest, path)
        ),
        is_stored=is_stored,
        trajectory=path,
        age=data_age(place.indicator.schedule(), newest.period_end if newest else None, on),
        definitions=known,
    )


def _may_read(row: Observation, view: View) -> bool:
    return view is not View.FINAL or row.is_final


def _is_of(standing: Standing, newest: Observation, path: Trajectory | None) -> bool:
    return (standing.observation_id, standing.trajectory_id) == (
        newest.pk,
        path.pk if path else None,
    )


def _previous(
    reported: Sequence[Observation],
    indicator: Indicator,
    known: Sequence[Definition],
) -> Observation | None:
    """The comparable value before the newest; of a seasonal indicator that of a year before."""
    if len(reported) < 2:
        return None
    newest = reported[-1]
    for row in reversed(reported[:-1]):
        if indicator.is_seasonal and not _is_a_year_before(row.period_end, newest.period_end):
            continue
        return row if _are_near(row, newest, known) else None
    return None


def _are_near(one: Observation, other: Observation, known: Sequence[Definition]) -> bool:
    return is_comparable(known, one.definition_number(known), other.definition_number(known))


def _is_a_year_before(one: date, other: date) -> bool:
    return (one.year + 1, one.month) == (other.year, other.month)


def compare(row: Observation | None, path: Trajectory | None) -> Comparison:
    """The value against the path. Counts or points that cannot be worked with give no band."""
    if row is None or row.number is None:
        return Comparison(reason=NoBand.NO_OBSERVATION)
    if path is None:
        return Comparison(reason=NoBand.NO_APPROVED_TRAJECTORY)
    try:
        return path.compare(row)
    except (ProportionError, TrajectoryError) as problem:
        logger.warning("Observation %s, trajectory %s: %r", row.pk, path.pk, problem)
        return Comparison()


def as_comparison(row: Standing) -> Comparison:
    """A standing as it was written down."""
    return Comparison(
        expected=_exact(row.expected),
        variance=_exact(row.variance),
        movement=_exact(row.movement),
        share=_exact(row.share),
        tolerance=_exact(row.tolerance),
        noise=_exact(row.noise),
        band=Band(row.band) if row.band else None,
        reason=NoBand(row.reason) if row.reason else None,
        within_noise=row.is_within_noise,
        provisional=row.is_provisional,
    )


def _exact(value: Exact | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def scale_of(indicator: Indicator) -> wording.Scale:
    return wording.Scale(
        indicator.unit, indicator.unit_label, indicator.decimals, indicator.direction
    )


def range_of(indicator: Indicator) -> tuple[Exact, Exact] | None:
    if indicator.range_low is None or indicator.range_high is None:
        return None
    return (indicator.range_low, indicator.range_high)


# --- the table beside the chart -------------------------------------------------------------------


def _table(made: Measure) -> list[Row]:
    """Every period with a row, then what the path still asks for."""
    path, newest = made.path, made.observation
    lines = [_line(made, row) for row in made.rows]
    if path is None:
        return lines
    last_seen = newest.period_end if newest else date.min
    ahead = {point.on: point.value for point in path.bends() if point.on > last_seen}
    seen = {line.on for line in lines}
    return lines + [
        Row(on, None, value, None, is_target=on == path.last.on)
        for on, value in sorted(ahead.items())
        if on not in seen
    ]


def _line(made: Measure, row: Observation) -> Row:
    path, newest = made.path, made.observation
    near = newest is None or _are_near(row, newest, made.definitions)
    start = path.start_on if path else None
    if path is None or not near or (start and row.period_end < start):
        return Row(row.period_end, row, None, None, is_comparable=near)
    if newest is not None and row.pk == newest.pk:
        outcome = made.comparison
    else:
        outcome = compare(row, made.trajectory)
    return Row(
        row.period_end,
        row,
        path.expected(row.period_end),
        outcome.variance if outcome else None,
        is_baseline=not path.is_hold and row.period_end == start,
        is_target=row.period_end == path.last.on,
    )
