"""Somebody leaves: the one page of it, with what hangs on the person, who takes it, one button."""

from datetime import date, timedelta
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, require
from accounts.models import User
from accounts.permissions import can_let_go, can_pass_on_roles
from accounts.roles import Permission
from goals import wording
from goals.models import DataImport, Indicator
from stocktakes.models import Stocktake
from stocktakes.unit.actions.leaving import let_go
from stocktakes.unit.actions.rows import Refused
from stocktakes.unit.book import book_for
from stocktakes.unit.leaving import hanging, seen_goals
from stocktakes.unit.leaving_form import LeavingForm
from stocktakes.unit.permissions import can_decide_accounts


@require_safe
def leaving_list(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_decide_accounts(user))
    people = User.objects.with_title(timezone.localdate()).to_let_go(user)
    return render(request, "unit/leaving_list.html", {"people": people})


@require_http_methods(["GET", "HEAD", "POST"])
def leaving_edit(request: HttpRequest, pk: int) -> HttpResponse:
    who, now = cast("PersonRequest", request), timezone.now()
    require(can_decide_accounts(who.user))
    person = get_object_or_404(User, pk=pk, is_active=True)
    require(can_let_go(who.user, person))
    gone = _first_day_without(request)
    left = hanging(person, gone)
    book = book_for(who.user, system=who.system)
    passes_on_roles = can_pass_on_roles(who.user)
    form = LeavingForm(
        request.POST or None, left=left, day=book.day(gone), passes_on_roles=passes_on_roles
    )
    if request.method == "POST" and form.is_valid():
        farewell = form.farewell()
        try:
            let_go(person=person, farewell=farewell, by=who.user, at=now)
        except Refused as refusal:
            for sentence in refusal.sentences:
                form.add_error(None, sentence)
        else:
            day = wording.day(farewell.last_day)
            words = (
                _("%(name)s hands everything over; the last day is %(day)s.")
                if left.needs_takers
                else _("%(name)s leaves; the last day is %(day)s.")
            )
            messages.success(request, words % {"name": person.name, "day": day})
            return redirect("people:person_detail", person.pk)
    hidden = set(Indicator.objects.hidden_from(who.user).values_list("pk", flat=True))
    seen = Stocktake.objects.visible_to(who.user)
    context = {
        "form": form,
        "person": person,
        "left": left,
        "leads": seen_goals(left.leads, book.goals),
        "teams": seen_goals(left.teams, book.goals),
        "numbers": [row for row in left.stewardships if row.indicator_id not in hidden],
        "drafts": [row for row in left.drafts if row.series.indicator_id not in hidden],
        "files": DataImport.objects.visible_to(who.user).filter(
            pk__in=[each.pk for each in left.files]
        ),
        "meetings": seen.filter(
            pk__in=[each.pk for each in (*left.chairs, *left.prepares, *left.attends)]
        ),
        "passes_on_roles": passes_on_roles,
        "sees_all": who.user.may(Permission.SEE_CONFIDENTIAL_GOALS),
    }
    return render(request, "unit/leaving_edit.html", context)


def _first_day_without(request: HttpRequest) -> date:
    """The day after the last one that was typed, or asked for in the address; else tomorrow."""
    typed = request.POST.get("last_day", "") or request.GET.get("last_day", "")
    try:
        last = parse_date(typed) or timezone.localdate()
    except ValueError:
        last = timezone.localdate()
    return last + timedelta(days=1) if last.year < 2100 else timezone.localdate()
