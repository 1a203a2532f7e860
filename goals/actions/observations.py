"""Entering numbers. A number is added, never changed; a correction is the next revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from goals.actions.standings import refresh_standings
from goals.fields import Exact
from goals.models import DataImport, Observation, Series
from goals.permissions import can_backdate


class BackdatingRefused(Exception):
    """The number would count as known before a revision that is already here."""


@dataclass(frozen=True)
class NewValue:
    """One value for one period, as a source gave it. Without a value it says why."""

    period_start: date
    period_end: date
    value: Exact | None
    numerator: Exact | None = None
    denominator: Exact | None = None
    status: str = Observation.Status.FINAL
    missing_reason: str = ""
    published_on: date | None = None
    source: str = ""
    note: str = ""
    definition: int | None = None


@transaction.atomic
def record_observations(
    *,
    series: Series,
    values: Sequence[NewValue],
    by: User | None,
    known_from: datetime,
    reason: str = "",
    data_import: DataImport | None = None,
) -> list[Observation]:
    """Adds each value as the next revision of its period and brings the standing up to date.

    `by` is None where an operator works at the command line. Raises BackdatingRefused when a
    period already holds a revision known later than `known_from`, unless an administrator enters.
    """
    Series.objects.select_for_update().get(pk=series.pk)
    newest = {
        row.period_end: row
        for row in series.observations.current().filter(
            period_end__in=[each.period_end for each in values]
        )
    }
    rows = [
        _next_revision(
            series=series, value=each, before=newest.get(each.period_end), by=by, at=known_from
        )
        for each in values
    ]
    for row in rows:
        row.reason, row.data_import = reason, data_import
    Observation.objects.bulk_create(rows)
    refresh_standings(series_ids=[series.pk], at=known_from)
    return rows


def _next_revision(
    *, series: Series, value: NewValue, before: Observation | None, by: User | None, at: datetime
) -> Observation:
    if before and before.known_from > at and by is not None and not can_backdate(by):
        raise BackdatingRefused(
            _(
                "The value of %(day)s was already revised after that moment. Only an administrator"
                " may enter a number behind it."
            )
            % {"day": value.period_end}
        )
    return Observation(
        series=series,
        revision=before.revision + 1 if before else 0,
        known_from=at,
        entered_by=by,
        **vars(value),
    )
