"""Kinds about plans and the calendar: milestones, working days, who carries how much."""

from datetime import date
from typing import Any

from accounts.calendar import WorkingCalendar, gaps
from delivery_unit.vectors.reading import Answer, VectorError, day, needed, policy_of
from goals import milestones
from stocktakes.unit import load

WEEKEND = (6, 7)
LEAD_TIMES = (-10, -7, -3, 2)


def _milestone(data: dict[str, Any]) -> milestones.Milestone:
    updated = data.get("last_update_at")
    return milestones.Milestone(
        baseline_due=date.fromisoformat(data["baseline_due"]),
        current_due=day(data.get("current_due")),
        forecast_due=day(data.get("forecast_due")),
        completed_on=day(data.get("completed_on")),
        plan_start=day(data.get("plan_start")),
        is_critical=bool(data.get("critical")),
        is_cancelled=bool(data.get("cancelled")),
        last_update_on=day(updated[:10]) if updated else None,
        changes=tuple(
            milestones.Redating(
                date.fromisoformat(each["old_due"]), date.fromisoformat(each["new_due"])
            )
            for each in data.get("changes") or ()
        ),
    )


def milestone_slip(data: dict[str, Any]) -> Answer:
    today = date.fromisoformat(data["today"])
    outcome = milestones.slip(_milestone(data["milestone"]), today, policy_of(data))
    return {
        **vars(outcome),
        "slipped": outcome.is_slipped,
        "material": outcome.is_material,
        "overdue": outcome.is_overdue,
        "stale": outcome.is_stale,
    }


def milestone_index(data: dict[str, Any]) -> Answer:
    outcome = milestones.index(
        [_milestone(each) for each in data["milestones"]],
        date.fromisoformat(data["today"]),
        plan_start=day(data.get("plan_start")),
        policy=policy_of(data),
    )
    return {**vars(outcome), "cap": outcome.cap}


def working_days(data: dict[str, Any]) -> Answer:
    given = data.get("weekend")
    holidays = [date.fromisoformat(each) for each in data.get("holidays") or ()]
    calendar = WorkingCalendar.strictly(WEEKEND if given is None else given, holidays)
    match data.get("op") or "schedule":
        case "schedule":
            meeting = date.fromisoformat(data["meeting"])
            return {f"T{days:+d}": calendar.shift(meeting, days) for days in LEAD_TIMES}
        case "add":
            return {"date": calendar.shift(date.fromisoformat(data["date"]), data["n"])}
        case "between":
            start, end = (date.fromisoformat(data[name]) for name in ("from", "to"))
            return {"days": calendar.distance(start, end)}
        case "is_working":
            return {"working": calendar.is_working(date.fromisoformat(data["date"]))}
        case "nth_of_month":
            return {"date": calendar.nth_of_month(data["year"], data["month"], data["n"])}
        case "gaps":
            return {"gaps": gaps([date.fromisoformat(each) for each in data["dates"]])}
    raise VectorError("invalid_op")


def workload(data: dict[str, Any]) -> Answer:
    goals = [
        load.Held(
            lod=goal.get("lod"),
            level=goal.get("level"),
            is_primary=goal.get("kind", "primary") == "primary",
            is_active=goal.get("status", "active") == "active",
        )
        for goal in data["goals"]
    ]
    found = load.load_of(goals, fte_percent=needed(data["fte_percent"]))
    return {"points": found.points, "load": found.load, "alarm": found.alarm}
