"""The first page of the Unit room."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, require
from stocktakes.unit.book import book_for
from stocktakes.unit.permissions import can_decide_accounts, can_view_unit_room
from stocktakes.unit.room import room


@require_safe
def unit_room(request: HttpRequest) -> HttpResponse:
    person = cast("PersonRequest", request)
    require(can_view_unit_room(person.user))
    on = timezone.localdate()
    book = book_for(person.user, system=person.system)
    return render(
        request,
        "unit/room.html",
        {"room": room(book, on=on), "on": on, "may_decide": can_decide_accounts(person.user)},
    )
