"""Who a request is of: `request.user` is the person seen, `request.real_user` who it is."""

from collections.abc import Callable
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from accounts.actions import view_as
from accounts.models import AuditEvent, User

KEY = "view_as"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
# As who one really is: stopping, signing out, and what is no page.
OWN_PATHS = ("/settings/view-as/", "/accounts/logout/", "/static/", "/healthz", "/readyz")
# What is between a person and the system: profile, password, second factor, sessions, own data.
PERSONAL_PATHS = ("/accounts/", "/unit/people/me/")

Answer = Callable[[HttpRequest], HttpResponse]


class ViewAsMiddleware:
    """After the person is known, and before anybody asks what they may."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewing = None  # type: ignore[attr-defined]
        request.real_user = request.user  # type: ignore[attr-defined]
        start = request.session.get(KEY)
        if start is None or request.path.startswith(OWN_PATHS):
            return self.get_response(request)
        return self._as_somebody_else(request, int(start))

    def _as_somebody_else(self, request: HttpRequest, start: int) -> HttpResponse:
        by, at = request.user, timezone.now()
        view = view_as.current_view(start=start, by=by, at=at) if isinstance(by, User) else None
        if view is None:
            return _ended(request, start)
        request.viewing, request.user = view, view.person  # type: ignore[attr-defined, assignment]
        if request.method not in READING or request.path.startswith(PERSONAL_PATHS):
            return refuse(request)
        response = self.get_response(request)
        if request.method == "GET" and not getattr(request, "was_refused", False):
            kind = AuditEvent.Kind.VIEW_PAGE
            view_as.note(view=view, kind=kind, subject=request.path, at=at)
        return response


def refuse(request: HttpRequest) -> HttpResponse:
    """403 in words; that it was tried is noted."""
    request.was_refused = True  # type: ignore[attr-defined]
    said = f"{request.method} {request.path}"
    kind, at = AuditEvent.Kind.VIEW_REFUSED, timezone.now()
    view_as.note(view=request.viewing, kind=kind, subject=said, at=at)  # type: ignore[attr-defined]
    return render(request, "viewing/refused.html", status=403)


def _ended(request: HttpRequest, start: int) -> HttpResponse:
    """Over after half an hour, or because somebody's role has changed: back to one's own pages."""
    if isinstance(request.user, User):
        why = _("Over after half an hour, or a role has changed.")
        view_as.stop_view(start=start, by=request.user, at=timezone.now(), why=why)
    del request.session[KEY]
    return redirect("view_as_over")


class HistoryMiddleware:
    """What is written in a request is written by who it is, never by the person seen."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "real_user", request.user)
        HistoricalRecords.context.request = SimpleNamespace(user=user, path=request.path)
        try:
            return self.get_response(request)
        finally:
            del HistoricalRecords.context.request


class ExportMiddleware:
    """Notes every file that somebody takes out of the system."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_file = response.get("Content-Disposition", "").startswith(("attachment", "inline"))
        who = getattr(request, "real_user", None)
        if is_file and response.status_code == 200 and isinstance(who, User):
            viewing = request.viewing  # type: ignore[attr-defined]
            AuditEvent.objects.create(
                at=timezone.now(),
                kind=AuditEvent.Kind.EXPORTED,
                by_id=who.pk,
                person=viewing.person if viewing else None,
                start=viewing,
                subject=request.get_full_path()[:200],
            )
        return response
