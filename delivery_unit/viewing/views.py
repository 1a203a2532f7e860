"""Beginning and ending a look as somebody else."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import PersonRequest, require
from accounts.actions.view_as import LONGEST, start_view, stop_view
from accounts.models import AuditEvent, User
from accounts.roles import Permission
from delivery_unit.viewing.forms import ViewAsForm
from delivery_unit.viewing.middleware import KEY

SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
def view_as(request: HttpRequest) -> HttpResponse:
    user = cast("PersonRequest", request).user
    require(user.may(Permission.ADMINISTER))
    form = ViewAsForm(request.POST or None, initial={"person": request.GET.get("person")})
    if request.method == "POST" and form.is_valid():
        _stop(request, user)
        view = start_view(
            person=form.cleaned_data["person"],
            by=user,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        request.session[KEY] = view.pk
        return redirect("stocktakes:home")
    began = AuditEvent.objects.filter(kind=AuditEvent.Kind.VIEW_STARTED)
    context = {
        "form": form,
        "minutes": int(LONGEST.total_seconds() // 60),
        "looks": began.select_related("by", "person")[:SHOWN],
    }
    return render(request, "viewing/view_as.html", context, status=422 if form.errors else 200)


@require_POST
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Also for one who has lost the role meanwhile: stopping is always allowed."""
    user = cast("PersonRequest", request).user
    if _stop(request, user):
        messages.success(request, _("You look at the system as yourself again."))
    return redirect("view_as" if user.may(Permission.ADMINISTER) else "stocktakes:home")


@require_safe
def view_as_over(request: HttpRequest) -> HttpResponse:
    return render(request, "viewing/over.html")


def _stop(request: HttpRequest, user: User) -> bool:
    start = request.session.pop(KEY, None)
    if start is not None:
        stop_view(start=int(start), by=user, at=timezone.now())
    return start is not None
