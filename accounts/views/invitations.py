"""Where an invitation leads."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.links import link_for
from accounts.models import Invitation


@login_not_required
@never_cache
@require_safe
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """On to a fresh one-time link; so a mail program that looks ahead uses nothing up."""
    found = Invitation.objects.of_key(key)
    if found is None or not found.opens(timezone.now()):
        return render(request, "accounts/link_used.html", status=410)
    return redirect(link_for(found.person))
