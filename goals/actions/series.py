"""Making many rows at once that keep a history: each leaves the line that saving it would leave."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import User
from goals.models import Series

BATCH = 500


def make_missing(rows: Iterable[Model], *, among: "QuerySet[Any]", by: User | None) -> None:
    """Makes the rows that are not there yet; somebody else may be making some of them meanwhile."""
    rows = list(rows)
    if not rows:
        return
    model: Any = among.model
    before = set(among.values_list("pk", flat=True))
    model.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    made = [row for row in among.all() if row.pk not in before]
    model.history.bulk_history_create(made, batch_size=BATCH, default_user=by)


def make_series(wanted: set[tuple[int, int, int]], *, by: User | None) -> None:
    """Each is an indicator, an organisation unit and a subgroup, by their keys."""
    among = Series.objects.filter(indicator__in={each[0] for each in wanted})
    here = set(among.values_list("indicator", "org_unit", "subgroup"))
    rows = [
        Series(indicator_id=indicator, org_unit_id=unit, subgroup_id=subgroup)
        for indicator, unit, subgroup in sorted(wanted - here)
    ]
    make_missing(rows, among=among, by=by)
