"""What every request carries besides its user: the system, and the clock of the system."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import System

QUIET_PATHS = ("/healthz", "/readyz", "/static/")


def plain_address_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """400 for an address with the character NUL: nothing is called so, and PostgreSQL refuses it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest
        return get_response(request)

    return middleware


def private_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """No page is kept on the way or in the browser: after signing out nothing comes back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def system_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Puts `request.system` in place and makes its time zone the current one. One query."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(QUIET_PATHS):
            return get_response(request)
        system = System.objects.current()
        request.system = system  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(system.time_zone)):
            return get_response(request)

    return middleware
