"""Organisation units as a tree: seen by whoever sees people, changed by administrators."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest, require, tells_who_held_what
from accounts.actions import org_units as actions
from accounts.as_at import AsAt
from accounts.models import OrgUnit, Position
from accounts.permissions import can_change_org_unit, can_view_org_units
from goals.spreadsheets import Table
from stocktakes.unit.people import exporting, forms
from stocktakes.unit.people.asking import Question, ask
from stocktakes.unit.people.changes import forms_allowed
from stocktakes.unit.people.views import signed_in


@dataclass(frozen=True)
class Branch:
    """A unit in its place in the tree."""

    unit: OrgUnit
    level: int
    people: int
    has_ended: bool


def tree(as_at: AsAt) -> list[Branch]:
    """Parents before their parts, in at most three queries."""
    on = as_at.on
    held = Position.objects.current(on).order_by()
    if not as_at.is_past:
        held = held.filter(person__is_active=True)
    people = dict(held.values_list("org_unit").annotate(Count("person", distinct=True)))
    parts = defaultdict(list)
    for unit in _units(as_at):
        parts[unit.parent_id].append(unit)

    def below(parent: int | None, level: int) -> Iterator[Branch]:
        for unit in parts[parent]:
            ended = unit.valid_to is not None and unit.valid_to < on
            yield Branch(unit, level, people.get(unit.pk, 0), ended)
            yield from below(unit.pk, level + 1)

    return list(below(None, 1))


def _units(as_at: AsAt) -> list[OrgUnit]:
    """By name; on an earlier day those that had begun, as they were called and placed then."""
    if as_at.known_at is None:
        return list(OrgUnit.objects.order_by("name", "code"))
    told = {unit.pk: unit for unit in OrgUnit.history.as_of(as_at.known_at)}
    begun = list(OrgUnit.objects.filter(valid_from__lte=as_at.on))
    here = {unit.pk for unit in begun}
    for unit in begun:
        if (then := told.get(unit.pk)) is not None:
            unit.name, unit.kind, unit.parent_id = then.name, then.kind, then.parent_id
        if unit.parent_id not in here:
            unit.parent_id = None
    return sorted(begun, key=lambda unit: (unit.name, unit.code))


@require_safe
@tells_who_held_what
def org_units(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    require(can_view_org_units(user))
    as_at = cast("PersonRequest", request).as_at
    branches = tree(as_at)
    context = {
        "branches": branches,
        "number": sum(not branch.has_ended for branch in branches),
        "may_change": can_change_org_unit(user) and not as_at.is_past,
    }
    return render(request, "stocktakes/unit/org_units.html", context)


@require_safe
def org_units_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """In the shape that the import reads."""
    require(can_view_org_units(signed_in(request)))
    return Table("org-units", exporting.ORG_UNITS, exporting.org_unit_rows()).answer(ending)


def _question(title: str, **words: Any) -> Question:
    back = reverse("people:org_units")
    crumbs = [(_("People"), reverse("people:people")), (_("Offices"), back), (title, "")]
    return Question(title=title, back=back, crumbs=crumbs, **words)


@forms_allowed
def org_unit_new(request: HttpRequest) -> HttpResponse:
    by = signed_in(request)
    require(can_change_org_unit(by))
    question = _question(
        _("Add an office"),
        text=_("An office, a district, a campus, a school: whatever people and numbers belong to."),
        button=_("Add the office"),
        done=_("The office is here now."),
    )
    typed = request.POST if request.method == "POST" else None
    form = forms.OrgUnitForm(typed, initial={"valid_from": timezone.localdate()})

    def act(typed: dict[str, Any]) -> None:
        actions.add_org_unit(fields=typed, by=by, at=timezone.now())

    return ask(request, question, form, act)


def _unit(request: HttpRequest, pk: int) -> OrgUnit:
    user = signed_in(request)
    require(can_view_org_units(user))
    unit = get_object_or_404(OrgUnit, pk=pk)
    require(can_change_org_unit(user, unit))
    return unit


@forms_allowed
def org_unit_edit(request: HttpRequest, pk: int) -> HttpResponse:
    unit, by = _unit(request, pk), signed_in(request)
    question = _question(
        _("Rename or move: %s") % unit.name,
        text=_("The history keeps the name that held before the day."),
        button=_("Save"),
        done=_("Saved."),
    )
    typed = request.POST if request.method == "POST" else None
    form = forms.OrgUnitChangeForm(typed, row=unit, today=timezone.localdate())

    def act(typed: dict[str, Any]) -> None:
        told = {name: typed.pop(name) for name in forms.UNIT_FIELDS}
        actions.change_org_unit(unit=unit, fields=told, by=by, at=timezone.now(), **typed)

    return ask(request, question, form, act)


@forms_allowed
def org_unit_end(request: HttpRequest, pk: int) -> HttpResponse:
    unit, by = _unit(request, pk), signed_in(request)
    question = _question(
        _("End: %s") % unit.name,
        text=_("Numbers and people of the past stay with it."),
        button=_("End the office"),
        done=_("The office ends on that day."),
    )
    typed = request.POST if request.method == "POST" else None
    form = forms.EndForm(typed, row=unit, today=timezone.localdate())

    def act(typed: dict[str, Any]) -> None:
        actions.end_org_unit(unit=unit, by=by, at=timezone.now(), **typed)

    return ask(request, question, form, act)
