"""Stocktakes: the list, the page of one, planning, preparing and ending it."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, require, tells_what_was_planned
from accounts.models import User
from goals.spreadsheets import Cell, Table
from stocktakes import meetings
from stocktakes.actions import stocktakes as actions
from stocktakes.forms import AgendaForm, CancelForm, IssueForm, StocktakeForm
from stocktakes.models import Stocktake
from stocktakes.permissions import can_issue_pack, can_plan_stocktakes, can_prepare_stocktake


@require_safe
@tells_what_was_planned
def stocktake_list(request: HttpRequest) -> HttpResponse:
    person = cast("PersonRequest", request)
    rows = meetings.meetings(user=person.user, as_at=person.as_at)
    may_plan = can_plan_stocktakes(person.user) and not person.as_at.is_past
    context = {"rows": rows, "may_plan": may_plan}
    return render(request, "stocktakes/stocktake_list.html", context)


COLUMNS = (
    "stocktake", "starts_at", "place", "state", "reason", "goals", "chair", "pack_version",
    "pack_issued_at",
)  # fmt: skip


@require_safe
@tells_what_was_planned
def stocktake_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """What is ahead, the next first, then what is behind, the last first."""
    person = cast("PersonRequest", request)
    rows = meetings.meetings(user=person.user, as_at=person.as_at)
    lines = [_cells(row) for row in (*rows.ahead, *rows.behind)]
    return Table("stocktakes", COLUMNS, lines).answer(ending)


def _cells(row: meetings.Row) -> list[Cell]:
    stocktake, pack = row.stocktake, row.newest
    return [
        stocktake.title,
        timezone.localtime(stocktake.starts_at),
        stocktake.place,
        str(stocktake.get_state_display()),
        stocktake.state_reason,
        " ".join(item.goal.code for item in row.agenda),
        stocktake.chair.name,
        pack.version if pack else None,
        timezone.localtime(pack.issued_at) if pack else None,
    ]


@require_safe
def stocktake_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = cast("PersonRequest", request)
    stocktake = _visible(person.user, pk)
    view = meetings.meeting(
        stocktake=stocktake, user=person.user, system=person.system, moment=timezone.now()
    )
    is_planned = stocktake.state == Stocktake.State.PLANNED
    return render(
        request,
        "stocktakes/stocktake_detail.html",
        {
            "view": view,
            "stocktake": stocktake,
            "issue_form": IssueForm(version=view.version),
            "may_prepare": is_planned and can_prepare_stocktake(person.user, stocktake),
            "may_issue": view.goals and view.is_open and can_issue_pack(person.user, stocktake),
            "may_hold": is_planned and stocktake.starts_at <= timezone.now(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake_new(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_plan_stocktakes(user))
    form = StocktakeForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        stocktake = actions.plan_stocktake(plan=form.plan(), by=user)
        messages.success(request, _("The stocktake is planned."))
        return redirect(stocktake)
    return render(request, "stocktakes/stocktake_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = _visible(user, pk)
    require(can_prepare_stocktake(user, stocktake))
    form = StocktakeForm(request.POST or None, user=user, stocktake=stocktake)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_stocktake(stocktake=stocktake, plan=form.plan())
        except actions.WrongState as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The stocktake is changed."))
            return redirect(stocktake)
    return render(request, "stocktakes/stocktake_edit.html", {"form": form, "stocktake": stocktake})


@require_http_methods(["GET", "HEAD", "POST"])
def agenda_edit(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = _visible(user, pk)
    require(can_prepare_stocktake(user, stocktake))
    items = stocktake.agenda.select_related("goal", "stocktake")
    item = get_object_or_404(items, goal__code=code)
    form = AgendaForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        summary, questions = form.cleaned_data["summary"], form.questions()
        try:
            actions.write_item(item=item, summary=summary, questions=questions)
        except actions.WrongState as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The next pack says it so."))
            return redirect(stocktake)
    context = {"form": form, "stocktake": stocktake, "goal": item.goal}
    return render(request, "stocktakes/agenda_edit.html", context)


@require_POST
def stocktake_hold(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = _visible(user, pk)
    require(can_prepare_stocktake(user, stocktake))
    try:
        actions.hold_stocktake(stocktake=stocktake, at=timezone.now())
    except actions.WrongState as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The stocktake is marked as held."))
    return redirect(stocktake)


@require_http_methods(["GET", "HEAD", "POST"])
def stocktake_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = _visible(user, pk)
    require(can_prepare_stocktake(user, stocktake))
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_stocktake(stocktake=stocktake, reason=form.cleaned_data["reason"])
        except actions.WrongState as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The stocktake is cancelled."))
            return redirect(stocktake)
    return render(
        request, "stocktakes/stocktake_cancel.html", {"form": form, "stocktake": stocktake}
    )


def _visible(user: User, pk: int) -> Stocktake:
    return get_object_or_404(
        Stocktake.objects.visible_to(user).select_related("chair", "prepared_by"), pk=pk
    )
