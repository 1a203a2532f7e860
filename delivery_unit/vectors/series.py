"""Kinds about values over time: known when, comparable, pace, plateau, reversal, target result."""

from datetime import UTC, date, datetime
from typing import Any

from delivery_unit.vectors.reading import (
    Answer,
    VectorError,
    day,
    decimals,
    definitions,
    direction,
    needed,
    number,
    policy_of,
    reading,
    readings,
    trajectory,
    yardstick,
)
from goals import pace, results, turns, vintages
from goals.series import compare_readings, series_of
from goals.trajectory import Bounds, Range, Trajectory
from goals.variance import Reading
from goals.vintages import Vintage


def slope_forecast(data: dict[str, Any]) -> Answer:
    how = yardstick(data)
    bounds = data.get("bounds") or {}
    outcome = pace.forecast(
        readings(data["observations"]),
        _way(data, how.within),
        how,
        definitions=definitions(data),
        seasonal=bool(data.get("seasonal")),
        bounds=Bounds(number(bounds.get("min")), number(bounds.get("max"))),
    )
    return {
        **vars(outcome),
        "n": outcome.n,
        "confidence": outcome.confidence,
        "interval": outcome.interval and vars(outcome.interval),
    }


def _way(data: dict[str, Any], within: Range | None) -> Trajectory:
    """Two dated ends; without a baseline there is no movement, as on a hold."""
    method = "linear" if data.get("baseline") else "hold"
    given = {name: data.get(name) for name in ("time_axis", "baseline", "target")}
    return trajectory({**given, "method": method}, within)


def plateau_reversal(data: dict[str, Any]) -> Answer:
    how = yardstick(data)
    outcome = turns.turns(
        readings(data["observations"]),
        trajectory(data["trajectory"], how.within) if data.get("trajectory") else None,
        how,
        definitions=definitions(data),
        seasonal=bool(data.get("seasonal")),
    )
    return {
        **vars(outcome),
        "n": outcome.n,
        "plateau": outcome.plateau,
        "range": outcome.spread,
    }


def definition_break(data: dict[str, Any]) -> Answer:
    if data.get("op") == "tail":
        tail = series_of(readings(data["observations"]), definitions(data))
        return {
            "comparable_periods": [row.period_end for row in tail.finals],
            "slope_allowed": tail.carries_a_slope(policy_of(data)),
        }
    outcome = compare_readings(_given(data["from"]), _given(data["to"]), definitions(data))
    return {
        "comparable": outcome.is_comparable,
        "blocked_by": outcome.blocked_by,
        "change": outcome.change,
        "reason": outcome.reason,
    }


def _given(data: dict[str, Any]) -> Reading:
    found = reading(data)
    if found is None:
        raise ValueError(data)
    return found


# --- what was known -------------------------------------------------------------------------------


def _vintage(row: dict[str, Any]) -> Vintage:
    received = row.get("received_at")
    return Vintage(
        period_end=date.fromisoformat(row["period_end"]),
        value=number(row.get("value")),
        status=row.get("status") or "final",
        revision=row.get("revision_no") or 0,
        known_from=_moment(received, vintages.start_of(_bare(received))) if received else None,
        published_on=day(row.get("published_on")),
        key=row.get("key") or "",
        text="" if row.get("value") is None else str(row["value"]),
    )


def _bare(text: str) -> date:
    return date.fromisoformat(text[:10])


def _moment(text: str, if_bare: datetime) -> datetime:
    """A moment as written; `if_bare` for a bare date. The zone of the vectors is UTC."""
    if len(text) == 10:
        return if_bare
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_known_at(data: dict[str, Any]) -> Answer:
    match data.get("op") or "read":
        case "read":
            rows = _read(data, data["as_known_at"])
            return {"rows": [{**_place(row), **_told(row)} for row in rows]}
        case "diff":
            found = vintages.difference(_read(data, data["from"]), _read(data, data["to"]))
            return {
                "added": [_place(row) for row in found.added],
                "withdrawn": [_place(row) for row in found.withdrawn],
                "revised": [
                    {**_place(each.new), "old": _text(each.old), "new": _text(each.new)}
                    for each in found.revised
                ],
            }
        case "version_in_force":
            return _version_in_force(data)
    raise VectorError("invalid_op")


def _read(data: dict[str, Any], at: str) -> tuple[Vintage, ...]:
    return vintages.as_known(
        [_vintage(row) for row in data["observations"]],
        _moment(at, vintages.end_of(_bare(at))),
        basis=vintages.Basis(data.get("basis") or "received"),
        valid_at=day(data.get("valid_at")),
    )


def _place(row: Vintage) -> Answer:
    return {"key": row.key or None, "period_end": row.period_end}


def _told(row: Vintage) -> Answer:
    return {"value": _text(row), "status": row.status, "revision_no": row.revision}


def _text(row: Vintage) -> str | None:
    return None if row.value is None else row.text


def _version_in_force(data: dict[str, Any]) -> Answer:
    values = {
        vintages.Version(row["version"], day(row.get("approved_on"))): row.get("value")
        for row in data["versions"]
    }
    found = vintages.version_in_force(values, date.fromisoformat(data["as_of"]))
    return {"version": found and found.number, "value": found and values[found]}


# --- the result of a target -----------------------------------------------------------------------


def target_result(data: dict[str, Any]) -> Answer:
    way, within = direction(data)
    aim = results.Aim(
        level=needed(data["target"]),
        due_on=date.fromisoformat(data["due_period_end"]),
        measured_on=_rule(data.get("measured_on_rule")),
        direction=way,
        decimals=decimals(data),
        within=within,
    )
    rows = [_vintage(row) for row in data["observations"]]
    outcome = results.target_result(rows, aim, date.fromisoformat(data["as_of"]))
    return {
        "result": outcome.result,
        "value_used": outcome.used and outcome.used.text,
        "period_end_used": outcome.used and outcome.used.period_end,
        "variance": outcome.variance,
    }


def _rule(name: str | None) -> results.MeasuredOn | None:
    """A rule that nobody knows is none."""
    return results.MeasuredOn(name) if name in set(results.MeasuredOn) else None
