"""What period a row is about, from the ways in which publishers write it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from goals.data_age import add_months


class PeriodKind(StrEnum):
    DAY = "day"  # 2024-06-30: that day
    MONTH = "month"  # 2024-06-01 or 2024-06: the month
    QUARTER = "quarter"  # 2024-Q2, or any day of it
    YEAR = "year"  # 2024: the twelve months from start_month of that year
    SCHOOL_YEAR = "school_year"  # 2011-12 or 2011-2012: from start_month of the first year


@dataclass(frozen=True)
class Period:
    start: date
    end: date


def period_of(text: str, kind: PeriodKind, start_month: int = 1) -> Period:
    """The period that a text names. Raises ValueError."""
    text = text.strip()
    match kind:
        case PeriodKind.DAY:
            day = date.fromisoformat(text)
            return Period(day, day)
        case PeriodKind.MONTH:
            return months_from(date.fromisoformat(f"{text[:7]}-01"), 1)
        case PeriodKind.QUARTER:
            return months_from(_first_of_quarter(text), 3)
        case PeriodKind.SCHOOL_YEAR:
            return months_from(date(_school_year(text), start_month, 1), 12)
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError(text)
    return months_from(date(int(text), start_month, 1), 12)


def months_from(first: date, months: int) -> Period:
    following = add_months(first.replace(day=2), months).replace(day=1)
    return Period(first, following - timedelta(days=1))


def _first_of_quarter(text: str) -> date:
    if found := re.fullmatch(r"([0-9]{4})[- ]?Q([1-4])", text, re.IGNORECASE):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1)
    day = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _school_year(text: str) -> int:
    """The first of the two years; the second must be the one after it."""
    found = re.fullmatch(r"([0-9]{4})\s*[-/\u2013]\s*([0-9]{2}|[0-9]{4})", text)
    if not found:
        raise ValueError(text)
    first = int(found[1])
    if int(found[2]) not in (first + 1, (first + 1) % 100):
        raise ValueError(text)
    return first
