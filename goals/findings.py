"""What the engine finds in the values of one series, besides the comparison with the path.

Made from rows that are already loaded; what cannot be worked out is left out and never stops a page.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from fractions import Fraction

from goals.comparing import are_near, drawn_path
from goals.definitions import Definition
from goals.fields import exact_text
from goals.models import Indicator, Observation, Target, Trajectory
from goals.pace import Forecast, forecast
from goals.results import Aim, MeasuredOn, TargetResult, target_result
from goals.trajectory import Bounds, Direction, Point, Range, TrajectoryError
from goals.trajectory import Trajectory as Path
from goals.turns import Turns, turns
from goals.variance import Reading, Yardstick
from goals.vintages import Vintage

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Findings:
    """Pace and turning points; None where nothing can be said, as without an approved path."""

    pace: Forecast | None = None
    turns: Turns | None = None


def find(
    rows: Iterable[Observation],
    trajectory: Trajectory | None,
    indicator: Indicator,
    definitions: Sequence[Definition],
) -> Findings:
    """What the values say at the newest of them. `rows` hold one row for each period."""
    readings = [reading for row in rows if (reading := row.reading()) is not None]
    yardstick = indicator.yardstick(trajectory.tolerance if trajectory else None)
    path = drawn_path(trajectory)
    try:
        return _found(readings, path, yardstick, indicator, definitions)
    except TrajectoryError as problem:
        logger.warning("Trajectory %s: %r", trajectory and trajectory.pk, problem)
        return Findings()


def _found(
    readings: list[Reading],
    path: Path | None,
    yardstick: Yardstick,
    indicator: Indicator,
    definitions: Sequence[Definition],
) -> Findings:
    is_seasonal = indicator.is_seasonal
    found = turns(readings, path, yardstick, definitions=definitions, seasonal=is_seasonal)
    if path is None:
        return Findings(turns=found)
    in_range = yardstick.direction is Direction.RANGE
    check = forecast(
        readings,
        path,
        yardstick,
        definitions=definitions,
        seasonal=is_seasonal,
        bounds=Bounds(low=Fraction(0)) if in_range else indicator.bounds(),
    )
    return Findings(pace=check, turns=found)


def result_of(
    target: Target, rows: Iterable[Observation], indicator: Indicator, *, on: date, zone: tzinfo
) -> TargetResult:
    """Whether the target was met; `rows` are all revisions that were known.

    A row without a day of publication counts from the day on which it became known here.
    """
    aim = Aim(
        level=Fraction(target.level),
        due_on=target.due_on,
        measured_on=MeasuredOn(target.measured_on_rule),
        direction=Direction(indicator.direction),
        decimals=target.decimals,
        within=Range.between(indicator.range_low, indicator.range_high),
    )
    return target_result([vintage_of(row, zone) for row in rows], aim, on, zone=zone)


def vintage_of(row: Observation, zone: tzinfo) -> Vintage:
    value = row.value
    return Vintage(
        period_end=row.period_end,
        value=None if value is None else Fraction(value),
        status=row.status,
        revision=row.revision,
        known_from=row.known_from,
        published_on=row.published_on or row.known_from.astimezone(zone).date(),
        text="" if value is None else exact_text(value),
    )


def comparable_since(rows: Sequence[Observation], definitions: Sequence[Definition]) -> date | None:
    """Since when values are of definitions that compare with the newest; None: since always."""
    values = [row for row in rows if row.number is not None]
    far = [row for row in values if not are_near(row, values[-1], definitions)]
    if not far:
        return None
    return next(row.period_end for row in values if row.period_end > far[-1].period_end)


def points_of(rows: Iterable[Observation]) -> tuple[Point, ...]:
    return tuple(
        Point(row.period_end, Fraction(row.number)) for row in rows if row.number is not None
    )
