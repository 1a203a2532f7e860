"""The data desk: upload, dry run, confirm, history."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, require
from accounts.readers import FileRefused
from goals import desk
from goals.actions import imports
from goals.actions.observations import BackdatingRefused
from goals.forms.imports import ConfirmForm, UnitsForm, UploadForm
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import DataImport, Indicator, Observation
from goals.permissions import can_decide_import, can_use_data_desk
from goals.spreadsheets import CSV, Table

PAGE = 20
COUNTED = ("added", "revised", "withdrawn", "unchanged", "rejected")


@require_http_methods(["GET", "HEAD", "POST"])
def data_desk(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_use_data_desk(user))
    is_post = request.method == "POST"
    form = UploadForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        indicators=Indicator.objects.enterable_by(user),
    )
    if is_post and form.is_valid():
        file, indicator = form.cleaned_data["file"], form.cleaned_data["indicator"]
        row = imports.open_import(
            imports.Request(
                filename=file.name,
                content=file.read(),
                by=user,
                mapping=form.cleaned_data["mapping"],
                indicator_code=indicator.code if indicator else "",
            ),
            at=timezone.now(),
        )
        return redirect("goals:import_detail", row.pk)
    history = DataImport.objects.visible_to(user).select_related("uploaded_by", "mapping")
    history = history.defer("content", "rows")
    context = {
        "form": form,
        "lines": desk.due_lines(user=user, on=timezone.localdate()),
        "page": Paginator(history, PAGE).get_page(request.GET.get("page")),
        "columns": (REQUIRED, OPTIONAL),
    }
    return render(request, "goals/data_desk.html", context)


@require_safe
def import_template(request: HttpRequest) -> HttpResponseBase:
    """An empty file with the product's own columns, in the only kind that is read again."""
    require(can_use_data_desk(cast("PersonRequest", request).user))
    return Table("observations", REQUIRED, []).answer(CSV)


@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _import_page(request, _visible_import(request, pk))


@require_POST
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    row = _visible_import(request, pk)
    user = cast("PersonRequest", request).user
    require(can_decide_import(user, row))
    form = _confirm_form(row, request.POST)
    if not form.is_valid():
        return _import_page(request, row, form)
    try:
        done = imports.confirm_import(
            data_import=row,
            by=user,
            at=timezone.now(),
            accept_valid=form.cleaned_data.get("accept_valid", False),
            reason=form.cleaned_data.get("reason", ""),
        )
    except imports.PlanChanged:
        messages.warning(
            request,
            _("Values changed since this dry run, so nothing was entered. Below is a fresh one."),
        )
    except imports.AlreadyDecided:
        messages.warning(request, _("This file was decided on before. Nothing was entered twice."))
    except (BackdatingRefused, imports.RowsRejected, imports.ReasonMissing, FileRefused) as error:
        messages.error(request, str(error) or _("Nothing was entered. Look at the rows below."))
    else:
        count = done.counts["added"] + done.counts["revised"] + done.counts["withdrawn"]
        words = ngettext("%(count)s value entered.", "%(count)s values entered.", count)
        messages.success(request, words % {"count": count})
    return redirect("goals:import_detail", row.pk)


@require_POST
def import_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the dry run anew, with unknown units to be made under a parent."""
    row = _visible_import(request, pk)
    user = cast("PersonRequest", request).user
    require(can_decide_import(user, row))
    form = UnitsForm(request.POST)
    if form.is_valid():
        parent = form.cleaned_data["parent"].code
        try:
            imports.repeat_dry_run(data_import=row, by=user, at=timezone.now(), parent_code=parent)
        except imports.AlreadyDecided:
            messages.warning(request, _("This file was decided on before."))
        except FileRefused as error:
            messages.error(request, str(error))
        return redirect("goals:import_detail", row.pk)
    return _import_page(request, row, units_form=form)


@require_POST
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    row = _visible_import(request, pk)
    user = cast("PersonRequest", request).user
    require(can_decide_import(user, row))
    try:
        imports.discard_import(data_import=row, by=user, at=timezone.now())
    except imports.AlreadyDecided:
        messages.warning(request, _("This file was decided on before."))
    else:
        messages.success(request, _("The file was put aside. Nothing was entered."))
    return redirect("goals:data_desk")


@require_safe
def import_problems(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The rows that were not right, as a file to work through."""
    row = _visible_import(request, pk)
    problems = row.rows.get("problems", []) if isinstance(row.rows, dict) else []
    table = Table(
        f"rows-to-fix-{row.pk}",
        ("line", "kind", "place", "field", "value", "what is wrong and how to fix it"),
        [
            (
                each["line"],
                "warning" if each["is_warning"] else "error",
                each["place"],
                each["field"],
                each["text"],
                each["message"],
            )
            for each in problems
        ],
    )
    return table.answer(ending)


def _visible_import(request: HttpRequest, pk: int) -> DataImport:
    user = cast("PersonRequest", request).user
    rows = DataImport.objects.visible_to(user).select_related(
        "uploaded_by", "decided_by", "mapping"
    )
    return get_object_or_404(rows, pk=pk)


def _confirm_form(row: DataImport, data: Any = None) -> ConfirmForm:
    counts = row.counts
    return ConfirmForm(
        data,
        needs_reason=bool(counts.get("needs_reason")),
        has_errors=bool(counts.get("rejected")),
    )


def _import_page(
    request: HttpRequest,
    row: DataImport,
    form: ConfirmForm | None = None,
    units_form: UnitsForm | None = None,
) -> HttpResponse:
    user = cast("PersonRequest", request).user
    is_open = row.state == DataImport.State.DRY_RUN
    problems = row.rows.get("problems", []) if isinstance(row.rows, dict) else []
    unknown = any(each["field"] == "org_unit_code" for each in problems)
    context = {
        "row": row,
        "is_open": is_open,
        "problems": problems,
        "changes": _changes(row),
        "rows_in_file": sum(row.counts.get(name, 0) for name in COUNTED),
        "may_decide": is_open and can_decide_import(user, row),
        "form": form or (_confirm_form(row) if is_open else None),
        "units_form": (units_form or UnitsForm()) if unknown and is_open else None,
        "effects": _effects(row, user) if is_open else [],
        "changing": sum(row.counts.get(name, 0) for name in ("added", "revised", "withdrawn")),
    }
    return render(request, "goals/import_detail.html", context)


def _changes(row: DataImport) -> list[dict[str, Any]]:
    """The changes that a dry run kept, as text, with their days as days again."""
    kept = row.rows.get("changes", []) if isinstance(row.rows, dict) else []
    return [
        {
            **each,
            "period_end": date.fromisoformat(each["period_end"]),
            "missing": dict(Observation.Missing.choices).get(each["missing_reason"], ""),
        }
        for each in kept
    ]


def _effects(row: DataImport, user: Any) -> list[desk.Effect]:
    """What the file would say about the goals that this person sees."""
    if not desk.uses_of(row.indicators.all(), user).exists():
        return []
    try:
        plan, _spec = imports.plan_import(imports.request_of(row, user), timezone.now())
    except FileRefused:
        return []
    return desk.effects(plan, user=user, on=timezone.localdate())
