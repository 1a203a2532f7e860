"""Values that a person typed, as a file in the product's own columns: read like any other."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from goals.data_age import MONTHS, Frequency, add_months
from goals.importing.rows import REQUIRED

DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7}


@dataclass(frozen=True)
class TypedValue:
    period_end: date
    value: str
    status: str


@dataclass(frozen=True)
class About:
    """What the typed values are values of, by the codes that files use."""

    indicator: str
    org_unit: str
    subgroup: str
    frequency: Frequency
    source: str = ""


def first_day(frequency: Frequency, last: date) -> date:
    """The first day of the period that ends on `last`."""
    if frequency in DAYS:
        return last - timedelta(days=DAYS[frequency] - 1)
    return add_months(last, -MONTHS[frequency]) + timedelta(days=1)


def as_file(about: About, values: Iterable[TypedValue]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, REQUIRED, restval="")
    writer.writeheader()
    for each in values:
        writer.writerow(
            {
                "indicator_code": about.indicator,
                "org_unit_code": about.org_unit,
                "subgroup_code": about.subgroup,
                "period_start": first_day(about.frequency, each.period_end).isoformat(),
                "period_end": each.period_end.isoformat(),
                "value": each.value,
                "status": each.status,
                "source": about.source,
            }
        )
    return text.getvalue().encode()
