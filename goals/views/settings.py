"""Goals, areas, aspirations and indicators on pages of their own, for those who set them up."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, require
from goals import setup
from goals.actions import reference
from goals.dictionary import readable_indicators
from goals.forms import settings as typed
from goals.models import Aspiration, ContentArea, Goal, GoalRole, Indicator
from goals.permissions import can_set_up_goals

READ_OR_WRITE = ("GET", "HEAD", "POST")


def change_of(request: PersonRequest, reason: str = "") -> reference.Change:
    return reference.Change(
        by=request.user, at=timezone.now(), on=timezone.localdate(), reason=reason
    )


def attempt(form: forms.BaseForm, action: Callable[[], Any]) -> bool:
    """Whether the action was done; what it refuses stands at its field."""
    try:
        action()
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict"):
            known = set(form.fields)
            for name, errors in refusal.error_dict.items():
                form.add_error(name if name in known else None, errors)
        else:
            form.add_error(None, refusal)
        return False
    return True


def _person(request: HttpRequest) -> PersonRequest:
    person = cast("PersonRequest", request)
    require(can_set_up_goals(person.user))
    return person


@require_safe
def settings_goals(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    shown = setup.reference(user=person.user, on=timezone.localdate())
    return render(request, "goals/settings_goals.html", {"shown": shown})


# --- rows with one form ---------------------------------------------------------------------------


def _one_form(request: PersonRequest, form: Any, title: str, about: str) -> HttpResponse:
    """A page with one form, for a row that has nothing else."""
    if request.method == "POST" and form.is_valid():
        change = change_of(request)
        done = attempt(
            form,
            lambda: reference.save_row(row=form.instance, fields=form.cleaned_data, change=change),
        )
        if done:
            messages.success(request, _("Saved."))
            return redirect("goals:settings_goals")
    context = {"form": form, "title": title, "about": about}
    return render(request, "goals/settings_form.html", context)


@require_http_methods(READ_OR_WRITE)
def aspiration_settings(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = _person(request)
    row = get_object_or_404(Aspiration, pk=pk) if pk else Aspiration()
    form = typed.AspirationForm(request.POST or None, instance=row)
    about = _("What is to be true for the whole organisation. The priority goals carry it.")
    return _one_form(person, form, _("Aspiration"), about)


@require_http_methods(READ_OR_WRITE)
def area_settings(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    person = _person(request)
    row = get_object_or_404(ContentArea, pk=pk) if pk else ContentArea()
    form = typed.AreaForm(request.POST or None, instance=row, on=timezone.localdate())
    about = _("A field of work that groups goals on every list.")
    return _one_form(person, form, _("Content area"), about)


# --- goals ----------------------------------------------------------------------------------------


def save_goal(form: typed.GoalForm, change: reference.Change) -> bool:
    """Writes what the form says, the leader of a new goal included."""
    typed_area = form.cleaned_data["new_area"] if not form.cleaned_data["area"] else ""
    return attempt(
        form,
        lambda: reference.save_goal(
            goal=form.instance,
            fields=form.values(),
            new_area=typed_area,
            leader=form.cleaned_data.get("leader"),
            change=change,
        ),
    )


@require_http_methods(READ_OR_WRITE)
def goal_new(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = typed.GoalForm(request.POST or None, on=timezone.localdate())
    if request.method == "POST" and form.is_valid() and save_goal(form, change_of(person)):
        messages.success(request, _("The goal is here. Now choose what it is measured by."))
        return redirect("goals:settings_goals")
    context = {
        "form": form,
        "title": _("A new goal"),
        "about": _("An outcome in plain words, with one named person who answers for it."),
        "warning": setup.warning_of_many(person.user),
    }
    return render(request, "goals/settings_form.html", context)


@require_http_methods(READ_OR_WRITE)
def goal_settings(request: HttpRequest, code: str) -> HttpResponse:
    person = _person(request)
    goal = get_object_or_404(Goal.objects.visible_to(person.user), code=code)
    forms_here = _goal_forms(person, goal)
    if request.method == "POST":
        step = GOAL_STEPS.get(request.POST.get("do", ""))
        if step is None:
            raise BadRequest
        if step(person, goal, forms_here):
            messages.success(request, _("Saved."))
            return redirect("goals:goal_settings", code=goal.code)
        goal.refresh_from_db()
    shown = setup.goal_setup(goal=goal, on=timezone.localdate())
    context = {"goal": goal, "shown": shown, **forms_here}
    return render(request, "goals/goal_settings.html", context)


def _goal_forms(request: PersonRequest, goal: Goal) -> dict[str, Any]:
    do, on = request.POST.get("do", ""), timezone.localdate()

    def data(name: str) -> Any:
        return request.POST if do == name else None

    row = Goal.objects.get(pk=goal.pk)  # a form writes its input to its row; the page shows ours
    return {
        "form": typed.GoalForm(data("goal"), instance=row, on=on),
        "leader_form": typed.PersonForm(
            data("leader"), label=_("Leader from today"), on=on, prefix="leader"
        ),
        "team_form": typed.PersonForm(data("team"), label=_("Joins"), on=on, prefix="team"),
        "measure_form": typed.MeasureForm(
            data("measure"), indicators=readable_indicators(request.user)
        ),
    }


Forms = dict[str, Any]


def _save(request: PersonRequest, goal: Goal, here: Forms) -> bool:  # noqa: ARG001 - as all steps
    form = here["form"]
    if not form.is_valid():
        return False
    return save_goal(form, change_of(request, form.cleaned_data["reason"]))


def _lead(request: PersonRequest, goal: Goal, here: Forms) -> bool:
    form, change = here["leader_form"], change_of(request)
    return form.is_valid() and attempt(
        form,
        lambda: reference.name_leader(goal=goal, person=form.cleaned_data["person"], change=change),
    )


def _join(request: PersonRequest, goal: Goal, here: Forms) -> bool:
    form, change = here["team_form"], change_of(request)
    return form.is_valid() and attempt(
        form,
        lambda: reference.join_team(goal=goal, person=form.cleaned_data["person"], change=change),
    )


def _measure(request: PersonRequest, goal: Goal, here: Forms) -> bool:
    form, change = here["measure_form"], change_of(request)
    return form.is_valid() and attempt(
        form, lambda: reference.measure_goal(goal=goal, change=change, **form.cleaned_data)
    )


def _leave(request: PersonRequest, goal: Goal, here: Forms) -> bool:  # noqa: ARG001
    rows = GoalRole.objects.filter(goal=goal)
    reference.end_goal_role(row=row_of(request, rows), change=change_of(request))
    return True


def _stop(request: PersonRequest, goal: Goal, here: Forms) -> bool:  # noqa: ARG001
    use = row_of(request, goal.measures.all())
    reference.stop_measuring(use=use, change=change_of(request))
    return True


def row_of(request: HttpRequest, rows: Any) -> Any:
    """The row that a button names."""
    key = request.POST.get("row", "")
    if not key.isdecimal() or len(key) > 18:
        raise BadRequest
    return get_object_or_404(rows, pk=int(key))


GOAL_STEPS = {
    "goal": _save, "leader": _lead, "team": _join, "leave": _leave, "measure": _measure,
    "stop": _stop,
}  # fmt: skip


# --- indicators -----------------------------------------------------------------------------------


def save_indicator(form: typed.IndicatorForm, change: reference.Change) -> bool:
    """Writes what the form says, the steward of a new indicator included."""
    return attempt(
        form,
        lambda: reference.save_indicator(
            indicator=form.instance, entry=entry_of(form), change=change
        ),
    )


def entry_of(form: typed.IndicatorForm) -> reference.Entry:
    return reference.Entry(
        fields=form.values(),
        definition=form.cleaned_data.get("definition", ""),
        steward=form.cleaned_data.get("steward"),
    )


@require_http_methods(READ_OR_WRITE)
def indicator_new(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    form = typed.IndicatorForm(request.POST or None, on=timezone.localdate())
    if request.method == "POST" and form.is_valid() and save_indicator(form, change_of(person)):
        messages.success(request, _("The indicator is in the dictionary."))
        return redirect("goals:settings_goals")
    context = {
        "form": form,
        "title": _("A new indicator"),
        "about": _("What is counted, in which unit, how often, and how long after."),
    }
    return render(request, "goals/settings_form.html", context)


@require_http_methods(READ_OR_WRITE)
def indicator_settings(request: HttpRequest, icode: str) -> HttpResponse:
    person = _person(request)
    indicator = get_object_or_404(readable_indicators(person.user), code=icode)
    forms_here = _indicator_forms(person, indicator)
    if request.method == "POST":
        step = INDICATOR_STEPS.get(request.POST.get("do", ""))
        if step is None:
            raise BadRequest
        if step(person, indicator, forms_here):
            messages.success(request, _("Saved."))
            return redirect("goals:indicator_settings", icode=indicator.code)
    context = {
        "indicator": indicator,
        "stewards": indicator.stewards.current(timezone.localdate()).select_related("person"),
        "definitions": indicator.definitions.order_by("-number"),
        **forms_here,
    }
    return render(request, "goals/indicator_settings.html", context)


def _indicator_forms(request: PersonRequest, indicator: Indicator) -> Forms:
    do, on = request.POST.get("do", ""), timezone.localdate()

    def data(name: str) -> Any:
        return request.POST if do == name else None

    row = Indicator.objects.get(pk=indicator.pk)
    return {
        "form": typed.IndicatorForm(data("indicator"), instance=row, on=on),
        "definition_form": typed.DefinitionForm(data("definition"), prefix="definition"),
        "steward_form": typed.PersonForm(
            data("steward"), label=_("Keeps its numbers from today"), on=on, prefix="steward"
        ),
    }


def _save_indicator(request: PersonRequest, indicator: Indicator, here: Forms) -> bool:  # noqa: ARG001
    form = here["form"]
    if not form.is_valid():
        return False
    return save_indicator(form, change_of(request, form.cleaned_data["reason"]))


def _define(request: PersonRequest, indicator: Indicator, here: Forms) -> bool:
    form = here["definition_form"]
    if not form.is_valid():
        return False
    words = dict(form.cleaned_data)
    change = change_of(request, words.pop("reason"))
    return attempt(
        form, lambda: reference.add_definition(indicator=indicator, change=change, **words)
    )


def _appoint(request: PersonRequest, indicator: Indicator, here: Forms) -> bool:
    form, change = here["steward_form"], change_of(request)
    return form.is_valid() and attempt(
        form,
        lambda: reference.appoint_steward(
            indicator=indicator, person=form.cleaned_data["person"], change=change
        ),
    )


def _release(request: PersonRequest, indicator: Indicator, here: Forms) -> bool:  # noqa: ARG001
    row = row_of(request, indicator.stewards.all())
    reference.end_stewardship(row=row, change=change_of(request))
    return True


INDICATOR_STEPS = {
    "indicator": _save_indicator, "definition": _define, "steward": _appoint, "release": _release,
}  # fmt: skip
