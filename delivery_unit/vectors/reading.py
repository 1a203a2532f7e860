"""Reads the input of a vector: numbers, dates, paths. Decimals come as text and stay exact."""

from datetime import date
from fractions import Fraction
from typing import Any

from goals.definitions import Definition
from goals.fields import parse_exact
from goals.policy import DEFAULT_POLICY, Policy
from goals.trajectory import Direction, Method, Point, Range, TimeAxis, Trajectory, TrajectoryError
from goals.variance import Reading, Yardstick

Answer = dict[str, Any]


class VectorError(ValueError):
    """The input is refused; `code` is one of the error codes of the vectors."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def number(value: Any) -> Fraction | None:
    return None if value is None else needed(value)


def number_or(value: Any, default: int) -> Fraction:
    return Fraction(default) if value is None else needed(value)


def needed(value: Any) -> Fraction:
    if value is None:
        raise ValueError(value)
    return Fraction(parse_exact(str(value)))


def decimals(data: dict[str, Any]) -> int:
    given = data.get("decimals")
    return 1 if given is None else int(given)


def day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _point(
    data: dict[str, Any] | None, on: date | None = None, value: Fraction | None = None
) -> Point | None:
    """A dated value; `on` and `value` stand in where a method needs none of its own."""
    if not data:
        return None
    at = day(data.get("date")) or on
    level = number(data.get("value"))
    level = value if level is None else level
    if at is None or level is None:
        raise TrajectoryError
    return Point(at, level)


def points(rows: list[dict[str, Any]] | None) -> tuple[Point, ...]:
    return tuple(Point(date.fromisoformat(row["date"]), needed(row["value"])) for row in rows or ())


def trajectory(data: dict[str, Any], within: Range | None = None) -> Trajectory:
    try:
        axis = TimeAxis(data.get("time_axis") or "days")
    except ValueError:
        raise TrajectoryError("invalid_axis") from None
    try:
        return _drawn(data, Method(data["method"]), axis, within)
    except TrajectoryError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise TrajectoryError from error


def _drawn(
    data: dict[str, Any], method: Method, axis: TimeAxis, within: Range | None
) -> Trajectory:
    if within and not method.fits_a_range:
        raise TrajectoryError
    start = day(data.get("start"))
    worked_out = Fraction(0) if method is Method.HALVE_DISTANCE else None
    return Trajectory(
        method=method,
        time_axis=axis,
        baseline=_point(data.get("baseline")),
        target=_point(
            data.get("target"), start or date.min if method is Method.HOLD else None, worked_out
        ),
        points=points(data.get("points")),
        season_length=data.get("season_length"),
        history=points(data.get("history")),
        start=start,
        limit=number(data.get("limit")),
        decimals=decimals(data),
    )


def direction(data: dict[str, Any]) -> tuple[Direction, Range | None]:
    try:
        way = Direction(data.get("direction") or "up")
    except ValueError:
        raise VectorError("invalid_direction") from None
    if way is not Direction.RANGE:
        return way, None
    within = data.get("range")
    if not within:
        raise VectorError("invalid_direction")
    return way, Range(needed(within["low"]), needed(within["high"]))


def policy_of(data: dict[str, Any]) -> Policy:
    return DEFAULT_POLICY.overridden(data.get("policy"))


def yardstick(data: dict[str, Any]) -> Yardstick:
    way, within = direction(data)
    return Yardstick(
        direction=way,
        decimals=decimals(data),
        within=within,
        counts_noise=data.get("noise") == "binomial",
        scale=number_or(data.get("scale"), 100),
        tolerance=number(data.get("tol_abs")),
        policy=policy_of(data),
    )


def reading(data: dict[str, Any] | None) -> Reading | None:
    """An observation; None where it has no value."""
    if not data or data.get("value") is None:
        return None
    return Reading(
        period_end=date.fromisoformat(data["period_end"]),
        value=needed(data["value"]),
        status=data.get("status") or "final",
        numerator=number(data.get("numerator")),
        denominator=number(data.get("denominator")),
        definition=data.get("definition"),
    )


def readings(rows: list[dict[str, Any]]) -> list[Reading]:
    return [found for found in map(reading, rows) if found]


def definitions(data: dict[str, Any]) -> list[Definition]:
    """One that does not say that it is comparable with the one before is a break."""
    return [
        Definition(row["no"], day(row.get("valid_from")), bool(row.get("comparable_with_previous")))
        for row in data.get("definitions") or ()
    ]
