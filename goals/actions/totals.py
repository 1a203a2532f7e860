"""Totals that are added up from their parts, by a rule that somebody declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from goals.aggregation import Part, Shown, Total, total_rate
from goals.models import ALL_SUBGROUP, DataImport, Indicator, Observation, Series, Subgroup

Group = tuple[str, str]  # code of unit and subgroup under which a total is shown


def refresh_totals(
    *,
    specs: Iterable[Mapping[str, Any]],
    keys: set[tuple[Indicator, date]],
    by: User | None,
    known_from: datetime,
    data_import: DataImport | None,
) -> set[int]:
    """Adds up every declared total for the indicators and periods; the ids of series that changed.

    Parts are all values held, not those of one file. A total that has not changed stays as it is;
    one that has becomes the next revision. A part that is absent is not zero: it is no part.
    """
    specs = list(specs)
    if not specs or not keys:
        return set()
    changed: list[Observation] = []
    for indicator in {indicator for indicator, _period in keys}:
        periods = {period for each, period in keys if each == indicator}
        parts = _parts(indicator, periods)
        for spec in specs:
            changed += _changed(indicator, spec, parts)
    for row in changed:
        row.known_from, row.entered_by, row.data_import = known_from, by, data_import
    Observation.objects.bulk_create(changed, batch_size=500)
    return {row.series_id for row in changed}


def _parts(indicator: Indicator, periods: set[date]) -> list[Observation]:
    """Published values that are current and not withdrawn, of the lowest level."""
    return list(
        Observation.objects.filter(
            series__indicator=indicator, period_end__in=periods, is_derived=False
        )
        .current()
        .exclude(status=Observation.Status.WITHDRAWN)
        .select_related("series__org_unit", "series__subgroup")
        .order_by("series__org_unit__code", "series__subgroup__code")
    )


def _changed(
    indicator: Indicator, spec: Mapping[str, Any], parts: list[Observation]
) -> list[Observation]:
    over = set(spec["over"])
    groups: dict[tuple[date, Group], list[Observation]] = defaultdict(list)
    for part in parts:
        unit, subgroup = part.series.org_unit.code, part.series.subgroup.code
        if "org_unit" in over and unit == spec["at"]:
            continue  # a total that was published is no part of one that is added up
        if "subgroup" in over and subgroup == ALL_SUBGROUP:
            continue
        group = (
            spec["at"] if "org_unit" in over else unit,
            ALL_SUBGROUP if "subgroup" in over else subgroup,
        )
        groups[part.period_end, group].append(part)
    series = _series(indicator, {group for _period, group in groups})
    held = {
        (row.period_end, row.series_id): row
        for row in Observation.objects.filter(
            series__in=[each.pk for each in series.values()],
            period_end__in={period for period, _group in groups},
        ).current()
    }
    rows = []
    for (period, group), members in groups.items():
        row = _total(indicator, members, series[group])
        before = held.get((period, row.series_id))
        if before is None or (before.is_derived and not _same(before, row)):
            row.revision = before.revision + 1 if before else 0
            row.reason = _("Parts were revised.") if before else ""
            rows.append(row)
    return rows


def _series(indicator: Indicator, groups: set[Group]) -> dict[Group, Series]:
    units = dict(OrgUnit.objects.values_list("code", "pk"))
    Subgroup.objects.everybody()
    subgroups = dict(Subgroup.objects.values_list("code", "pk"))
    Series.objects.bulk_create(
        (
            Series(indicator=indicator, org_unit_id=units[unit], subgroup_id=subgroups[subgroup])
            for unit, subgroup in sorted(groups)
        ),
        ignore_conflicts=True,
        batch_size=500,
    )
    found = Series.objects.filter(indicator=indicator).select_related("org_unit", "subgroup")
    return {(each.org_unit.code, each.subgroup.code): each for each in found}


def _total(indicator: Indicator, members: list[Observation], series: Series) -> Observation:
    total = total_rate(
        [
            Part(f"{row.series_id}", _fraction(row.numerator), _fraction(row.denominator))
            for row in members
        ],
        scale=Fraction(indicator.scale),
        proportion=indicator.unit == Indicator.Unit.PERCENT,
    )
    return Observation(
        series=series,
        period_start=min(row.period_start for row in members),
        period_end=members[0].period_end,
        value=total.rate,
        numerator=total.numerator,
        denominator=total.denominator,
        missing_reason=_why_missing(total),
        status=_status(members),
        source=_("Sum over %(count)s values") % {"count": len(members)},
        note=_("%(count)s parts had no counts.") % {"count": total.missing}
        if total.missing
        else "",
        is_derived=True,
    )


def _fraction(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


def _why_missing(total: Total) -> str:
    if total.rate is not None:
        return ""
    suppressed = total.status is Shown.SUPPRESSED
    missing = Observation.Missing
    return missing.SUPPRESSED if suppressed else missing.NOT_REPORTED


def _status(members: list[Observation]) -> str:
    """A total is only as final as its parts."""
    final = all(row.is_final for row in members)
    return Observation.Status.FINAL if final else Observation.Status.PROVISIONAL


def _same(before: Observation, row: Observation) -> bool:
    names = ("value", "numerator", "denominator", "status", "missing_reason")
    return all(getattr(before, name) == getattr(row, name) for name in names)
