"""What a request carries besides its user: number, system, clock, day, and how one signs in."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from accounts.adapters import SECOND_FACTOR_DUE
from accounts.as_at import PARAMETER, as_at
from accounts.models import System, User
from accounts.vocabulary import speaking
from delivery_unit import logs

logger = logging.getLogger("delivery_unit.request")

SEEN_EVERY = timedelta(minutes=5)
QUIET_PATHS = ("/healthz", "/readyz", "/static/")
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
ROOM_FOR_A_FORM = 2 * 1024 * 1024


def request_number_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Gives each request its number, takes its time, and writes its line in the log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        mark = logs.REQUEST.set(request)
        begun = time.perf_counter()
        try:
            response = get_response(request)
            took = round((time.perf_counter() - begun) * 1000)
            response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            if not request.path.startswith(QUIET_PATHS):
                _write_line(request, response, took)
        finally:
            logs.REQUEST.reset(mark)
        return response

    return middleware


def _write_line(request: HttpRequest, response: HttpResponse, took: int) -> None:
    logs.note_time(time.time(), took)
    facts = {
        "method": request.method,
        "path": logs.safe_path(request.path),
        "status": response.status_code,
        "ms": took,
    }
    logger.info("request", extra={"facts": facts})


def body_limit_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses what is larger than any file that the product reads, before a byte of it is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.IMPORT_MAX_BYTES + ROOM_FOR_A_FORM:
            limit = settings.IMPORT_MAX_BYTES // 1_000_000
            return render(request, "413.html", {"limit": limit}, status=413)
        return get_response(request)

    return middleware


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
    """Puts `request.system` and `request.as_at` in place; its zone and words are the current ones.

    One query.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(QUIET_PATHS):
            return get_response(request)
        system = System.objects.current()
        request.system = system  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(system.time_zone)), speaking(system.words):
            asked = request.GET.get(PARAMETER, "")
            request.as_at = as_at(asked, now=timezone.now())  # type: ignore[attr-defined]
            return get_response(request)

    return middleware


def person_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """For somebody who is signed in: their language, that they were here, and what they owe.

    No query, but one small write in five minutes.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(QUIET_PATHS) or not isinstance(request.user, User):
            return get_response(request)
        _note_visit(request)
        if request.session.get(SECOND_FACTOR_DUE) and not _is_open_without(request.path):
            return redirect("accounts:second_factor")
        with translation.override(request.user.language or settings.LANGUAGE_CODE):
            return get_response(request)

    return middleware


def _note_visit(request: HttpRequest) -> None:
    store, at = request.session, timezone.now()
    if store.seen_at is not None and at - store.seen_at > SEEN_EVERY:  # type: ignore[attr-defined]
        store.touch(at)  # type: ignore[attr-defined]


def _is_open_without(path: str) -> bool:
    """The pages that somebody needs who still has to set up a second factor."""
    return path.startswith(reverse("accounts:second_factor")) or path in {
        reverse("accounts:logout"),
        reverse("accounts:theme"),
    }
