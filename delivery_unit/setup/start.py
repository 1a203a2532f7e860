"""The first run: from an empty installation, step by step, to a first stocktake."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, can_administer, require
from accounts.models import OrgUnit, User, as_address
from accounts.roles import Role
from accounts.vocabulary import word
from delivery_unit.setup import steps, system
from delivery_unit.setup.facts import Asked, facts_of
from delivery_unit.setup.forms import AccountForm, NewPersonForm
from goals.actions import reference
from goals.forms.settings import FirstGoalForm, FirstMeasureForm
from goals.models import Goal
from goals.views.settings import attempt, change_of, entry_of, save_goal
from stocktakes.actions.people import bring_in_or_give_role
from stocktakes.unit.actions.moves import NotIndependent, give_account
from stocktakes.unit.actions.rows import Refused
from stocktakes.views.home import home


@login_not_required
def front(request: HttpRequest) -> HttpResponse:
    """My day; before anybody can sign in, how the first administrator is made."""
    return _mine(request) if isinstance(request.user, User) else _for_strangers(request)


def _for_strangers(request: HttpRequest) -> HttpResponse:
    administrators = User.objects.holding(frozenset({Role.ADMINISTRATOR}), timezone.localdate())
    if administrators.exists():
        return redirect_to_login(request.path)
    return render(request, "settings/first_administrator.html")


@require_safe
def _mine(request: HttpRequest) -> HttpResponse:
    person = cast("PersonRequest", request)
    if can_administer(person.user):
        if not person.system.is_set_up:
            return redirect("start")
        request.setup = SimpleLazyObject(lambda: _progress(person))  # type: ignore[attr-defined]
    return home(request)


def _progress(request: PersonRequest) -> steps.Progress:
    return steps.progress(user=request.user, system=request.system, on=timezone.localdate())


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    person = cast("PersonRequest", request)
    require(can_administer(person.user))
    return render(request, "settings/start.html", {"progress": _progress(person)})


@require_http_methods(["GET", "HEAD", "POST"])
def start_step(request: HttpRequest, name: str) -> HttpResponse:
    """One step: why, what is there, the form for more, and the way on."""
    person = cast("PersonRequest", request)
    require(can_administer(person.user))
    if name not in steps.NAMES:
        raise Http404
    if name != "system" and not person.system.is_set_up:
        messages.info(request, _("Begin with the name of the organisation; the rest follows."))
        return redirect("start_step", "system")
    task = TASKS.get(name)
    form = task.form(person) if task else None
    if task and form and request.method == "POST" and form.is_valid():
        said = task.save(person, form)
        if said:
            messages.success(request, said)
            return redirect(task.then or request.path)
    here = _progress(person)
    before, after = here.around(name)
    context = {
        "step": here.step(name),
        "number": steps.NAMES.index(name) + 1,
        "progress": here,
        "before": before,
        "after": after,
        "form": form,
        "look": "btn-quiet" if here.step(name).is_done else "btn-primary",
        "template": f"settings/step_{name}.html",
        **facts_of(name, Asked(person.user, here, timezone.localdate())),
    }
    return render(request, "settings/start_step.html", context)


# --- what each step has a form for ----------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    form: Callable[[PersonRequest], Any]
    save: Callable[[PersonRequest, Any], str]  # what is said when it is done; else nothing
    then: str = ""  # the name of the page that follows; else the step again


def _person_form(request: PersonRequest) -> NewPersonForm:
    missing = steps.missing_roles(timezone.localdate())
    return NewPersonForm(request.POST or None, role=missing[0] if missing else "")


def _save_person(request: PersonRequest, form: NewPersonForm) -> str:
    typed, by, at = form.typed(timezone.localdate()), request.user, timezone.now()
    if not attempt(form, lambda: bring_in_or_give_role(typed=typed, by=by, at=at)):
        return ""
    name = User.objects.get(email=as_address(typed["email"])).name
    return _("%(name)s is here, as %(role)s.") % {"name": name, "role": word(typed["role"])}


def _save_goal(request: PersonRequest, form: FirstGoalForm) -> str:
    return _("The goal is here.") if save_goal(form, change_of(request)) else ""


def _measure_form(request: PersonRequest) -> FirstMeasureForm:
    bare = Goal.objects.visible_to(request.user).exclude(measures__kind="goal")
    return FirstMeasureForm(
        request.POST or None,
        on=timezone.localdate(),
        goals=bare.exclude(state=Goal.State.CLOSED),
    )


def _save_measure(request: PersonRequest, form: FirstMeasureForm) -> str:
    change, whole = change_of(request), OrgUnit.objects.whole()

    if whole is None:
        form.add_error(None, _("Name the organisation first: the number is about all of it."))
        return ""
    is_done = attempt(
        form,
        lambda: reference.begin_measuring(
            goal=form.cleaned_data["goal"], entry=entry_of(form), org_unit=whole, change=change
        ),
    )
    return _("The goal is measured by it from now on.") if is_done else ""


def _save_account(request: PersonRequest, form: AccountForm) -> str:
    try:
        order = form.order(timezone.localdate())
        give_account(order=order, by=request.user, at=timezone.now())
    except NotIndependent as refusal:
        form.ask_how_it_is_met(str(refusal))
    except Refused as refusal:
        form.add_error(None, refusal.sentences)
    else:
        return _("The account is given. It stands in the history of accounts.")
    return ""


TASKS: dict[str, Task] = {
    "system": Task(system.system_form, system.save_system, then="start"),
    "calendar": Task(system.holidays_form, system.save_holidays),
    "words": Task(system.words_form, system.save_words),
    "people": Task(_person_form, _save_person),
    "goals": Task(
        lambda request: FirstGoalForm(request.POST or None, on=timezone.localdate()), _save_goal
    ),
    "indicators": Task(_measure_form, _save_measure),
    "accounts": Task(lambda request: AccountForm(request.POST or None), _save_account),
}
