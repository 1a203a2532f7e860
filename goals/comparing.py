"""Rows of the database against the pure calculations, as reading pages need it.

Nothing here asks the database anything, and nothing that cannot be worked out stops a page.
"""

import logging
from collections.abc import Sequence
from fractions import Fraction

from goals.definitions import Definition, is_comparable
from goals.fields import Exact
from goals.models import Indicator, Observation, Standing, Trajectory
from goals.trajectory import TrajectoryError
from goals.variance import Band, Comparison, NoBand, ProportionError
from goals.wording import Scale

logger = logging.getLogger(__name__)


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


def range_of(indicator: Indicator) -> tuple[Exact, Exact] | None:
    if indicator.range_low is None or indicator.range_high is None:
        return None
    return (indicator.range_low, indicator.range_high)


def are_near(one: Observation, other: Observation, known: Sequence[Definition]) -> bool:
    return is_comparable(known, one.definition_number(known), other.definition_number(known))
