"""The first page of the Unit room."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, require, tells_who_held_what
from stocktakes.unit.book import book_for
from stocktakes.unit.permissions import can_decide_accounts, can_view_unit_room
from stocktakes.unit.room import Room, room
from stocktakes.unit.tables import members_table


@require_safe
@tells_who_held_what
def unit_room(request: HttpRequest) -> HttpResponse:
    shown, user = _shown(request), cast("PersonRequest", request).user
    is_past = cast("PersonRequest", request).as_at.is_past
    context = {
        "room": shown,
        "on": shown.day.on,
        "may_decide": can_decide_accounts(user) and not is_past,
    }
    return render(request, "unit/room.html", context)


@require_safe
@tells_who_held_what
def member_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    return members_table(_shown(request)).answer(ending)


def _shown(request: HttpRequest) -> Room:
    person = cast("PersonRequest", request)
    require(can_view_unit_room(person.user))
    as_at = person.as_at
    book = book_for(person.user, system=person.system, as_at=as_at)
    return room(book, on=as_at.on, is_past=as_at.is_past)
