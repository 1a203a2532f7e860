"""The first page of a person: what needs them, what they look after, what comes next."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest
from accounts.roles import Role
from stocktakes.actions.digests import working_calendar
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
    return render(
        request,
        "stocktakes/home.html",
        {"desk": desk, "notices": notices(desk, calendar=calendar), "on": on},
    )
