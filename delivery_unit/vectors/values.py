"""Kinds about one value: what was expected, how it stands, how old it is, how it is rounded."""

from datetime import date
from typing import Any

from delivery_unit.vectors.reading import (
    Answer,
    VectorError,
    day,
    direction,
    needed,
    number_or,
    policy_of,
    reading,
    trajectory,
    yardstick,
)
from goals import data_age, rounding, variance


def expected_value(data: dict[str, Any]) -> Answer:
    _direction_word, within = direction(data)
    path = trajectory(data["trajectory"], within)
    if within:
        path = path.outside(within)
    days = [date.fromisoformat(each) for each in data["dates"]]
    return {"values": [{"date": on.isoformat(), "value": path.expected(on)} for on in days]}


def variance_band(data: dict[str, Any]) -> Answer:
    if data.get("scheme") == "ky_map":
        return _map_colour(data)
    how = yardstick(data)
    observed = reading(data.get("observation"))
    has_path = data.get("trajectory") and data.get("approved") is not False
    outcome = variance.compare(
        observed,
        trajectory(data["trajectory"], how.within) if observed and has_path else None,
        how,
        comparable=data.get("comparable") is not False,
    )
    return {**vars(outcome), "g": outcome.share}


def _map_colour(data: dict[str, Any]) -> Answer:
    way, _within = direction(data)
    return vars(
        variance.map_colour(
            direction=way,
            target=needed(data["target"]),
            previous=needed(data["previous"]),
            current=needed(data["current"]),
        )
    )


def rounded(data: dict[str, Any]) -> Answer:
    decimals = data["decimals"]
    match data.get("op") or "round":
        case "round":
            return {"text": rounding.text(needed(data["value"]), decimals)}
        case "ratio":
            scale = number_or(data.get("scale"), 1)
            value = rounding.ratio(needed(data["numerator"]), needed(data["denominator"]), scale)
            return {"text": rounding.text(value, decimals)}
        case "sum":
            values = [needed(each) for each in data["values"]]
            parts = [rounding.text(each, decimals) for each in values]
            return {"text": rounding.sum_text(values, decimals), "parts": parts}
    raise VectorError("invalid_op")


def age_of_data(data: dict[str, Any]) -> Answer:
    try:
        frequency = data_age.Frequency(data["frequency"])
    except ValueError:
        raise VectorError("invalid_frequency") from None
    schedule = data_age.Schedule(
        frequency,
        data["publication_lag_days"],
        data["grace_days"],
        day(data.get("first_expected_period_end")),
    )
    outcome = data_age.data_age(
        schedule,
        day(data.get("last_period_end")),
        date.fromisoformat(data["today"]),
        substitute_evidence=bool(data.get("substitute_evidence")),
        policy=policy_of(data),
    )
    return vars(outcome)
