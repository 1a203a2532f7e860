"""Importing a file: on trial first, then for good. One transaction; all of it or nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OrgUnit, User
from accounts.readers import FileRefused, read_lines
from goals.actions.observations import BackdatingRefused
from goals.actions.series import make_missing, make_series
from goals.actions.standings import refresh_standings
from goals.actions.totals import refresh_totals
from goals.dictionary import known_indicators
from goals.importing.checking import Checker, Problem, Row
from goals.importing.mapping import mapped_rows
from goals.importing.planning import Plan, Step, as_rows, jumps, steps_of
from goals.importing.rows import canonical_rows
from goals.importing.specs import MappingError, Spec, spec_of
from goals.models import (
    ALL_SUBGROUP,
    DataImport,
    ImportMapping,
    Indicator,
    Observation,
    Series,
    Subgroup,
)
from goals.permissions import can_backdate, can_enter_observations

SHOWN = 1000
Triple = tuple[str, str, str]


class PlanChanged(Exception):
    """The values held changed since the dry run; the dry run was made anew and nothing written."""


class AlreadyDecided(Exception):
    """The file was confirmed or discarded before."""


class ReasonMissing(Exception):
    """Values would be revised, and nobody said why."""


class RowsRejected(Exception):
    """Some rows are wrong, and nobody chose to take the others alone."""


@dataclass(frozen=True)
class Request:
    """A file, and how somebody wants it read. `by` is None for the operator at the command line."""

    filename: str
    content: bytes
    by: User | None
    mapping: ImportMapping | None = None
    indicator_code: str = ""
    create_units_under: str = ""
    known_from: datetime | None = None


# --- the dry run ----------------------------------------------------------------------------------


def plan_import(request: Request, now: datetime) -> tuple[Plan, Spec | None]:
    """Reads the file and compares it with what is held; writes nothing. Raises FileRefused."""
    spec = _spec(request.mapping)
    lines = read_lines(
        request.content,
        encoding=spec.encoding if spec else "utf-8-sig",
        delimiter=spec.delimiter if spec else ",",
        max_bytes=settings.IMPORT_MAX_BYTES,
    )
    raw = mapped_rows(lines, spec, request.filename) if spec else canonical_rows(lines)
    if request.indicator_code:
        raw = (vars_with(each, request.indicator_code) for each in raw)
    checker = _checker(request, spec, now)
    checked = list(checker.check(raw))
    rows = [each for each in checked if isinstance(each, Row)]
    plan = Plan(problems=[each for each in checked if isinstance(each, Problem)])
    if not checked:
        raise FileRefused(_("The file has a header and no rows."))
    held = held_observations(rows)
    plan.steps = list(steps_of(rows, held, is_complete=bool(spec and spec.is_complete)))
    plan.warnings = list(jumps(plan.steps, _newest_final(rows)))
    for row in rows:
        if row.org_unit_code not in checker.org_units:
            plan.new_units.setdefault(row.org_unit_code, row.org_unit_name or row.org_unit_code)
        if row.subgroup_code not in checker.subgroups and row.subgroup_code != ALL_SUBGROUP:
            plan.new_subgroups.setdefault(row.subgroup_code, row.subgroup_name or row.subgroup_code)
    return plan, spec


def _spec(mapping: ImportMapping | None) -> Spec | None:
    """The mapping as values. Raises FileRefused if it cannot be used here."""
    if mapping is None:
        return None
    try:
        spec = spec_of(mapping.spec)
    except MappingError as error:
        raise FileRefused(_("The mapping cannot be used. %(why)s") % {"why": error}) from error
    wanted = {each["at"] for each in spec.totals if "at" in each}
    unknown = wanted - set(OrgUnit.objects.filter(code__in=wanted).values_list("code", flat=True))
    if unknown:
        raise FileRefused(
            _("The mapping shows totals at %(codes)s, and there is no such organisation unit.")
            % {"codes": ", ".join(sorted(unknown))}
        )
    return spec


def vars_with(raw: Any, code: str) -> Any:
    """The row with the indicator that was named for the whole file, where it has none."""
    return type(raw)(**{**vars(raw), "indicator_code": raw.indicator_code or code})


def _checker(request: Request, spec: Spec | None, now: datetime) -> Checker:
    by = request.by
    allowed: dict[int, bool] = {}

    def may_enter(indicator: Indicator) -> bool:
        if by is None:
            return True
        if indicator.pk not in allowed:
            allowed[indicator.pk] = can_enter_observations(by, indicator)
        return allowed[indicator.pk]

    known = Indicator.objects.all() if by is None else known_indicators(by)
    return Checker(
        indicators={each.code: each for each in known.prefetch_related("definitions")},
        org_units=dict(OrgUnit.objects.values_list("code", "name")),
        subgroups=dict(Subgroup.objects.values_list("code", "name")),
        today=timezone.localdate(now),
        now=now,
        creates_units=bool(request.create_units_under),
        creates_subgroups=bool(spec and spec.creates_subgroups),
        may_enter=may_enter,
    )


def held_observations(rows: Sequence[Row]) -> dict[tuple[str, str, str, date], Observation]:
    """The newest revision of every period that the rows are about, in one query."""
    if not rows:
        return {}
    found = (
        Observation.objects.filter(
            period_end__gte=min(row.period_end for row in rows),
            period_end__lte=max(row.period_end for row in rows),
        )
        .current()
        .of_indicators(row.indicator.pk for row in rows)
    )
    return {(*_triple(each.series), each.period_end): each for each in found}


def _triple(series: Series) -> Triple:
    return (series.indicator.code, series.org_unit.code, series.subgroup.code)


def _newest_final(rows: Sequence[Row]) -> dict[Triple, Observation]:
    found = (
        Observation.objects.order_by("period_end")
        .current()
        .reported()
        .final()
        .of_indicators(row.indicator.pk for row in rows)
    )
    return {_triple(each.series): each for each in found}


@transaction.atomic
def open_import(request: Request, *, at: datetime) -> DataImport:
    """Keeps the file with its dry run, or with the reason why it was refused."""
    row = DataImport(
        filename=_printable(request.filename),
        content=request.content,
        sha256=hashlib.sha256(request.content).hexdigest(),
        mapping=request.mapping,
        uploaded_by=request.by,
        uploaded_at=at,
        options={
            "indicator_code": request.indicator_code,
            "create_units_under": request.create_units_under,
            "known_from": request.known_from.isoformat() if request.known_from else "",
        },
    )
    try:
        plan, _spec = plan_import(request, at)
    except FileRefused as refusal:
        row.state, row.problem = DataImport.State.REFUSED, str(refusal)
        row.content = b""  # what cannot be read is no evidence of anything
        row.save()
        return row
    _keep(row, plan)
    row.indicators.set(plan.indicators)
    return row


def _printable(filename: str) -> str:
    """The name without its folders, and without bytes that are no text."""
    name = PurePath(filename.replace("\\", "/")).name.encode(errors="replace").decode()
    return name[:200]


def _keep(row: DataImport, plan: Plan) -> None:
    row.counts = {**plan.counts, "needs_reason": plan.needs_reason}
    row.rows = as_rows(plan, SHOWN)
    row.options = {**row.options, "fingerprint": plan.fingerprint()}
    row.save()


def request_of(data_import: DataImport, by: User | None) -> Request:
    """The request that made a kept import, for making its plan again."""
    options = data_import.options
    known = options.get("known_from")
    return Request(
        filename=data_import.filename,
        content=bytes(data_import.content),
        by=by,
        mapping=data_import.mapping,
        indicator_code=options.get("indicator_code", ""),
        create_units_under=options.get("create_units_under", ""),
        known_from=datetime.fromisoformat(known) if known else None,
    )


# --- for good -------------------------------------------------------------------------------------


def confirm_import(
    *,
    data_import: DataImport,
    by: User | None,
    at: datetime,
    accept_valid: bool = False,
    reason: str = "",
) -> DataImport:
    """Enters what the dry run showed.

    Raises PlanChanged, AlreadyDecided, ReasonMissing, RowsRejected or BackdatingRefused, and then
    nothing has been entered.
    """
    with transaction.atomic():
        row = DataImport.objects.select_for_update().get(pk=data_import.pk)
        if row.state != DataImport.State.DRY_RUN:
            raise AlreadyDecided
        _lock(row)
        request = request_of(row, by)
        plan, spec = plan_import(request, at)
        unchanged = plan.fingerprint() == row.options.get("fingerprint")
        if not unchanged:
            _keep(row, plan)
        else:
            _check_decision(plan, accept_valid=accept_valid, reason=reason)
            counts = _enter(plan, spec, request, row, at=at, reason=reason)
            row.counts = {**row.counts, **counts}
            row.state, row.reason = DataImport.State.CONFIRMED, reason[:300]
            row.decided_by, row.decided_at = by, at
            row.save()
    if not unchanged:
        raise PlanChanged
    return row


def _lock(row: DataImport) -> None:
    """One import at a time into an indicator: the second then sees what the first entered."""
    indicators = Indicator.objects.filter(pk__in=row.indicators.values("pk"))
    list(indicators.order_by("pk").select_for_update().values_list("pk"))


def _check_decision(plan: Plan, *, accept_valid: bool, reason: str) -> None:
    if plan.problems and not accept_valid:
        raise RowsRejected
    if plan.needs_reason and not reason.strip():
        raise ReasonMissing


@transaction.atomic
def repeat_dry_run(
    *, data_import: DataImport, by: User | None, at: datetime, parent_code: str
) -> DataImport:
    """Reads the file once more, with unknown units to be made under a parent."""
    row = DataImport.objects.select_for_update().get(pk=data_import.pk)
    if row.state != DataImport.State.DRY_RUN:
        raise AlreadyDecided
    row.options = {**row.options, "create_units_under": parent_code}
    plan, _spec = plan_import(request_of(row, by), at)
    _keep(row, plan)
    row.indicators.set(plan.indicators)
    return row


@transaction.atomic
def discard_import(*, data_import: DataImport, by: User, at: datetime) -> DataImport:
    """Puts the file aside; that it was here stays on record."""
    row = DataImport.objects.select_for_update().get(pk=data_import.pk)
    if row.state != DataImport.State.DRY_RUN:
        raise AlreadyDecided
    row.state, row.decided_by, row.decided_at = DataImport.State.DISCARDED, by, at
    row.save()
    return row


def _enter(
    plan: Plan, spec: Spec | None, request: Request, row: DataImport, *, at: datetime, reason: str
) -> dict[str, int]:
    """Writes units, subgroups, series and observations, then totals and standings."""
    _make_units(plan, request.create_units_under, request.by)
    for code, name in plan.new_subgroups.items():
        dimension = spec.dimension if spec else ""
        Subgroup.objects.get_or_create(
            code=code, defaults={"name": name[:120], "dimension": dimension[:60]}
        )
    steps = plan.changing
    series = _series_of(steps, request.by)
    observations = list(_observations(steps, series, request, row, at=at, reason=reason))
    Observation.objects.bulk_create(observations, batch_size=500)
    known_from = request.known_from or at
    totals = refresh_totals(
        keys={(step.row.indicator, step.row.period_end) for step in steps},
        by=request.by,
        known_from=known_from,
        data_import=row,
    )
    touched = {each.series_id for each in observations} | totals
    moments = sorted({each.known_from for each in observations} | {known_from})
    for moment in moments:
        refresh_standings(series_ids=touched, at=moment)
    return {"totals": len(totals)}


def _make_units(plan: Plan, parent_code: str, by: User | None) -> None:
    if not plan.new_units:
        return
    parent = OrgUnit.objects.get(code=parent_code)
    first: dict[str, date] = {}
    for row in (step.row for step in plan.steps if step.row.org_unit_code in plan.new_units):
        start = first.setdefault(row.org_unit_code, row.period_start)
        first[row.org_unit_code] = min(start, row.period_start)
    make_missing(
        (
            OrgUnit(code=code, name=name[:160], kind="unit", parent=parent, valid_from=first[code])
            for code, name in plan.new_units.items()
        ),
        among=OrgUnit.objects.filter(code__in=list(plan.new_units)),
        by=by,
    )


def _series_of(steps: Sequence[Step], by: User | None) -> dict[Triple, Series]:
    """The series of every step, made where there is none yet; a handful of queries for any file."""
    indicators = {step.row.indicator.code: step.row.indicator for step in steps}
    Subgroup.objects.everybody()
    units = dict(OrgUnit.objects.values_list("code", "pk"))
    subgroups = dict(Subgroup.objects.values_list("code", "pk"))
    wanted = {step.row.key[:3] for step in steps}
    make_series(
        {(indicators[code].pk, units[unit], subgroups[group]) for code, unit, group in wanted},
        by=by,
    )
    rows = Series.objects.filter(indicator__in=[each.pk for each in indicators.values()])
    rows = rows.select_related("indicator", "org_unit", "subgroup")
    return {_triple(each): each for each in rows if _triple(each) in wanted}


def _observations(
    steps: Iterable[Step],
    series: dict[Triple, Series],
    request: Request,
    data_import: DataImport,
    *,
    at: datetime,
    reason: str,
) -> Iterator[Observation]:
    for step in steps:
        row, held = step.row, step.held
        known_from = row.known_from or request.known_from or at
        _check_backdating(held, known_from, request.by)
        yield Observation(
            series=series[row.key[:3]],
            period_start=row.period_start,
            period_end=row.period_end,
            revision=held.revision + 1 if held else 0,
            known_from=known_from,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
            status=row.status,
            missing_reason=row.missing_reason,
            published_on=row.published_on,
            source=row.source,
            note=row.note,
            reason=(row.reason or reason)[:300] if held else "",
            definition=row.definition,
            entered_by=request.by,
            data_import=data_import,
        )


def _check_backdating(held: Observation | None, known_from: datetime, by: User | None) -> None:
    if held and held.known_from > known_from and by is not None and not can_backdate(by):
        raise BackdatingRefused(
            _(
                "The value of %(day)s was already revised after that moment. Only an administrator"
                " may enter a number behind it."
            )
            % {"day": held.period_end}
        )
