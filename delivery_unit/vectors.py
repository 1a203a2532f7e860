"""Replays test vectors through the product's own calculations.

An adapter only: it turns the JSON of a vector into calls of the modules that the pages use, and
their answers back into strings. It holds no answer of its own.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from goals import aggregation, data_age, rounding, targets, variance
from goals.fields import parse_exact
from goals.policy import DEFAULT_POLICY
from goals.trajectory import (
    Direction,
    Method,
    Point,
    Range,
    TimeAxis,
    Trajectory,
    TrajectoryError,
)

Answer = dict[str, Any]


class VectorError(ValueError):
    """The input is refused; `code` is one of the error codes of the vectors."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- reading the input ----------------------------------------------------------------------------


def _number(value: Any) -> Fraction | None:
    return None if value is None else Fraction(parse_exact(str(value)))


def _needed(value: Any) -> Fraction:
    if value is None:
        raise ValueError(value)
    return Fraction(parse_exact(str(value)))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _point(data: dict[str, Any] | None, on: date | None = None) -> Point | None:
    if not data:
        return None
    day = _day(data.get("date")) or on
    if day is None:
        raise TrajectoryError
    return Point(day, _number(data.get("value")) or Fraction(0))


def _points(rows: list[dict[str, Any]] | None) -> tuple[Point, ...]:
    return tuple(
        Point(date.fromisoformat(row["date"]), _needed(row["value"])) for row in rows or ()
    )


def _trajectory(data: dict[str, Any]) -> Trajectory:
    try:
        axis = TimeAxis(data.get("time_axis") or "days")
    except ValueError:
        raise TrajectoryError("invalid_axis") from None
    try:
        start = _day(data.get("start"))
        return Trajectory(
            method=Method(data["method"]),
            time_axis=axis,
            baseline=_point(data.get("baseline")),
            target=_point(data.get("target"), start or date.min),
            points=_points(data.get("points")),
            season_length=data.get("season_length"),
            history=_points(data.get("history")),
            start=start,
            limit=_number(data.get("limit")),
            decimals=data.get("decimals", 1),
        )
    except (KeyError, TypeError) as error:
        raise TrajectoryError from error
    except ValueError as error:
        if isinstance(error, TrajectoryError):
            raise
        raise TrajectoryError from error


def _direction(data: dict[str, Any]) -> tuple[Direction, Range | None]:
    try:
        direction = Direction(data.get("direction") or "up")
    except ValueError:
        raise VectorError("invalid_direction") from None
    within = data.get("range")
    if direction is Direction.RANGE and not within:
        raise VectorError("invalid_direction")
    return direction, Range(_needed(within["low"]), _needed(within["high"])) if within else None


# --- one function for each kind -------------------------------------------------------------------


def _expected_value(data: dict[str, Any]) -> Answer:
    path = _trajectory(data["trajectory"])
    direction, within = _direction(data)
    if direction is Direction.RANGE and within:
        path = path.outside(within)
    days = [date.fromisoformat(each) for each in data["dates"]]
    return {"values": [{"date": on.isoformat(), "value": path.expected(on)} for on in days]}


def _variance_band(data: dict[str, Any]) -> Answer:
    if data.get("scheme") == "ky_map":
        return _map_colour(data)
    direction, within = _direction(data)
    yardstick = variance.Yardstick(
        direction=direction,
        decimals=data.get("decimals", 1),
        within=within,
        counts_noise=data.get("noise") == "binomial",
        scale=_number(data.get("scale")) or Fraction(100),
        tolerance=_number(data.get("tol_abs")),
        policy=DEFAULT_POLICY.overridden(data.get("policy")),
    )
    path = _trajectory(data["trajectory"]) if data.get("trajectory") else None
    outcome = variance.compare(
        _reading(data.get("observation")),
        None if data.get("approved") is False else path,
        yardstick,
        comparable=data.get("comparable") is not False,
    )
    return {**vars(outcome), "g": outcome.share}


def _reading(data: dict[str, Any] | None) -> variance.Reading | None:
    if not data or data.get("value") is None:
        return None
    return variance.Reading(
        period_end=date.fromisoformat(data["period_end"]),
        value=_needed(data["value"]),
        status=data.get("status") or "final",
        numerator=_number(data.get("numerator")),
        denominator=_number(data.get("denominator")),
    )


def _map_colour(data: dict[str, Any]) -> Answer:
    direction, _within = _direction(data)
    return vars(
        variance.map_colour(
            direction=direction,
            target=_needed(data["target"]),
            previous=_needed(data["previous"]),
            current=_needed(data["current"]),
        )
    )


def _rounding(data: dict[str, Any]) -> Answer:
    decimals = data["decimals"]
    match data.get("op") or "round":
        case "round":
            return {"text": rounding.text(_needed(data["value"]), decimals)}
        case "ratio":
            scale = _number(data.get("scale")) or Fraction(1)
            value = rounding.ratio(_needed(data["numerator"]), _needed(data["denominator"]), scale)
            return {"text": rounding.text(value, decimals)}
        case "sum":
            values = [_needed(each) for each in data["values"]]
            parts = [rounding.text(each, decimals) for each in values]
            return {"text": rounding.sum_text(values, decimals), "parts": parts}
    raise VectorError("invalid_op")


def _aggregation(data: dict[str, Any]) -> Answer:
    match data.get("op") or "rate":
        case "categories":
            rate = aggregation.categories_rate(
                [_needed(unit["numerator"]) for unit in data["units"]],
                _needed(data["denominator"]),
                overlap=data["overlap"],
            )
            return {"rate": rate}
        case "headline":
            active = [each for each in data["goals"] if each.get("status", "active") == "active"]
            return vars(aggregation.headline([each.get("lod") for each in active]))
        case "distribution":
            outcome = aggregation.distribution(data["counts"].values(), data["stated_total"])
            return {
                "sum": outcome.total,
                "stated_total": outcome.stated,
                "consistent": outcome.is_consistent,
                "difference": outcome.difference,
            }
    return _total_rate(data)


def _total_rate(data: dict[str, Any]) -> Answer:
    policy = DEFAULT_POLICY.overridden(data.get("policy"))
    if data.get("complementary") is not None:
        policy = policy.overridden({"COMPLEMENTARY": data["complementary"]})
    total = aggregation.total_rate(
        [
            aggregation.Part(
                unit["code"], _number(unit.get("numerator")), _number(unit.get("denominator"))
            )
            for unit in data["units"]
        ],
        scale=_number(data.get("scale")) or Fraction(100),
        proportion=data.get("proportion") is not False,
        show_total=data.get("show_total") is not False,
        policy=policy,
    )
    return {
        **vars(total),
        # Counts are whole as they were given; only rates are rounded.
        "numerator": _count(total.numerator),
        "denominator": _count(total.denominator),
        "total_status": total.status,
        "units": [vars(part) for part in total.parts],
    }


def _count(value: Fraction | None) -> str | None:
    return None if value is None else rounding.text(value, 0 if value.denominator == 1 else 6)


def _halve_distance(data: dict[str, Any]) -> Answer:
    decimals, baseline = data["decimals"], _needed(data["baseline"])
    limit = _number(data.get("limit"))
    level = targets.halve_distance(
        baseline, limit=Fraction(100) if limit is None else limit, decimals=decimals
    )
    steps = data.get("interim_steps") or 0
    points = targets.interim_points(baseline, level.stored, steps, decimals)
    published = _number(data.get("published"))
    return {
        "raw": level.raw,
        "target": level.stored,
        "interim": [rounding.text(each, decimals) for each in points],
        "matches_published": published == level.stored,
    }


def _relative_targets(data: dict[str, Any]) -> Answer:
    match data.get("op") or "target":
        case "change":
            moved = targets.change(_needed(data["from"]), _needed(data["to"]))
            return {"change": moved.points, "percent": moved.percent}
        case "implied_baseline":
            return {"baseline": _implied_baseline(data)}
        case "gap_change":
            return _gap_change(data)
    if data["type"] == "change":
        raise VectorError("unit_required")
    try:
        kind = targets.TargetKind(data["type"])
    except ValueError:
        raise VectorError("invalid_target_type") from None
    given = {name: _number(data.get(name)) for name in ("fraction", "limit")}
    level = targets.target_level(
        kind,
        decimals=data["decimals"],
        baseline=_number(data.get("baseline")),
        parameter=_number(data.get("parameter")),
        reference=_number(data.get("reference")),
        **{name: value for name, value in given.items() if value is not None},
    )
    return {"raw": level.raw, "target": level.stored}


def _implied_baseline(data: dict[str, Any]) -> Fraction:
    if data.get("unit") == "count_and_percent":
        return targets.baseline_of_count(_needed(data["count"]), _needed(data["percent"]))
    return targets.implied_baseline(
        _needed(data["value"]), _needed(data["change"]), data.get("unit")
    )


def _gap_change(data: dict[str, Any]) -> Answer:
    first, last = (_needed(each) for each in data["group"])
    reference_first, reference_last = (_needed(each) for each in data["reference"])
    moved = targets.gap_change((first, last), (reference_first, reference_last))
    return {
        "gap_first": moved.first,
        "gap_last": moved.last,
        "ratio_first": moved.ratio_first,
        "ratio_last": moved.ratio_last,
        "movement": moved.movement,
    }


def _data_age(data: dict[str, Any]) -> Answer:
    try:
        frequency = data_age.Frequency(data["frequency"])
    except ValueError:
        raise VectorError("invalid_frequency") from None
    schedule = data_age.Schedule(
        frequency,
        data["publication_lag_days"],
        data["grace_days"],
        _day(data.get("first_expected_period_end")),
    )
    outcome = data_age.data_age(
        schedule,
        _day(data.get("last_period_end")),
        date.fromisoformat(data["today"]),
        substitute_evidence=bool(data.get("substitute_evidence")),
        policy=DEFAULT_POLICY.overridden(data.get("policy")),
    )
    return vars(outcome)


KINDS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "aggregation_of_rates": _aggregation,
    "data_age": _data_age,
    "expected_value": _expected_value,
    "halve_distance_targets": _halve_distance,
    "relative_targets": _relative_targets,
    "rounding": _rounding,
    "variance_band": _variance_band,
}

# What the calculations raise when they refuse an input, and the code that the vectors give it.
REFUSALS: dict[type[Exception], str] = {
    ZeroDivisionError: "division_by_zero",
    variance.ProportionError: "invalid_proportion",
    variance.PreviousIsZeroError: "previous_is_zero",
}


def run(kind: str, data: dict[str, Any]) -> Answer:
    """The product's answer to one vector: exact numbers, or `{"error": code}` if it refuses."""
    try:
        return KINDS[kind](data)
    except tuple(REFUSALS) as refusal:
        return {"error": next(code for each, code in REFUSALS.items() if isinstance(refusal, each))}
    except (VectorError, TrajectoryError, targets.TargetError, aggregation.AggregationError) as no:
        return {"error": no.code}


# --- comparing ------------------------------------------------------------------------------------


def differences(
    answer: Any, expected: Any, tolerance: dict[str, str], path: str = ""
) -> Iterator[str]:
    """Says where the answer differs; extra keys in it do not count."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        for key, value in expected.items():
            inner = f"{path}.{key}" if path else key
            if key not in answer:
                yield f"{inner}: missing"
            else:
                yield from differences(answer[key], value, tolerance, inner)
    elif isinstance(expected, list) and isinstance(answer, list | tuple):
        if len(expected) != len(answer):
            yield f"{path}: {len(answer)} entries, expected {len(expected)}"
        for place, (one, other) in enumerate(zip(answer, expected, strict=False)):
            yield from differences(one, other, tolerance, f"{path}[{place}]")
    elif not _agree(answer, expected, tolerance.get(path)):
        yield f"{path}: {_shown(answer, expected)}, expected {expected}"


def _agree(answer: Any, expected: Any, tolerance: str | None) -> bool:
    if tolerance and isinstance(answer, Fraction) and isinstance(expected, str):
        return abs(answer - _needed(expected)) <= _needed(tolerance)
    if isinstance(answer, bool) or isinstance(expected, bool):
        return answer is expected
    return bool(_shown(answer, expected) == expected)


def _shown(answer: Any, expected: Any) -> Any:
    """The answer in the form of what is expected: as many decimals, dates as text."""
    if isinstance(answer, Fraction) and isinstance(expected, str):
        return rounding.text(answer, len(expected.partition(".")[2]))
    if isinstance(answer, date):
        return answer.isoformat()
    return answer


@dataclass
class Result:
    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def replay(path: Path) -> Result:
    """Replays a file, or every .json file of a folder. Raises OSError and json.JSONDecodeError."""
    result = Result()
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        for vector in json.loads(file.read_text(encoding="utf-8")):
            _replay_one(vector, result)
    return result


def _replay_one(vector: dict[str, Any], result: Result) -> None:
    kind = vector["kind"]
    if kind not in KINDS:
        result.unknown[kind] += 1
        return
    try:
        answer = run(kind, vector["input"])
        found = list(differences(answer, vector["expect"], vector.get("tolerance") or {}))
    except (ValueError, KeyError, TypeError) as error:
        found = [f"the input cannot be read: {error!r}"]
    if found:
        result.failed[kind] += 1
        result.failures += [f"{kind} {vector['id']}: {each}" for each in found]
    else:
        result.passed[kind] += 1
