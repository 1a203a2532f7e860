"""Rows of the database against the pure calculations, as reading pages need it.

Nothing here asks the database anything, and nothing that cannot be worked out stops a page.
"""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from goals.chart_data import Dot
from goals.data_age import Frequency, next_period_end
from goals.definitions import Definition, is_comparable
from goals.fields import Exact
from goals.models import Indicator, Observation, Standing, Trajectory
from goals.trajectory import Trajectory as Path
from goals.trajectory import TrajectoryError
from goals.variance import Band, Comparison, NoBand, ProportionError
from goals.wording import Scale

logger = logging.getLogger(__name__)

# A period may end a few days later than the rhythm says, and nobody counts on a day off.
LEEWAY = {Frequency.DAILY: timedelta(days=3), Frequency.WEEKLY: timedelta(days=3)}
USUAL_LEEWAY = timedelta(days=10)


def compare(row: Observation | None, path: Trajectory | None) -> Comparison:
    """The value against the path. Counts or points that cannot be worked with give no band.

    So one bad number stops neither a page nor the standings of all other series.
    """
    if row is None or row.number is None:
        return Comparison(reason=NoBand.NO_OBSERVATION)
    if path is None:
        return Comparison(reason=NoBand.NO_APPROVED_TRAJECTORY)
    try:
        return path.compare(row)
    except (ProportionError, TrajectoryError) as problem:
        logger.warning("Observation %s, trajectory %s: %r", row.pk, path.pk, problem)
        return Comparison(reason=NoBand.NOT_CALCULABLE)


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


def scale_of(indicator: Indicator) -> Scale:
    return Scale(indicator.unit, indicator.unit_label, indicator.decimals, indicator.direction)


def are_near(one: Observation, other: Observation, known: Sequence[Definition]) -> bool:
    return is_comparable(known, one.definition_number(known), other.definition_number(known))


def drawn_path(trajectory: Trajectory | None) -> Path | None:
    """The path as a plain value; None where no line can be drawn through what was typed."""
    if trajectory is None:
        return None
    try:
        return trajectory.path()
    except TrajectoryError:
        logger.warning("Trajectory %s cannot be drawn", trajectory.pk)
        return None


def path_dots(path: Path | None, on: date | None) -> tuple[tuple[date, Exact], ...]:
    """Where the path bends; one that holds is drawn until the newest value."""
    if path is None:
        return ()
    return tuple((point.on, point.value) for point in path.bends(on if path.is_hold else None))


def dots_of(
    rows: Sequence[Observation], indicator: Indicator, known: Sequence[Definition]
) -> list[Dot]:
    """The values of a series, oldest first, each with whether it compares with the newest."""
    newest = next((row for row in reversed(rows) if row.number is not None), None)
    dots: list[Dot] = []
    is_parted = False  # a period was reported to have no value
    for row in rows:
        if row.number is None or newest is None:
            is_parted = bool(dots)
            continue
        dots.append(
            Dot(
                row.period_end,
                row.number,
                is_provisional=not row.is_final,
                is_comparable=are_near(row, newest, known),
                has_gap_before=is_parted
                or (bool(dots) and _skips(indicator, dots[-1].on, row.period_end)),
            )
        )
        is_parted = False
    return dots


def _skips(indicator: Indicator, before: date, on: date) -> bool:
    frequency = Frequency(indicator.frequency)
    return next_period_end(frequency, before) + LEEWAY.get(frequency, USUAL_LEEWAY) < on


def comparable_before(
    rows: Sequence[Observation], indicator: Indicator, known: Sequence[Definition]
) -> Observation | None:
    """The comparable value before the newest; of a seasonal indicator that of a year before.

    `rows` carry values and stand oldest first.
    """
    if len(rows) < 2:
        return None
    newest = rows[-1]
    for row in reversed(rows[:-1]):
        if indicator.is_seasonal and not _is_a_year_before(row.period_end, newest.period_end):
            continue
        return row if are_near(row, newest, known) else None
    return None


def _is_a_year_before(one: date, other: date) -> bool:
    return (one.year + 1, one.month) == (other.year, other.month)
