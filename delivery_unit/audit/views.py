"""The audit list, and the same lines as a file."""

from collections.abc import Iterator
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, require
from delivery_unit.audit.forms import AuditForm
from delivery_unit.audit.permissions import can_read_audit, reads_everything
from delivery_unit.audit.reading import Place, Reader
from delivery_unit.audit.telling import Change, Line, lines
from goals.spreadsheets import Row, Table


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(can_read_audit(user))
    form = AuditForm(request.GET, is_whole=reads_everything(user))
    context = {"form": form, "is_whole": reads_everything(user), "query": _query(request)}
    if not form.is_valid():
        return render(request, "audit/audit.html", context, status=422)
    reader = Reader.of(user, form.asked(), timezone.localdate())
    after = Place.from_text(request.GET.get("after", ""))
    entries, onward = reader.page(after)
    context |= {
        "lines": lines(entries, reader),
        "asked": reader.asked,
        "first": reader.asked.reach(reader.on),
        "is_narrowed": any(form.cleaned_data.values()),
        "after": after,
        "onward": onward,
    }
    return render(request, "audit/audit.html", context)


def _query(request: HttpRequest) -> str:
    """What was asked for, without the place in the list."""
    kept = request.GET.copy()
    kept.pop("after", None)
    for name in [name for name, value in kept.items() if not value]:
        del kept[name]
    return kept.urlencode()


@require_safe
def audit_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Everything that the address asks for, as it comes from the database."""
    user = cast("PersonRequest", request).user
    require(can_read_audit(user))
    form = AuditForm(request.GET, is_whole=reads_everything(user))
    if not form.is_valid():
        return HttpResponse(status=422, content=_("These filters cannot be used."))
    reader = Reader.of(user, form.asked(), timezone.localdate())
    return Table("audit", HEADER, _all_rows(reader), is_long=True, most=IN_WORKBOOK).answer(ending)


IN_WORKBOOK = 10_000  # lines: some ten seconds' work
HEADER = ("when", "who", "e_mail", "kind", "what", "object", "field", "from", "to", "why")


def _all_rows(reader: Reader) -> Iterator[Row]:
    for entries in reader.batches():
        for line in lines(entries, reader):
            yield from _rows(line)


def _rows(line: Line) -> Iterator[Row]:
    who = (line.who.name, line.who.email) if line.who else ("", "")
    said = (line.at, *who, line.kind, line.verb, line.name)
    for each in line.changes or [Change("", "", "")]:
        yield (*said, each.name, each.before, each.after, line.reason)
