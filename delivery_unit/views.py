"""Whether the installation is alive. Nothing about goals."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from delivery_unit.health import broker_answers, database_answers

PLAIN = "text/plain; charset=utf-8"


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
    """The page of a fault: it asks nothing of the database, and gives the number to tell."""
    return HttpResponse(
        render_to_string("500.html", {"request_id": getattr(request, "request_id", "")}), status=500
    )
