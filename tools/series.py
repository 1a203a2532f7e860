"""Real series out of published tables, for `make bench FORECAST=PATH`.

Any CSV with one column that names the period and one or more columns of numbers is read; what the
other columns say tells the series apart. The product's own CSV of observations is one such form.
"""

import csv
from calendar import monthrange
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

from goals.data_age import DAYS, MONTHS, Frequency
from goals.importing.periods import PeriodKind, period_of

PERIODS = ("period_end", "period", "year", "month", "quarter", "date", "time", "week")
TOLD_APART_BY_NONE = frozenset({  # columns that say something of a row, not of a series
    "period_start", "period_end", "numerator", "denominator", "status", "published_on", "source",
    "note", "revision", "known_from", "missing_reason", "reason", "observation status",
    "unit multiplier", "geocode", "fips",
})  # fmt: skip
# The rest of the second, in percent.
SHARES = {("breaches", "attendances"): "seen in time, percent"}
# Publishers' signs for suppressed and missing.
MISSING = frozenset({Decimal(-9999), Decimal(-6666)})
BY_DAYS = {days: each for each, days in DAYS.items()}
BY_MONTHS = {months: each for each, months in MONTHS.items() if each is not Frequency.COHORT}
NUMERIC_ENOUGH = 0.9


@dataclass(frozen=True)
class Series:
    file: str
    name: str
    frequency: Frequency
    points: tuple[tuple[date, Decimal], ...]
    low: Decimal | None = None
    high: Decimal | None = None


class NoSeriesError(ValueError):
    """A file that holds no series: the message says why."""


def files_in(path):
    return [path] if path.is_file() else sorted(path.rglob("*.csv"))


def read(path):
    """Every series under a path, and what was left out with the reason."""
    found, left_out = [], []
    for file in files_in(path):
        try:
            found += series_of(file)
        except NoSeriesError as reason:
            left_out.append((file.name, str(reason)))
    return found, left_out


def series_of(file):
    rows = rows_of(file)
    names = [name for name in rows[0] if name]
    period = next((n for wanted in PERIODS for n in names if n.lower() == wanted), None)
    if period is None:
        raise NoSeriesError("no column names the period")
    measures = measures_of(rows, [name for name in names if name != period])
    kind = kind_of([row[period] for row in rows], period)
    groups = defaultdict(dict)
    for row in rows:
        try:
            end = period_end(row[period], kind)
        except ValueError:
            continue
        add_row(groups, row, end, measures, (period, *names))
    found = [
        series
        for (name, unit), values in groups.items()
        if (series := made(file, name, unit, values))
    ]
    if not found:
        raise NoSeriesError("no series of four or more evenly spaced periods")
    return found


def rows_of(file):
    """Rows as mappings, whatever stands above the header; lines above it have fewer cells."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    separator = ";" if text[:2000].count(";") > text[:2000].count(",") else ","
    lines = [row for row in csv.reader(text.splitlines(), delimiter=separator) if any(row)]
    widest = max((len(row) for row in lines[:20]), default=0)
    start = next((n for n, row in enumerate(lines) if len(row) == widest and all(row)), None)
    if start is None or len(lines) < start + 2:
        raise NoSeriesError("no table with a header")
    header = [name.strip() for name in lines[start]]
    return [
        dict(zip(header, row, strict=False)) for row in lines[start + 1 :] if len(row) == widest
    ]


def measures_of(rows, names):
    """The columns of numbers: the one called value, or all that hold hardly anything else."""
    if value := next((name for name in names if name.lower() == "value"), None):
        return [value]
    found = [
        name
        for name in names
        if name.lower() not in TOLD_APART_BY_NONE and share_of_numbers(rows, name) >= NUMERIC_ENOUGH
    ]
    if not found:
        raise NoSeriesError("no column of numbers")
    return found


def share_of_numbers(rows, name):
    return sum(number(row[name]) is not None for row in rows) / len(rows)


def add_row(groups, row, end, measures, names):
    """Put the numbers of one row under their series.

    Of two rows of a period the later revision counts; two that contradict each other at the same
    revision are both left out.
    """
    told = [
        f"{name} {row[name].strip()}"
        for name in names[1:]
        if name not in (names[0], *measures)
        and name.lower() not in TOLD_APART_BY_NONE
        and row[name].strip()
    ]
    unit = "%" if "percent" in " ".join(told).lower() else ""
    order = (number(row.get("revision", "")) or 0, row.get("known_from", ""))
    values = {name: number(row[name]) for name in measures}
    for (part, whole), words in SHARES.items():
        if values.get(part) is not None and values.get(whole):
            groups["; ".join([words, *told]), "%"][end] = (
                order,
                100 * (1 - values[part] / values[whole]),
            )
    if len(measures) == 1 and values[measures[0]] is None:
        values[measures[0]] = from_counts(row)
    for name, value in values.items():
        if value is not None and value not in MISSING:
            key = ("; ".join([name, *told] if len(measures) > 1 else told), unit)
            groups[key][end] = later(groups[key].get(end), (order, value))


def later(held, new):
    if held is None or new[0] > held[0]:
        return new
    if new[0] < held[0] or new[1] == held[1]:
        return held
    return (held[0], None)


def from_counts(row):
    over, under = number(row.get("numerator", "")), number(row.get("denominator", ""))
    return 100 * over / under if over is not None and under else None


def number(text):
    """A number, or nothing. A star for a footnote and a comma between thousands do not count."""
    try:
        value = Decimal(text.strip().removesuffix("%").replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def kind_of(texts, column):
    """How this column writes a period, by what it says and, where that is ambiguous, by its name."""
    texts = {text.strip().rstrip("*") for text in texts if text.strip()}
    kinds = list(PeriodKind)
    if column.lower() == "year":
        kinds = [PeriodKind.YEAR, PeriodKind.SCHOOL_YEAR, PeriodKind.QUARTER]
    elif column.lower() == "quarter":
        kinds = [PeriodKind.QUARTER, *kinds]
    fitting = {kind: sum(fits(text, kind) for text in texts) for kind in kinds}
    best = max(kinds, key=lambda kind: fitting[kind])
    if not fitting[best]:
        raise NoSeriesError("periods are written in an unknown way")
    return best


def fits(text, kind):
    try:
        period_end(text, kind)
    except ValueError:
        return False
    return True


def period_end(text, kind):
    return period_of(text.strip().rstrip("*"), kind).end


def made(file, name, unit, values):
    """A series of what was gathered, where its periods have an even step."""
    points = tuple(
        sorted((end, value) for end, (_order, value) in values.items() if value is not None)
    )
    frequency = frequency_of([end for end, _value in points])
    if frequency is None:
        return None
    lowest = Decimal(0) if all(value >= 0 for _end, value in points) else None
    highest = Decimal(100) if unit and all(value <= 100 for _end, value in points) else None
    return Series(file.name, name or file.stem, frequency, points, lowest, highest)


def frequency_of(ends):
    """The commonest step between two periods; nothing where there are too few to tell."""
    if len(ends) < 4:
        return None
    whole = all(end.day == monthrange(end.year, end.month)[1] for end in ends)
    steps = list(pairwise(ends))
    if not whole:
        days = Counter((b - a).days for a, b in steps).most_common(1)[0][0]
        if found := BY_DAYS.get(days):
            return found
    months = Counter(12 * (b.year - a.year) + b.month - a.month for a, b in steps)
    return BY_MONTHS.get(months.most_common(1)[0][0])


def path_of(text):
    path = Path(text)
    if not path.exists():
        raise SystemExit(f"There is nothing at {text}.")
    return path
