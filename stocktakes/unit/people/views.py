"""Finding people: the list, its file, and one person beside it."""

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, require, tells_who_held_what
from accounts.as_at import AsAt
from accounts.models import User
from accounts.permissions import can_add_people, can_list_people
from accounts.roles import Permission
from goals.spreadsheets import Cell, Table
from stocktakes.unit.people import exporting, reading
from stocktakes.unit.people.forms import FilterForm
from stocktakes.unit.people.person import person_page

DIRECTORY = ("name", "title", "office", "reports_to", "roles")
WITH_ACCESS = ("email", "access", "last_signed_in")


def signed_in(request: HttpRequest) -> User:
    return cast("PersonRequest", request).user


def visible_person(request: HttpRequest, pk: int) -> User:
    people = User.objects.visible_to(signed_in(request)).with_invitation()
    person: User = get_object_or_404(people, pk=pk)
    return person


@require_safe
@tells_who_held_what
def people(request: HttpRequest) -> HttpResponse:
    require(can_list_people(signed_in(request)))
    return people_page(request)


@require_safe
@tells_who_held_what
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return people_page(request, visible_person(request, pk))


def people_page(request: HttpRequest, person: User | None = None, link: str = "") -> HttpResponse:
    """The list where it may be seen, and one person beside it. `link`: an invitation just made."""
    user, as_at = signed_in(request), cast("PersonRequest", request).as_at
    form, wanted = _wanted(request)
    shown = None
    if can_list_people(user):
        number = request.GET.get("page")
        shown = reading.people_list(user=user, wanted=wanted, number=number, as_at=as_at)
    context = {
        "form": form,
        "shown": shown,
        "chosen": person_page(person=person, user=user, as_at=as_at) if person else None,
        "query": _query(request),
        "may_add": can_add_people(user) and not as_at.is_past,
        "sees_room": user.may(Permission.SEE_PEOPLE),
        "link": link,
        "is_me": person is not None and person.pk == user.pk,
    }
    return render(request, "stocktakes/unit/people.html", context)


def _wanted(request: HttpRequest) -> tuple[FilterForm, reading.Wanted]:
    """A filter that cannot be is told at its field and left out."""
    person = cast("PersonRequest", request)
    form = FilterForm(request.GET, shows_access=reading.shows_access(person.user, person.as_at))
    form.is_valid()
    typed: dict[str, Any] = form.cleaned_data
    office = typed.get("office")
    return form, reading.Wanted(
        text=typed.get("q", "").strip(),
        role=typed.get("role", ""),
        office=office.pk if office else None,
        state=typed.get("access", ""),
    )


def _query(request: HttpRequest) -> str:
    kept = {
        name: request.GET[name]
        for name in ("q", "role", "office", "access")
        if request.GET.get(name)
    }
    day = cast("PersonRequest", request).as_at.query
    asked = [each for each in (urlencode(kept), day) if each]
    return f"{'&'.join(asked)}&" if asked else ""


@require_safe
@tells_who_held_what
def people_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Whom the filters leave, in the columns of the page."""
    user, as_at = signed_in(request), cast("PersonRequest", request).as_at
    require(can_list_people(user))
    found = reading.filtered(user=user, wanted=_wanted(request)[1], as_at=as_at)
    shows = reading.shows_access(user, as_at)
    header = (*DIRECTORY, *(WITH_ACCESS if shows else ()))
    return Table("people", header, _lines(list(found), user, as_at)).answer(ending)


def _lines(people: list[User], user: User, as_at: AsAt) -> Iterator[list[Cell]]:
    for row in reading.rows_of(people, user=user, as_at=as_at):
        office = row.position.org_unit if row.position else None
        above = row.position.reports_to if row.position else None
        cells: list[Cell] = [
            row.person.name,
            row.person.title,
            office.name if office else "",
            above.person.name if above else "",
            "; ".join(row.duties),
        ]
        if reading.shows_access(user, as_at):
            seen = row.person.last_login
            minute = timezone.localtime(seen).replace(second=0, microsecond=0) if seen else None
            cells += [row.person.email, str(row.state.label) if row.state else "", minute]
        yield cells


@require_safe
def people_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Everybody who is here, in the shape that the import reads."""
    user = signed_in(request)
    require(user.may(Permission.SEE_PEOPLE))
    rows = exporting.people_rows(user.access.on)
    return Table("people-list", exporting.PEOPLE, rows).answer(ending)
