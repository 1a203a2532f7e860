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
from stocktakes.unit import load

Answer = dict[str, Any]

UNREADABLE = "unreadable"  # files and entries that are no test vectors


class VectorError(ValueError):
    """The input is refused; `code` is one of the error codes of the vectors."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- reading the input ----------------------------------------------------------------------------


def _number(value: Any) -> Fraction | None:
    return None if value is None else _needed(value)


def _number_or(value: Any, default: int) -> Fraction:
    return Fraction(default) if value is None else _needed(value)


def _needed(value: Any) -> Fraction:
    if value is None:
        raise ValueError(value)
    return Fraction(parse_exact(str(value)))


def _decimals(data: dict[str, Any]) -> int:
    given = data.get("decimals")
    return 1 if given is None else int(given)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _point(
    data: dict[str, Any] | None, on: date | None = None, value: Fraction | None = None
) -> Point | None:
    """A dated value; `on` and `value` stand in where a method needs none of its own."""
    if not data:
        return None
    day = _day(data.get("date")) or on
    number = _number(data.get("value"))
    number = value if number is None else number
    if day is None or number is None:
        raise TrajectoryError
    return Point(day, number)


def _points(rows: list[dict[str, Any]] | None) -> tuple[Point, ...]:
    return tuple(
        Point(date.fromisoformat(row["date"]), _needed(row["value"])) for row in rows or ()
    )


def _trajectory(data: dict[str, Any], within: Range | None = None) -> Trajectory:
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
    start = _day(data.get("start"))
    worked_out = Fraction(0) if method is Method.HALVE_DISTANCE else None
    return Trajectory(
        method=method,
        time_axis=axis,
        baseline=_point(data.get("baseline")),
        target=_point(
            data.get("target"), start or date.min if method is Method.HOLD else None, worked_out
        ),
        points=_points(data.get("points")),
        season_length=data.get("season_length"),
        history=_points(data.get("history")),
        start=start,
        limit=_number(data.get("limit")),
        decimals=_decimals(data),
    )


def _direction(data: dict[str, Any]) -> tuple[Direction, Range | None]:
    try:
        direction = Direction(data.get("direction") or "up")
    except ValueError:
        raise VectorError("invalid_direction") from None
    if direction is not Direction.RANGE:
        return direction, None
    within = data.get("range")
    if not within:
        raise VectorError("invalid_direction")
    return direction, Range(_needed(within["low"]), _needed(within["high"]))


# --- one function for each kind -------------------------------------------------------------------


def _expected_value(data: dict[str, Any]) -> Answer:
    _direction_word, within = _direction(data)
    path = _trajectory(data["trajectory"], within)
    if within:
        path = path.outside(within)
    days = [date.fromisoformat(each) for each in data["dates"]]
    return {"values": [{"date": on.isoformat(), "value": path.expected(on)} for on in days]}


def _variance_band(data: dict[str, Any]) -> Answer:
    if data.get("scheme") == "ky_map":
        return _map_colour(data)
    direction, within = _direction(data)
    yardstick = variance.Yardstick(
        direction=direction,
        decimals=_decimals(data),
        within=within,
        counts_noise=data.get("noise") == "binomial",
        scale=_number_or(data.get("scale"), 100),
        tolerance=_number(data.get("tol_abs")),
        policy=DEFAULT_POLICY.overridden(data.get("policy")),
    )
    reading = _reading(data.get("observation"))
    has_path = data.get("trajectory") and data.get("approved") is not False
    outcome = variance.compare(
        reading,
        _trajectory(data["trajectory"], within) if reading and has_path else None,
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
            scale = _number_or(data.get("scale"), 1)
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
            active = [each for each in data["goals"] if each.get("status") in (None, "active")]
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
        scale=_number_or(data.get("scale"), 100),
        proportion=data.get("proportion") is not False,
        show_total=data.get("show_total") is not False,
        policy=policy,
    )
    return {
        **vars(total),
        "total_status": total.status,
        "units": [vars(part) for part in total.parts],
    }


def _halve_distance(data: dict[str, Any]) -> Answer:
    decimals, baseline = data["decimals"], _needed(data["baseline"])
    limit = _number_or(data.get("limit"), 100)
    level = targets.halve_distance(baseline, limit=limit, decimals=decimals)
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


def _workload(data: dict[str, Any]) -> Answer:
    goals = [
        load.Held(
            lod=goal.get("lod"),
            level=goal.get("level"),
            is_primary=goal.get("kind", "primary") == "primary",
            is_active=goal.get("status", "active") == "active",
        )
        for goal in data["goals"]
    ]
    found = load.load_of(goals, fte_percent=_needed(data["fte_percent"]))
    return {"points": found.points, "load": found.load, "alarm": found.alarm}


KINDS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "aggregation_of_rates": _aggregation,
    "data_age": _data_age,
    "expected_value": _expected_value,
    "halve_distance_targets": _halve_distance,
    "relative_targets": _relative_targets,
    "rounding": _rounding,
    "variance_band": _variance_band,
    "workload": _workload,
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

    def fail(self, kind: str, why: str) -> None:
        self.failed[kind] += 1
        self.failures.append(why)


def replay(path: Path) -> Result:
    """Replays a file, or every .json file of a folder; what cannot be read counts as failed.

    Raises FileNotFoundError where there is nothing to replay.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files or not path.exists():
        raise FileNotFoundError(path)
    result = Result()
    for file in files:
        for place, vector in enumerate(_vectors(file, result), 1):
            _replay_one(vector, f"{file.name} number {place}", result)
    return result


def _vectors(file: Path, result: Result) -> list[Any]:
    """The vectors of a file: a list of them, or a single one. Decimals stay text, never float."""
    try:
        held = json.loads(file.read_text(encoding="utf-8-sig"), parse_float=str)
    except (OSError, ValueError, RecursionError) as error:
        result.fail(UNREADABLE, f"{file.name} cannot be read as JSON: {error}")
        return []
    if isinstance(held, dict) and "kind" in held:
        return [held]
    if not isinstance(held, list):
        result.fail(UNREADABLE, f"{file.name} holds no list of test vectors")
        return []
    return held


def _replay_one(vector: Any, place: str, result: Result) -> None:
    keys = ("kind", "input", "expect")
    absent = [key for key in keys if not isinstance(vector, dict) or key not in vector]
    if absent:
        result.fail(UNREADABLE, f"{place} is no test vector: {', '.join(absent)} missing")
        return
    kind = str(vector["kind"])
    if kind not in KINDS:
        result.unknown[kind] += 1
        return
    found = _found(kind, vector)
    name = f"{kind} {vector.get('id') or place}"
    result.failures += [f"{name}: {each}" for each in found]
    (result.failed if found else result.passed)[kind] += 1


def _found(kind: str, vector: dict[str, Any]) -> list[str]:
    """Where the answer differs. An input that the adapter cannot even take is a difference, too."""
    try:
        answer = run(kind, vector["input"])
        return list(differences(answer, vector["expect"], vector.get("tolerance") or {}))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return [f"the input cannot be read: {error!r}"]
