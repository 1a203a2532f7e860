"""The settings of the system, its calendar and its words."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, can_administer, require
from accounts.actions import settings as actions
from accounts.models import Holiday, Term
from delivery_unit.setup import steps
from delivery_unit.setup.forms import HolidaysForm, SystemForm, TermForm, WordsForm
from delivery_unit.setup.history import changes_of
from goals.views.settings import attempt, row_of

READ_OR_WRITE = ("GET", "HEAD", "POST")


def _administrator(request: HttpRequest) -> PersonRequest:
    person = cast("PersonRequest", request)
    require(can_administer(person.user))
    return person


@require_safe
def settings_home(request: HttpRequest) -> HttpResponse:
    person = _administrator(request)
    here = steps.progress(user=person.user, system=person.system, on=timezone.localdate())
    return render(request, "settings/home.html", {"progress": here, "links": other_pages()})


def other_pages() -> list[tuple[str, str, str]]:
    """Pages beside these: name, address, what for."""
    known = [
        (_("People"), "people:people", _("Who is here, roles, positions, reporting lines")),
        (_("Organisation units"), "people:org_units", _("Offices, districts, campuses")),
        (_("Audit"), "audit", _("Who changed what, when and why")),
        (_("View as"), "view_as", _("The system as somebody else sees it")),
    ]
    return [(name, address, about) for name, url, about in known if (address := address_of(url))]


def address_of(name: str, *args: Any) -> str:
    """Nothing for a page that this version does not have."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- the system -----------------------------------------------------------------------------------


def system_form(request: PersonRequest) -> SystemForm:
    return SystemForm(request.POST or None, system=request.system)


def save_system(request: PersonRequest, form: SystemForm) -> str:
    by, at = request.user, timezone.now()

    def write() -> None:
        with transaction.atomic():
            reason = form.cleaned_data.get("reason", "")
            system = actions.save_system(settings=form.settings(), by=by, at=at, reason=reason)
            if "code" in form.cleaned_data:
                code, on = form.cleaned_data["code"], timezone.localdate()
                actions.make_whole(code=code, system=system, by=by, at=at, on=on)

    return _("The system is saved.") if attempt(form, write) else ""


@require_http_methods(READ_OR_WRITE)
def settings_system(request: HttpRequest) -> HttpResponse:
    person = _administrator(request)
    form = system_form(person)
    if request.method == "POST" and form.is_valid() and (said := save_system(person, form)):
        messages.success(request, said)
        return redirect("settings_system")
    context = {"form": form, "changes": changes_of(person.system)}
    return render(request, "settings/system.html", context)


# --- the calendar ---------------------------------------------------------------------------------


def holidays_form(request: PersonRequest) -> HolidaysForm:
    return HolidaysForm(request.POST if request.POST.get("do") != "term" and request.POST else None)


def save_holidays(request: PersonRequest, form: HolidaysForm) -> str:
    added, renamed = actions.add_holidays(
        days=form.cleaned_data["days"], by=request.user, at=timezone.now()
    )
    words = ngettext("%(n)s holiday added", "%(n)s holidays added", added) % {"n": added}
    return f"{words}, {_('%s renamed') % renamed}." if renamed else f"{words}."


@require_http_methods(READ_OR_WRITE)
def settings_calendar(request: HttpRequest) -> HttpResponse:
    person = _administrator(request)
    is_term = request.POST.get("do") == "term"
    days, term = holidays_form(person), TermForm(request.POST if is_term else None)
    said = ""
    if request.method == "POST" and is_term and term.is_valid():
        said = _save_term(person, term)
    elif request.method == "POST" and not is_term and days.is_valid():
        said = save_holidays(person, days)
    if said:
        messages.success(request, said)
        return redirect("settings_calendar")
    context = {
        "form": days,
        "term_form": term,
        "holidays": Holiday.objects.order_by("-on"),
        "terms": Term.objects.order_by("-valid_from"),
    }
    return render(request, "settings/calendar.html", context)


def _save_term(request: PersonRequest, form: TermForm) -> str:
    by, at = request.user, timezone.now()
    is_done = attempt(form, lambda: actions.add_term(**form.cleaned_data, by=by, at=at))
    return _("The term is here.") if is_done else ""


@require_POST
def calendar_remove(request: HttpRequest) -> HttpResponse:
    """Takes one holiday or term out; its history stays."""
    person = _administrator(request)
    what, by, at = request.POST.get("what"), person.user, timezone.now()
    if what == "holiday":
        actions.remove_holiday(holiday=row_of(request, Holiday.objects.all()), by=by, at=at)
    elif what == "term":
        actions.remove_term(term=row_of(request, Term.objects.all()), by=by, at=at)
    else:
        raise BadRequest
    messages.success(request, _("It is taken out of the calendar."))
    return redirect("settings_calendar")


# --- words ----------------------------------------------------------------------------------------


def words_form(request: PersonRequest) -> WordsForm:
    return WordsForm(request.POST or None, system=request.system)


def save_words(request: PersonRequest, form: WordsForm) -> str:
    actions.save_words(words=form.words(), by=request.user, at=timezone.now())
    return _("The words are saved. Every page uses them from now on.")


@require_http_methods(READ_OR_WRITE)
def settings_words(request: HttpRequest) -> HttpResponse:
    person = _administrator(request)
    if not person.system.is_set_up:
        messages.info(request, _("Name the organisation first."))
        return redirect("settings_system")
    form = words_form(person)
    if request.method == "POST" and form.is_valid():
        messages.success(request, save_words(person, form))
        return redirect(reverse("settings_words"))
    context = {"form": form, "changes": changes_of(person.system)}
    return render(request, "settings/words.html", context)
