"""Whether the installation is alive, and what it says when it is not. Nothing about goals."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from delivery_unit.health import broker_answers, database_answers

PLAIN = "text/plain; charset=utf-8"
SECONDS_TO_RETURN = 30


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """200 and `ok` when the database answers."""
    return _answer([] if database_answers() else ["database"])


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes its request
    """200 and `ok` when the database and the broker answer."""
    silent = [] if database_answers() else ["database"]
    return _answer(silent if broker_answers() else [*silent, "broker"])


def _answer(silent: list[str]) -> HttpResponse:
    if silent:
        return HttpResponse(f"no answer: {', '.join(silent)}", status=503, content_type=PLAIN)
    return HttpResponse("ok", content_type=PLAIN)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """The page of a fault: it asks nothing of the database, and gives the number to tell.

    A database that does not answer is no fault of the page: 503, and when to try again.
    """
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    words = {
        "request_id": getattr(request, "request_id", ""),
        "was_sent": request.method == "POST",
    }
    if is_away:
        page = render_to_string("503.html", words)
        return HttpResponse(page, status=503, headers={"Retry-After": SECONDS_TO_RETURN})
    return HttpResponse(render_to_string("500.html", words), status=500)
