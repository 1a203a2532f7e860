"""One box for everything that one may see."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest
from stocktakes.search import find


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    found = find(
        user=cast("PersonRequest", request).user,
        asked=request.GET.get("q", ""),
        on=timezone.localdate(),
        only=request.GET.get("only", ""),
    )
    only = request.GET.get("only", "")
    return render(request, "stocktakes/search.html", {"found": found, "only": only})
