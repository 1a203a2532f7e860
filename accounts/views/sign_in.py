"""In and out: password, second step, single sign-on, forgotten and new passwords."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import callback
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts.actions.passwords import mail_password_link, set_password_by_link
from accounts.actions.single_sign_on import Refusal, SignOnRefused
from accounts.adapters import logger, refuse_sign_on
from accounts.devices import place_of
from accounts.forms import CodeForm, ForgottenForm, NewPasswordForm
from accounts.links import person_of
from accounts.wording import TOO_MANY

LINK_TOKEN = "one_time_link"  # noqa: S105 - where the session keeps it
IN_SESSION = "choose"
# What a provider may do wrong: be away, answer nonsense, leave out what it promised.
PROVIDER_FAULTS = (RequestException, OAuth2Error, KeyError, ValueError)


class SignInView(LoginView):
    """The library's view in our page; a lock is told with the status that means it."""

    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sso_label": settings.OIDC_LABEL}

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.is_locked:
            response.status_code = 429
        return response


class CodeView(AuthenticateView):
    """Where somebody is sent who gave the password and owes a code; codes are all it takes."""

    template_name = "accounts/code.html"

    def _build_forms(self) -> CodeForm:
        data = self.request.POST if self.request.method == "POST" else None
        self.auth_form = CodeForm(user=self.stage.login.user, data=data)
        self.webauthn_form = None
        return self.auth_form

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error("code", TOO_MANY):
            response.status_code = 429
        return response


@login_not_required
@never_cache
@require_safe
def sso(request: HttpRequest) -> HttpResponse:
    """Off to the provider. A link and not a form: the policy lets no form end on another host."""
    next_url = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(next_url, {request.get_host()}, request.is_secure()):
        next_url = ""
    try:
        provider = get_adapter().get_provider(request, settings.OIDC_PROVIDER_ID)
        answer: HttpResponse = provider.redirect(request, "login", next_url=next_url or None)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except PROVIDER_FAULTS:
        logger.exception("the sign-on provider could not be asked")
        answer = refuse_sign_on(request, SignOnRefused(Refusal.AWAY))
    return answer


@login_not_required
@never_cache
@require_safe
def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = callback(request, provider_id)
    except PROVIDER_FAULTS:
        logger.exception("the sign-on provider broke off")
        answer = refuse_sign_on(request, SignOnRefused(Refusal.AWAY))
    return answer


@login_not_required
@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether the address is known or not."""
    form = ForgottenForm(request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent:
        mail_password_link(
            email=form.cleaned_data["email"], place=place_of(request), at=timezone.now()
        )
    return render(request, "accounts/forgotten.html", {"form": form, "is_sent": is_sent})


@login_not_required
@never_cache
@sensitive_post_parameters()
def choose_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The token moves into the session first, so that no other page learns the address."""
    is_moved = token == IN_SESSION
    person = person_of(uid, request.session.get(LINK_TOKEN, "") if is_moved else token)
    if person is None:
        return render(request, "accounts/link_used.html", status=410)
    if not is_moved:
        request.session[LINK_TOKEN] = token
        return redirect("accounts:choose_password", uid, IN_SESSION)
    form = NewPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_password_by_link(
            person=person,
            password=form.cleaned_data["new_password1"],
            place=place_of(request),
            at=timezone.now(),
        )
        request.session.pop(LINK_TOKEN)
        messages.success(request, _("Your password is set. Sign in with it now."))
        return redirect("accounts:login")
    return render(request, "accounts/choose_password.html", {"form": form, "person": person})
