"""The door: whoever is not signed in goes to the sign-in page, and nothing is lost in silence."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class SignInMiddleware(LoginRequiredMiddleware):
    """As Django's, but a form that was sent too late leads back to its page, not to its address."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method in READING:
            return super().handle_no_permission(request, view_func)
        asked = urlencode({"next": page_before(request), "unsaved": 1})
        return redirect(f"{resolve_url(self.get_login_url(view_func))}?{asked}")


def page_before(request: HttpRequest) -> str:
    """The page of ours that the form stood on; the first page, if the browser does not say."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return "/"
    return urlsplit(before)._replace(scheme="", netloc="", fragment="").geturl() or "/"
