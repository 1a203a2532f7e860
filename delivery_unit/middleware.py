"""What every request carries besides its user: the system, and the clock of the system."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import System

QUIET_PATHS = ("/healthz", "/readyz", "/static/")


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
