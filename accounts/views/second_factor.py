"""One-time codes: set up, recovery codes shown once, turned off."""

from datetime import datetime, timedelta
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, require
from accounts.actions import second_factor as factor
from accounts.adapters import SECOND_FACTOR_DUE
from accounts.devices import place_of
from accounts.forms import CodeForm, SetUpForm
from accounts.models import User

SECRET = "second_factor_secret"  # noqa: S105 - where the session keeps it until the app has it
SHOWN_UNTIL = "recovery_codes_shown_until"
SHOWN_FOR = timedelta(minutes=10)


@never_cache
@sensitive_post_parameters()
def second_factor(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    if factor.has_second_factor(person):
        return _state(request, new_codes=CodeForm(user=person), off=CodeForm(user=person))
    secret = request.session.setdefault(SECRET, generate_totp_secret())
    form = SetUpForm(request.POST or None, request=request, person=person, secret=secret)
    if request.method == "POST" and form.is_valid():
        factor.set_up(
            person=person,
            secret=secret,
            place=place_of(request),
            at=timezone.now(),
            keep=request.session.session_key,
        )
        request.session.pop(SECRET)
        request.session.pop(SECOND_FACTOR_DUE, None)
        return _show_codes(request)
    return render(request, "accounts/second_factor_set_up.html", _set_up_page(request, form))


@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Shown until somebody says that they are kept, for ten minutes at most, and never again."""
    if request.method == "POST":
        request.session.pop(SHOWN_UNTIL, None)
        return redirect("accounts:second_factor")
    if not _may_show(request):
        messages.info(request, _("Recovery codes are shown once. You can make new ones."))
        return redirect("accounts:second_factor")
    codes = factor.recovery_codes(_person(request))
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@never_cache
@require_safe
def recovery_codes_text(request: HttpRequest) -> HttpResponse:
    if not _may_show(request):
        return redirect("accounts:second_factor")
    lines = [str(cast("PersonRequest", request).system), _person(request).email, ""]
    codes = factor.recovery_codes(_person(request))
    answer = HttpResponse("\n".join([*lines, *codes, ""]), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    require(factor.has_second_factor(person))
    form = CodeForm(request.POST, user=person)
    if not form.is_valid():
        return _state(request, new_codes=form, off=CodeForm(user=person))
    factor.make_recovery_codes(person=person, place=place_of(request), at=timezone.now())
    return _show_codes(request)


@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    require(factor.has_second_factor(person) and not _is_required(request))
    form = CodeForm(request.POST, user=person)
    if not form.is_valid():
        return _state(request, new_codes=CodeForm(user=person), off=form)
    factor.turn_off(person=person, place=place_of(request), at=timezone.now())
    messages.success(request, _("One-time codes are turned off."))
    return redirect("accounts:profile")


def _state(request: HttpRequest, *, new_codes: CodeForm, off: CodeForm) -> HttpResponse:
    page = {
        "new_codes": new_codes,
        "off": off,
        "left": len(factor.recovery_codes(_person(request))),
        "is_required": _is_required(request),
    }
    return render(request, "accounts/second_factor.html", page)


def _set_up_page(request: HttpRequest, form: SetUpForm) -> dict[str, Any]:
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(form.person, form.secret))
    return {
        "form": form,
        # Drawn by the library from its own numbers; without the head of an XML file.
        "drawing": mark_safe(drawing[drawing.index("<svg") :]),  # noqa: S308
        "secret": " ".join(form.secret[n : n + 4] for n in range(0, len(form.secret), 4)),
        "is_due": request.session.get(SECOND_FACTOR_DUE, False),
    }


def _show_codes(request: HttpRequest) -> HttpResponse:
    request.session[SHOWN_UNTIL] = (timezone.now() + SHOWN_FOR).isoformat()
    return redirect("accounts:recovery_codes")


def _may_show(request: HttpRequest) -> bool:
    until = request.session.get(SHOWN_UNTIL)
    return until is not None and timezone.now() < datetime.fromisoformat(until)


def _is_required(request: HttpRequest) -> bool:
    system = cast("PersonRequest", request).system
    return system.needs_second_factor(_person(request).access.roles)


def _person(request: HttpRequest) -> User:
    return cast("PersonRequest", request).user
