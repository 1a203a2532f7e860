"""One line of numbers as a reader sees it: newest value, comparison, movement, age, table, chart.

Made from rows that are already loaded; nothing here asks the database anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, auto
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from django.utils import timezone

from accounts.models import OrgUnit
from goals import picture, wording
from goals.chart_data import ChartData
from goals.comparing import (
    as_comparison,
    comparable_before,
    compare,
    drawn_path,
    scale_of,
)
from goals.data_age import DataAge, Frequency, Schedule, data_age
from goals.definitions import Definition
from goals.fields import Exact
from goals.findings import Findings, comparable_since, find, points_of, result_of
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
from goals.outlook import Outlook
from goals.projection import Projection, project
from goals.reasons import Reason, reasons
from goals.results import TargetResult
from goals.rounding import round_half_up
from goals.saying import PageWords, Words
from goals.trajectory import Bounds, Direction, Point, Range
from goals.trajectory import Trajectory as Path
from goals.variance import Comparison, Yardstick

REMEMBERED_PROJECTIONS = 300  # of at most 120 points each


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
    replaced: Mapping[int, Sequence[Trajectory]] = field(default_factory=dict)
    revisions: Mapping[int, Sequence[Observation]] = field(default_factory=dict)


class Shown:
    """What every list and page says of a measure, whether it was read whole or at a glance."""

    indicator: Any
    org_unit: Any
    subgroup: Any
    view: View
    observation: Any
    previous: Any
    comparison: Comparison | None
    outlook: Outlook
    trajectory: Any
    target: Any
    age: DataAge
    read_on: date

    @property
    def words(self) -> Words:
        return Words(self)

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
        within = Range.between(self.indicator.range_low, self.indicator.range_high)
        yardstick = Yardstick(Direction(self.indicator.direction), within=within)
        return yardstick.gain(yardstick.judged(before.value), yardstick.judged(now.value))

    @property
    def way(self) -> str:
        """The direction of the movement: up is better, whatever the number did."""
        gain = round_half_up(self.gain or 0, self.indicator.decimals)
        return "same" if not gain else "up" if gain > 0 else "down"

    @property
    def is_without_number(self) -> bool:
        """A reader's own unit has no number of this indicator."""
        return False

    @property
    def is_local(self) -> bool:
        """A number of the reader's own unit, not of the whole system."""
        return self.view is View.LOCAL

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


@dataclass(frozen=True)
class Measure(Shown):
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
    replaced: tuple[Trajectory, ...]  # earlier approved versions, oldest first
    revisions: tuple[Observation, ...]  # all that was known, where a due target is to be judged
    age: DataAge
    definitions: tuple[Definition, ...]
    read_on: date

    @property
    def kind_words(self) -> str:
        return str(GoalIndicator.Kind(self.kind).label)

    @property
    def target(self) -> Target | None:
        return self.trajectory.target if self.trajectory else None

    @property
    def is_without_number(self) -> bool:
        return self.series is None

    @cached_property
    def path(self) -> Path | None:
        """The path as a plain value; None where no line can be drawn through what was typed."""
        return drawn_path(self.trajectory)

    @cached_property
    def findings(self) -> Findings:
        """Pace and turning points, worked out from the values that this reader sees."""
        return find(self.rows, self.trajectory, self.indicator, self.definitions)

    @cached_property
    def outlook(self) -> Outlook:  # type: ignore[override]
        return Outlook.of(self.findings.pace, self.findings.turns)

    @property
    def is_past_target(self) -> bool:
        return self.target is not None and self.target.due_on <= self.read_on

    @cached_property
    def result(self) -> TargetResult | None:
        """Whether the target was met; None until it is due."""
        if self.target is None or not self.is_past_target:
            return None
        zone = timezone.get_current_timezone()
        return result_of(self.target, self.revisions, self.indicator, on=self.read_on, zone=zone)

    @cached_property
    def projection(self) -> Projection:
        return _projected(
            points_of(self.rows),
            Frequency(self.indicator.frequency),
            self.indicator.bounds(),
            comparable_since(self.rows, self.definitions),
            self.indicator.decimals,
        )

    @cached_property
    def reasons(self) -> list[Reason]:
        return reasons(self)

    @cached_property
    def words(self) -> PageWords:
        return PageWords(self)

    @cached_property
    def points(self) -> tuple[picture.Row, ...]:
        return tuple(picture.table(self))

    @cached_property
    def points_beside_chart(self) -> tuple[picture.Row, ...]:
        return tuple(picture.shortened(list(self.points)))

    @cached_property
    def chart(self) -> ChartData:
        return picture.chart(self)


@lru_cache(maxsize=REMEMBERED_PROJECTIONS)
def _projected(
    points: tuple[Point, ...],
    frequency: Frequency,
    bounds: Bounds,
    since: date | None,
    decimals: int,
) -> Projection:
    """Fitting takes longer than all the rest of a page, and equal values have an equal fan."""
    return project(points, frequency, bounds=bounds, comparable_since=since, decimals=decimals)


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
    held = rows.observations.get(series_id, ())
    seen = [row for row in held if _may_read(row, view)]
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
        previous=comparable_before(reported, place.indicator, known),
        comparison=(as_comparison(standing) if standing and is_stored else compare(newest, path)),
        is_stored=is_stored,
        trajectory=path,
        replaced=tuple(rows.replaced.get(series_id, ())),
        revisions=tuple(row for row in rows.revisions.get(series_id, ()) if _may_read(row, view)),
        age=age_of(
            place.indicator.schedule(),
            reported=max((row.period_end for row in held if row.number is not None), default=None),
            newest=newest.period_end if newest else None,
            on=on,
        ),
        definitions=known,
        read_on=on,
    )


def _may_read(row: Observation, view: View) -> bool:
    return view is not View.FINAL or row.is_final


def age_of(schedule: Schedule, *, reported: date | None, newest: date | None, on: date) -> DataAge:
    """The age of the value that is read. Late is only what nobody has reported, in any status."""
    age = data_age(schedule, reported, on)
    return replace(age, freshness_days=(on - newest).days if newest else None)


def _is_of(standing: Standing, newest: Observation, path: Trajectory | None) -> bool:
    return (standing.observation_id, standing.trajectory_id) == (
        newest.pk,
        path.pk if path else None,
    )
