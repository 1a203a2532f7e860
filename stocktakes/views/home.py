"""The first page of a person: what needs them, what they look after, what comes next."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest
from accounts.roles import Role
from stocktakes.actions.digests import working_calendar
from stocktakes.actions.notifications import mark_seen
from stocktakes.home import day, frame_of
from stocktakes.notices import desk_of, notices


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My day. The system leader reads one page, and it is the overview."""
    person = cast("PersonRequest", request).user
    if Role.SYSTEM_LEADER in person.access.roles:
        return redirect("stocktakes:overview")
    on = timezone.localdate()
    calendar = working_calendar(on)
    desk = desk_of(person=person, on=on, calendar=calendar)
    items = day(person=person, listed=notices(desk, calendar=calendar), at=timezone.now())
    context = {
        "desk": desk,
        "items": items,
        "on": on,
        "has_news": frame_of(person).waiting > 0,
    }
    return render(request, "stocktakes/home.html", context)


@require_POST
def home_seen(request: HttpRequest) -> HttpResponse:
    """What was new on My day when it was opened is new no more."""
    mark_seen(person=cast("PersonRequest", request).user, at=timezone.now())
    return redirect("stocktakes:home")
