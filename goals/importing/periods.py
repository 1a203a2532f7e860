"""What period a row is about, from the ways in which publishers write it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

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


MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9:.]*)?")
LAST_YEAR = 9990  # beyond it the day after a period has no date


@lru_cache(maxsize=1024)
def period_of(text: str, kind: PeriodKind, start_month: int = 1) -> Period:
    """The period that a text names. Raises ValueError."""
    text = text.strip()
    match kind:
        case PeriodKind.DAY:
            day = _day(text)
            return Period(day, day)
        case PeriodKind.MONTH:
            return months_from(_first_of_month(text), 1)
        case PeriodKind.QUARTER:
            return months_from(_first_of_quarter(text), 3)
        case PeriodKind.SCHOOL_YEAR:
            return months_from(date(_school_year(text), start_month, 1), 12)
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError(text)
    return months_from(date(int(text), start_month, 1), 12)


def months_from(first: date, months: int) -> Period:
    if first.year > LAST_YEAR:
        raise ValueError(first)
    following = add_months(first.replace(day=2), months).replace(day=1)
    return Period(first, following - timedelta(days=1))


def _day(text: str) -> date:
    """A date, with or without the midnight that databases add."""
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(text)
    return date.fromisoformat(found[1])


def _first_of_month(text: str) -> date:
    """2019-04, a date in it, or April 2019 with its month in English letters."""
    if found := re.fullmatch(r"([A-Za-z]{3,9})[- ]([0-9]{4})", text):
        name = found[1].lower()
        months = [number for number, month in enumerate(MONTHS, 1) if month.startswith(name)]
        if len(months) != 1:
            raise ValueError(text)
        return date(int(found[2]), months[0], 1)
    return _day(f"{text}-01" if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else text).replace(day=1)


def _first_of_quarter(text: str) -> date:
    if found := re.fullmatch(r"([0-9]{4})[- ]?Q([1-4])", text, re.IGNORECASE):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1)
    first = _first_of_month(text)
    return date(first.year, 3 * ((first.month - 1) // 3) + 1, 1)


def _school_year(text: str) -> int:
    """The first of the two years; the second must be the one after it."""
    found = re.fullmatch(r"([0-9]{4})\s*[-/\u2013]\s*([0-9]{2}|[0-9]{4})", text)
    if not found:
        raise ValueError(text)
    first = int(found[1])
    if int(found[2]) not in (first + 1, (first + 1) % 100):
        raise ValueError(text)
    return first
