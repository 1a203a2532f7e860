"""What a person sets for themselves: how pages look, mail, password, open sessions."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import PersonRequest
from accounts.actions.passwords import change_password
from accounts.actions.second_factor import has_second_factor
from accounts.actions.sessions import end_session, end_sessions
from accounts.devices import place_of
from accounts.forms import ChangePasswordForm, ProfileForm
from accounts.models import Session, Theme


def profile(request: HttpRequest) -> HttpResponse:
    person, system = _who(request).user, _who(request).system
    form = ProfileForm(request.POST or None, instance=person, system=system)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    page = {
        "form": form,
        "has_second_factor": has_second_factor(person),
        "open_sessions": Session.objects.open_of(person, timezone.now()).count(),
    }
    return render(request, "accounts/profile.html", page)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """The button at the foot of every page; with a script the page changes at once, too."""
    person, wanted = _who(request).user, request.POST.get("theme", "")
    if wanted in Theme.values:
        person.theme = wanted
        person.save(update_fields=["theme"])
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if is_ours else "accounts:profile")


@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    person = _who(request).user
    if not person.has_usable_password():
        return render(request, "accounts/no_password.html")
    form = ChangePasswordForm(request.POST or None, request=request, person=person)
    if request.method == "POST" and form.is_valid():
        _change(request, form)
        messages.success(request, _("Your password is changed. Other sessions were ended."))
        return redirect("accounts:profile")
    return render(request, "accounts/password.html", {"form": form})


def _change(request: HttpRequest, form: ChangePasswordForm) -> None:
    """Changes the password and lets this one session live on, under a new key."""
    change_password(
        person=form.person,
        password=form.cleaned_data["new_password1"],
        place=place_of(request),
        at=timezone.now(),
        keep=request.session.session_key,
    )
    update_session_auth_hash(request, form.person)


def sessions(request: HttpRequest) -> HttpResponse:
    person, at = _who(request).user, timezone.now()
    here = request.session.session_key
    if request.method == "POST":
        _end_asked(request)
        return redirect("accounts:sessions")
    rows = list(Session.objects.open_of(person, at))
    return render(request, "accounts/sessions.html", {"rows": rows, "here": here})


def _end_asked(request: HttpRequest) -> None:
    person, place, at = _who(request).user, place_of(request), timezone.now()
    if "others" in request.POST:
        keep = request.session.session_key
        ended = end_sessions(person=person, place=place, at=at, by=person, keep=keep)
        text = ngettext("%(n)s session ended.", "%(n)s sessions ended.", ended) % {"n": ended}
        messages.success(request, text)
    elif end_session(person=person, handle=request.POST.get("session", ""), place=place, at=at):
        messages.success(request, _("The session is ended."))
    else:
        raise Http404


def _who(request: HttpRequest) -> PersonRequest:
    return cast("PersonRequest", request)
