"""Replays files of vectors, and compares the product's answers with what is expected."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from accounts.calendar import NoWorkingDaysError
from delivery_unit.vectors import plans, series, totals, values
from delivery_unit.vectors.reading import Answer, VectorError, needed
from goals import aggregation, results, rounding, targets, variance
from goals.series import DuplicatePeriodError
from goals.trajectory import TrajectoryError

UNREADABLE = "unreadable"  # files and entries that are no test vectors

KINDS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "aggregation_of_rates": totals.aggregation_of_rates,
    "as_known_at": series.as_known_at,
    "data_age": values.age_of_data,
    "definition_break": series.definition_break,
    "expected_value": values.expected_value,
    "halve_distance_targets": totals.halve_distance,
    "milestone_index": plans.milestone_index,
    "milestone_slip": plans.milestone_slip,
    "plateau_reversal": series.plateau_reversal,
    "relative_targets": totals.relative_targets,
    "rounding": values.rounded,
    "slope_forecast": series.slope_forecast,
    "target_result": series.target_result,
    "variance_band": values.variance_band,
    "working_days": plans.working_days,
    "workload": plans.workload,
}

# What the calculations raise when they refuse an input, and the code that the vectors give it.
REFUSALS: dict[type[Exception], str] = {
    ZeroDivisionError: "division_by_zero",
    DuplicatePeriodError: "duplicate_period",
    NoWorkingDaysError: "no_working_days",
    results.MeasuredOnRuleRequiredError: "measured_on_rule_required",
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
        return abs(answer - needed(expected)) <= needed(tolerance)
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
