"""Totals that are added up from their parts, by a rule that somebody declared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from goals.actions.series import make_series
from goals.aggregation import Part, Shown, Total, total_rate
from goals.fields import Exact, as_fraction
from goals.models import (
    ALL_SUBGROUP,
    DataImport,
    ImportMapping,
    Indicator,
    Observation,
    Series,
    Subgroup,
)
from goals.policy import DEFAULT_POLICY

Group = tuple[str, str]  # code of unit and subgroup under which a total is shown
Key = tuple[date, Group]


def refresh_totals(
    *,
    keys: set[tuple[Indicator, date]],
    by: User | None,
    known_from: datetime,
    data_import: DataImport | None,
) -> set[int]:
    """Adds up every declared total for the indicators and periods; the ids of series that changed.

    Parts are all values held, not those of one file, however they came in. A total that has not
    changed stays as it is; one that has becomes the next revision; one without parts is withdrawn.
    A part that is absent is not zero: it is no part.
    """
    changed: list[Observation] = []
    for indicator in {indicator for indicator, _period in keys}:
        periods = {period for each, period in keys if each == indicator}
        changed += _changed(indicator, declared_totals(indicator), periods)
    for row in changed:
        row.known_from, row.entered_by, row.data_import = known_from, by, data_import
    Observation.objects.bulk_create(changed, batch_size=500)
    return {row.series_id for row in changed}


def declared_totals(indicator: Indicator) -> list[Mapping[str, Any]]:
    """What the saved mappings of the indicator say is to be added up, each total once."""
    found: list[Mapping[str, Any]] = []
    for spec in ImportMapping.objects.order_by("name").values_list("spec", flat=True):
        if spec.get("indicator") == indicator.code:
            found += [each for each in spec.get("totals", []) if each not in found]
    return found


def _parts(indicator: Indicator, periods: set[date]) -> list[Observation]:
    """Published values that are current and not withdrawn, of the lowest level."""
    rows = (
        Observation.objects.filter(period_end__in=periods, is_derived=False)
        .current()
        .exclude(status=Observation.Status.WITHDRAWN)
        .of_indicators([indicator.pk])
    )
    return sorted(rows, key=_group_of)


def _changed(
    indicator: Indicator, specs: list[Mapping[str, Any]], periods: set[date]
) -> list[Observation]:
    if not specs:
        return []
    parts = _parts(indicator, periods)
    derived = Observation.objects.filter(period_end__in=periods, is_derived=True).current()
    held = {(row.period_end, _group_of(row)): row for row in derived.of_indicators([indicator.pk])}
    totals = {}
    for spec in specs:
        totals.update(_totals(indicator, spec, parts))
    published = _published((row.series for row in totals.values()), periods)
    rows = [
        _next(row, held.get(key))
        for key, row in totals.items()
        if (row.period_end, row.series_id) not in published
    ]
    rows += [
        _next(_without_parts(before), before)
        for key, before in held.items()
        if key not in totals and any(_is_total_of(spec, key[1]) for spec in specs)
    ]
    return [row for row in rows if row is not None]


def _totals(
    indicator: Indicator, spec: Mapping[str, Any], parts: list[Observation]
) -> dict[Key, Observation]:
    groups = _groups(spec, parts)
    series = _series(indicator, {group for _period, group in groups})
    return {
        key: _total(indicator, spec, members, series[key[1]]) for key, members in groups.items()
    }


def _groups(spec: Mapping[str, Any], parts: list[Observation]) -> dict[Key, list[Observation]]:
    """The parts under the period, unit and subgroup of the total that they belong to."""
    over = set(spec["over"])
    groups: dict[Key, list[Observation]] = defaultdict(list)
    for part in parts:
        unit, subgroup = _group_of(part)
        if "org_unit" in over and unit == spec["at"]:
            continue  # a total that was published is no part of one that is added up
        if "subgroup" in over and subgroup == ALL_SUBGROUP:
            continue
        group = (
            spec["at"] if "org_unit" in over else unit,
            ALL_SUBGROUP if "subgroup" in over else subgroup,
        )
        groups[part.period_end, group].append(part)
    return groups


def _group_of(row: Observation) -> Group:
    return row.series.org_unit.code, row.series.subgroup.code


def _is_total_of(spec: Mapping[str, Any], group: Group) -> bool:
    """Whether a total is shown where this one is."""
    over = set(spec["over"])
    is_at = group[0] == spec.get("at")
    return is_at == ("org_unit" in over) and (group[1] == ALL_SUBGROUP) == ("subgroup" in over)


def _published(series: Iterable[Series], periods: set[date]) -> set[tuple[date, int]]:
    """Where a source gave the total itself: it is never replaced by one that was added up."""
    rows = Observation.objects.filter(
        series__in=[each.pk for each in series], period_end__in=periods, is_derived=False
    ).current()
    return set(rows.values_list("period_end", "series_id"))


def _next(row: Observation, before: Observation | None) -> Observation | None:
    """The total as the next revision; None if it says what the one before says."""
    if before is None:
        return row
    if _same(before, row):
        return None
    row.revision, row.reason = before.revision + 1, _("Parts were revised.")
    return row


def _without_parts(before: Observation) -> Observation:
    return Observation(
        series=before.series,
        period_start=before.period_start,
        period_end=before.period_end,
        status=Observation.Status.WITHDRAWN,
        source=before.source,
        note=_("All its parts were withdrawn."),
        is_derived=True,
    )


def _series(indicator: Indicator, groups: set[Group]) -> dict[Group, Series]:
    units = dict(OrgUnit.objects.values_list("code", "pk"))
    Subgroup.objects.everybody()
    subgroups = dict(Subgroup.objects.values_list("code", "pk"))
    make_series({(indicator.pk, units[unit], subgroups[group]) for unit, group in groups}, by=None)
    found = Series.objects.filter(indicator=indicator).select_related("org_unit", "subgroup")
    return {(each.org_unit.code, each.subgroup.code): each for each in found}


def _total(
    indicator: Indicator, spec: Mapping[str, Any], members: list[Observation], series: Series
) -> Observation:
    total = total_rate(
        [
            Part(f"{row.series_id}", _fraction(row.numerator), _fraction(row.denominator))
            for row in members
        ],
        scale=as_fraction(indicator.scale),
        proportion=indicator.unit == Indicator.Unit.PERCENT,
        policy=replace(DEFAULT_POLICY, min_cell=spec.get("smallest", DEFAULT_POLICY.min_cell)),
    )
    return Observation(
        series=series,
        period_start=min(row.period_start for row in members),
        period_end=members[0].period_end,
        value=total.rate,
        numerator=total.numerator,
        denominator=total.denominator,
        missing_reason=_why_missing(total, members),
        status=_status(members),
        source=_("Sum over %(count)s values") % {"count": len(members)},
        note=_("%(count)s parts had no counts.") % {"count": total.missing}
        if total.missing
        else "",
        is_derived=True,
    )


def _fraction(value: Exact | None) -> Fraction | None:
    return None if value is None else as_fraction(value)


def _why_missing(total: Total, members: list[Observation]) -> str:
    missing = Observation.Missing
    if total.rate is not None:
        return ""
    if total.status is Shown.SUPPRESSED:
        return missing.SUPPRESSED
    if total.missing < len(members):
        return missing.NOT_APPLICABLE  # counted, and there was nothing
    reasons = {row.missing_reason for row in members}
    return missing.SUPPRESSED if missing.SUPPRESSED in reasons else missing.NOT_REPORTED


def _status(members: list[Observation]) -> str:
    """A total is only as final as its parts."""
    final = all(row.is_final for row in members)
    return Observation.Status.FINAL if final else Observation.Status.PROVISIONAL


def _same(before: Observation, row: Observation) -> bool:
    names = ("value", "numerator", "denominator", "status", "missing_reason")
    return all(getattr(before, name) == getattr(row, name) for name in names)
