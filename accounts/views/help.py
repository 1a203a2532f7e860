"""How an administrator helps somebody to sign in."""

from typing import cast

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.access import PersonRequest, require
from accounts.actions import passwords, second_factor, sessions, sign_in, single_sign_on
from accounts.devices import place_of
from accounts.forms import ReasonForm
from accounts.models import Session, SignInEvent, User, as_address
from accounts.roles import Permission

NEWEST = 20


@never_cache
@require_safe
def sign_in_help(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _subject(request, pk))


@never_cache
@require_POST
def one_time_link(request: HttpRequest, pk: int) -> HttpResponse:
    """The link is in this one answer and nowhere else."""
    person = _subject(request, pk)
    require(person.is_active)
    link = passwords.make_one_time_link(
        person=person, place=place_of(request), at=timezone.now(), by=_by(request)
    )
    return _page(request, person, link=link)


@require_POST
def lift_lock(request: HttpRequest, pk: int) -> HttpResponse:
    person = _subject(request, pk)
    sign_in.lift_lock(person=person, place=place_of(request), at=timezone.now(), by=_by(request))
    messages.success(request, _("%(name)s can try again now.") % {"name": person.name})
    return redirect("accounts:sign_in_help", pk)


@require_POST
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = _subject(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, person, form=form)
    second_factor.reset_second_factor(
        person=person,
        by=_by(request),
        reason=form.cleaned_data["reason"],
        place=place_of(request),
        at=timezone.now(),
    )
    messages.success(request, _("One-time codes of %(name)s are reset.") % {"name": person.name})
    return redirect("accounts:sign_in_help", pk)


@require_POST
def end_all_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    person = _subject(request, pk)
    sessions.end_sessions(
        person=person, place=place_of(request), at=timezone.now(), by=_by(request)
    )
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person.name})
    return redirect("accounts:sign_in_help", pk)


@require_POST
def unlink_sign_on(request: HttpRequest, pk: int) -> HttpResponse:
    person = _subject(request, pk)
    single_sign_on.unlink(
        person=person, by=_by(request), place=place_of(request), at=timezone.now()
    )
    messages.success(request, _("The link to the other account is removed."))
    return redirect("accounts:sign_in_help", pk)


def _page(
    request: HttpRequest, person: User, *, link: str = "", form: ReasonForm | None = None
) -> HttpResponse:
    at = timezone.now()
    page = {
        "person": person,
        "link": link,
        "form": form or ReasonForm(),
        "locked_until": limits.locked_until(sign_in.PASSWORD, as_address(person.email), at),
        "has_second_factor": second_factor.has_second_factor(person),
        "is_linked": SocialAccount.objects.filter(user=person).exists(),
        "open_sessions": Session.objects.open_of(person, at).count(),
        "events": SignInEvent.objects.about(person).select_related("by")[:NEWEST],
    }
    return render(request, "accounts/sign_in_help.html", page)


def _subject(request: HttpRequest, pk: int) -> User:
    require(_by(request).may(Permission.ADMINISTER))
    person: User = get_object_or_404(User.objects.with_title(timezone.localdate()), pk=pk)
    return person


def _by(request: HttpRequest) -> User:
    return cast("PersonRequest", request).user
