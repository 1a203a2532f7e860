"""Typing a few values instead of bringing a file; the dry run that follows is the same."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import PersonRequest, require
from goals.actions import imports
from goals.dictionary import readable_series
from goals.forms.values import ValuesForm
from goals.models import Indicator
from goals.permissions import can_use_data_desk


@require_http_methods(["GET", "HEAD", "POST"])
def type_values(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_use_data_desk(user))
    kept = Indicator.objects.enterable_by(user).values("pk")
    series = readable_series(user).filter(indicator__in=kept)
    chosen = request.GET.get("series", "")[:18]
    form = ValuesForm(
        request.POST or None,
        series=series.select_related("indicator", "org_unit", "subgroup"),
        chosen=chosen if chosen.isdecimal() else None,
    )
    if request.method == "POST" and form.is_valid():
        row = imports.open_import(
            imports.Request(filename="typed-values.csv", content=form.file(), by=user),
            at=timezone.now(),
        )
        return redirect("goals:import_detail", row.pk)
    return render(request, "goals/type_values.html", {"form": form})
