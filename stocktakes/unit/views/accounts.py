"""Accounts: who looks after whom, handing over with a preview, taking a plan back."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, require, tells_who_held_what
from accounts.models import AccountAssignment, AccountChange, User
from goals import wording
from goals.models import Goal, GoalConsultant
from stocktakes.unit.actions import moves
from stocktakes.unit.actions.rows import Refused
from stocktakes.unit.board import Board, board, finding_words
from stocktakes.unit.book import Keeping, book_for
from stocktakes.unit.forms import HandOverForm, MitigationForm, first_values
from stocktakes.unit.permissions import can_decide_accounts, can_view_unit_room
from stocktakes.unit.preview import Preview
from stocktakes.unit.tables import accounts_table


@require_safe
@tells_who_held_what
def account_list(request: HttpRequest) -> HttpResponse:
    shown, user = _board(request, whole="all" in request.GET), cast("PersonRequest", request).user
    is_past = cast("PersonRequest", request).as_at.is_past
    context = {
        "board": shown,
        "on": shown.day.on,
        "may_decide": can_decide_accounts(user) and not is_past,
    }
    return render(request, "unit/accounts.html", context)


@require_safe
@tells_who_held_what
def account_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    return accounts_table(_board(request, whole=True)).answer(ending)


def _board(request: HttpRequest, *, whole: bool) -> Board:
    person = cast("PersonRequest", request)
    require(can_view_unit_room(person.user))
    as_at = person.as_at
    book = book_for(person.user, system=person.system, as_at=as_at)
    return board(book, on=as_at.on, whole=whole, is_past=as_at.is_past)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """The form; what it would do, on demand; and the button that does it."""
    person, now = cast("PersonRequest", request), timezone.now()
    require(can_decide_accounts(person.user))
    on = timezone.localdate(now)
    book = book_for(person.user, system=person.system)
    form = HandOverForm(
        request.POST or None, day=book.day(on), initial=first_values(request.GET, book, on)
    )
    preview: Preview | None = None
    is_stale = False
    if request.method == "POST" and form.is_valid():
        order = form.order(request.POST)
        try:
            if "plan" in request.POST:
                token = request.POST.get("token", "")
                change = moves.plan_moves(order=order, token=token, by=person.user, at=now)
                return _planned(request, change)
            preview = moves.preview_moves(order=order, by=person.user, at=now)
        except moves.Stale as stale:
            preview, is_stale = stale.preview, True
        except Refused as refusal:
            preview = _preview_again(order, person.user, form, refusal)
    return render(
        request,
        "unit/hand_over.html",
        {"form": form, "preview": preview, "is_stale": is_stale, "found": _found(request, preview)},
    )


def _preview_again(
    order: moves.Order, user: User, form: HandOverForm, refusal: Refused
) -> Preview | None:
    """Says why at the top; the preview stays if only the mitigation was missing."""
    for sentence in refusal.sentences:
        form.add_error(None, sentence)
    try:
        return moves.preview_moves(order=order, by=user, at=timezone.now())
    except Refused:
        return None


def _found(request: HttpRequest, preview: Preview | None) -> list[tuple[str, str, str]]:
    """Key, sentence and typed mitigation of each finding of a preview."""
    if preview is None:
        return []
    return [
        (each.key, finding_words(preview.day, each), request.POST.get(f"mitigation_{each.key}", ""))
        for each in preview.findings
    ]


def _planned(request: HttpRequest, change: AccountChange) -> HttpResponse:
    messages.success(
        request,
        _("Planned for %s. It can be undone until the day before.") % wording.day(change.starts_on)
        if change.can_be_undone(timezone.localdate())
        else _("Done. It holds from today."),
    )
    return redirect("unit:account_list")


@require_POST
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_decide_accounts(user))
    change = get_object_or_404(AccountChange, pk=pk)
    try:
        moves.undo_change(change=change, by=user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The plan is undone. All accounts stay where they are."))
    return redirect("unit:account_list")


@require_http_methods(["GET", "HEAD", "POST"])
def mitigation_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_decide_accounts(user))
    row = _keeping(user, kind, pk)
    form = MitigationForm(request.POST or None, initial={"text": row.mitigation})
    if request.method == "POST" and form.is_valid():
        moves.write_mitigation(row=row, text=form.cleaned_data["text"])
        messages.success(request, _("Saved. It stands beside the assignment."))
        return redirect("unit:account_list")
    return render(request, "unit/mitigation_edit.html", {"form": form, "row": row})


def _keeping(user: User, kind: str, pk: int) -> Keeping:
    """An account, or an exception of a goal that the user may see."""
    if kind == "account":
        return get_object_or_404(AccountAssignment, pk=pk)
    seen = Goal.objects.visible_to(user)
    return get_object_or_404(GoalConsultant, pk=pk, goal__in=seen)
