"""Lists of people and of offices: upload, dry run, confirm or put aside."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import require
from accounts.actions import lists
from accounts.importing import org_units, people
from accounts.importing.lists import Plan
from accounts.models import ListImport, OrgUnit
from accounts.permissions import can_add_people
from accounts.readers import FileRefused
from accounts.roles import Role
from goals.spreadsheets import CSV, Table
from stocktakes.actions.people import on_goal_teams
from stocktakes.unit.people.changes import forms_allowed
from stocktakes.unit.people.forms import ConfirmForm, ListForm
from stocktakes.unit.people.views import signed_in

SHOWN, EARLIER = 200, 10
COLUMNS = {ListImport.Kind.PEOPLE: people.COLUMNS, ListImport.Kind.ORG_UNITS: org_units.COLUMNS}


def _administrator(request: HttpRequest) -> Any:
    user = signed_in(request)
    require(can_add_people(user))
    return user


@forms_allowed
def people_import(request: HttpRequest) -> HttpResponse:
    return _upload(request, ListImport.Kind.PEOPLE)


@forms_allowed
def org_units_import(request: HttpRequest) -> HttpResponse:
    return _upload(request, ListImport.Kind.ORG_UNITS)


def _upload(request: HttpRequest, kind: ListImport.Kind) -> HttpResponse:
    by = _administrator(request)
    is_post = request.method == "POST"
    form = ListForm(request.POST if is_post else None, request.FILES if is_post else None)
    if is_post and form.is_valid():
        sent = form.cleaned_data["file"]
        file = lists.ListFile(kind, sent.name, sent.read(), on_goal_teams)
        return redirect("people:list_detail", lists.open_list(file, by=by, at=timezone.now()).pk)
    earlier = ListImport.objects.filter(kind=kind).select_related("uploaded_by").defer("content")
    context = {
        "form": form,
        "kind": kind,
        "columns": COLUMNS[kind],
        "roles": Role.choices if kind == ListImport.Kind.PEOPLE else [],
        "whole": OrgUnit.objects.whole(),
        "earlier": earlier[:EARLIER],
    }
    return render(request, "stocktakes/unit/list_new.html", context)


@require_safe
def list_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty file with the columns, in the only kind that is read again."""
    _administrator(request)
    columns = COLUMNS[ListImport.Kind(kind)]
    return Table(kind.replace("_", "-"), columns, []).answer(CSV)


def _row(request: HttpRequest, pk: int) -> ListImport:
    _administrator(request)
    return get_object_or_404(ListImport.objects.select_related("uploaded_by", "decided_by"), pk=pk)


@require_safe
def list_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _row(request, pk))


def _plan(row: ListImport) -> Plan | None:
    """The dry run as it would be now; None once it is decided, when the text is gone."""
    if row.state != ListImport.State.DRY_RUN:
        return None
    try:
        return lists.plan_list(lists.file_of(row, on_goal_teams), timezone.localdate())
    except FileRefused:
        return None


def _page(request: HttpRequest, row: ListImport, form: ConfirmForm | None = None) -> HttpResponse:
    plan = _plan(row)
    context = {
        "row": row,
        "plan": plan,
        "counts": plan.counts if plan else row.counts,
        "changing": plan.changing[:SHOWN] if plan else [],
        "changing_count": len(plan.changing) if plan else 0,
        "problems": plan.problems[:SHOWN] if plan else [],
        "shown": SHOWN,
        "form": form or ConfirmForm(),
    }
    return render(request, "stocktakes/unit/list_detail.html", context)


@require_safe
def list_problems(request: HttpRequest, pk: int, ending: str) -> HttpResponseBase:
    """The rows that are not right, as a file to work through."""
    row = _row(request, pk)
    plan = _plan(row)
    header = ("line", "column", "value", "what is wrong and how to fix it")
    rows = [
        (each.line, each.column, each.text, each.message)
        for each in (plan.problems if plan else [])
    ]
    return Table(f"rows-to-fix-{row.pk}", header, rows).answer(ending)


@require_POST
def list_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    row, by = _row(request, pk), signed_in(request)
    form = ConfirmForm(request.POST)
    form.is_valid()
    try:
        done = lists.confirm_list(
            row=row,
            on_goal_teams=on_goal_teams,
            by=by,
            at=timezone.now(),
            accept_valid=form.cleaned_data["accept_valid"],
        )
    except lists.RowsRejected:
        form.add_error(
            "accept_valid",
            _("Some rows are wrong. Correct the file, or tick to take the others alone."),
        )
        return _page(request, row, form)
    except lists.PlanChanged:
        messages.warning(
            request,
            _(
                "Something changed since this dry run, so nothing was entered. Below is a fresh one."
            ),
        )
    except lists.AlreadyDecided:
        messages.warning(request, _("This file was decided on before. Nothing was entered twice."))
    except FileRefused as refusal:
        messages.error(request, str(refusal))
    else:
        count = done.counts["added"] + done.counts["changed"]
        words = ngettext("%(n)s row is entered.", "%(n)s rows are entered.", count)
        messages.success(request, words % {"n": count})
    return redirect("people:list_detail", row.pk)


@require_POST
def list_discard(request: HttpRequest, pk: int) -> HttpResponse:
    row, by = _row(request, pk), signed_in(request)
    try:
        lists.discard_list(row=row, by=by, at=timezone.now())
    except lists.AlreadyDecided:
        messages.warning(request, _("This file was decided on before."))
    else:
        messages.success(request, _("The file was put aside. Nothing was entered."))
    is_people = row.kind == ListImport.Kind.PEOPLE
    return redirect("people:people_import" if is_people else "people:org_units_import")
