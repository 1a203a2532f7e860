"""Kinds about totals and targets: what is worked out from several numbers."""

from fractions import Fraction
from typing import Any

from delivery_unit.vectors.reading import (
    Answer,
    VectorError,
    needed,
    number,
    number_or,
    policy_of,
)
from goals import aggregation, rounding, targets


def aggregation_of_rates(data: dict[str, Any]) -> Answer:
    match data.get("op") or "rate":
        case "categories":
            rate = aggregation.categories_rate(
                [needed(unit["numerator"]) for unit in data["units"]],
                needed(data["denominator"]),
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
    policy = policy_of(data)
    if data.get("complementary") is not None:
        policy = policy.overridden({"COMPLEMENTARY": data["complementary"]})
    total = aggregation.total_rate(
        [
            aggregation.Part(
                unit["code"], number(unit.get("numerator")), number(unit.get("denominator"))
            )
            for unit in data["units"]
        ],
        scale=number_or(data.get("scale"), 100),
        proportion=data.get("proportion") is not False,
        show_total=data.get("show_total") is not False,
        policy=policy,
    )
    return {
        **vars(total),
        "total_status": total.status,
        "units": [vars(part) for part in total.parts],
    }


def halve_distance(data: dict[str, Any]) -> Answer:
    decimals, baseline = data["decimals"], needed(data["baseline"])
    limit = number_or(data.get("limit"), 100)
    level = targets.halve_distance(baseline, limit=limit, decimals=decimals)
    steps = data.get("interim_steps") or 0
    points = targets.interim_points(baseline, level.stored, steps, decimals)
    published = number(data.get("published"))
    return {
        "raw": level.raw,
        "target": level.stored,
        "interim": [rounding.text(each, decimals) for each in points],
        "matches_published": published == level.stored,
    }


def relative_targets(data: dict[str, Any]) -> Answer:
    match data.get("op") or "target":
        case "change":
            moved = targets.change(needed(data["from"]), needed(data["to"]))
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
    given = {name: number(data.get(name)) for name in ("fraction", "limit")}
    level = targets.target_level(
        kind,
        decimals=data["decimals"],
        baseline=number(data.get("baseline")),
        parameter=number(data.get("parameter")),
        reference=number(data.get("reference")),
        **{name: value for name, value in given.items() if value is not None},
    )
    return {"raw": level.raw, "target": level.stored}


def _implied_baseline(data: dict[str, Any]) -> Fraction:
    if data.get("unit") == "count_and_percent":
        return targets.baseline_of_count(needed(data["count"]), needed(data["percent"]))
    return targets.implied_baseline(needed(data["value"]), needed(data["change"]), data.get("unit"))


def _gap_change(data: dict[str, Any]) -> Answer:
    first, last = (needed(each) for each in data["group"])
    reference_first, reference_last = (needed(each) for each in data["reference"])
    moved = targets.gap_change((first, last), (reference_first, reference_last))
    return {
        "gap_first": moved.first,
        "gap_last": moved.last,
        "ratio_first": moved.ratio_first,
        "ratio_last": moved.ratio_last,
        "movement": moved.movement,
    }
