"""Packs: issuing one, reading it, and its files. What is read comes from the frozen text alone."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import PersonRequest, require
from accounts.models import User
from stocktakes.actions import packs as actions
from stocktakes.forms import IssueForm
from stocktakes.models import Pack, PackDamaged, PackQuerySet, Stocktake
from stocktakes.pdf import PdfUnavailable
from stocktakes.permissions import can_issue_pack
from stocktakes.sheets import file_name, page_rules, sheets

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest, int], HttpResponse]


def never_damaged(view: View) -> View:
    """What does not match its fingerprint is reported, and nothing of it is shown."""

    @wraps(view)
    def checked(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except PackDamaged as damage:
            logger.error("%s", damage)  # noqa: TRY400 - where it was found says nothing
            context = {"damage": str(damage), "stocktake": Stocktake.objects.get(pk=pk)}
            return render(request, "stocktakes/pack_damaged.html", context, status=500)

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
def pack_issue(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = get_object_or_404(Stocktake.objects.visible_to(user), pk=pk)
    require(can_issue_pack(user, stocktake))
    newest = stocktake.packs.without_files().first()
    form = IssueForm(request.POST or None, version=newest.version if newest else 0)
    if request.method == "POST" and form.is_valid():
        try:
            pack = actions.issue_pack(
                stocktake=stocktake, by=user, at=timezone.now(), **form.cleaned_data
            )
        except actions.NothingChanged as refusal:
            messages.info(request, str(refusal))
            return redirect(stocktake)
        except actions.CannotIssue as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Pack version %s is issued.") % pack.version)
            return redirect(stocktake)
    return render(request, "stocktakes/pack_issue.html", {"form": form, "stocktake": stocktake})


@require_safe
@never_damaged
def pack_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = get_object_or_404(Stocktake.objects.visible_to(user), pk=pk)
    issued = _issued(user, stocktake)
    if not issued.exists() and "version" not in request.GET:
        return render(request, "stocktakes/pack_none.html", {"stocktake": stocktake})
    pack = _asked(request, issued)
    versions = list(issued.without_files().order_by("version"))
    return render(
        request,
        "stocktakes/pack_detail.html",
        {
            "stocktake": stocktake,
            "pack": pack,
            "versions": versions,
            "newest": versions[-1],
            "sheets": sheets(pack.text()),
        },
    )


@require_safe
@never_damaged
def pack_styles(request: HttpRequest, pk: int) -> HttpResponse:
    """The running heads and feet of one pack; a strict page takes no style from inside itself."""
    user = cast("PersonRequest", request).user
    stocktake = get_object_or_404(Stocktake.objects.visible_to(user), pk=pk)
    pack = _asked(request, _issued(user, stocktake))
    return HttpResponse(
        page_rules(pack.text()),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "private"},
    )


@require_safe
@never_damaged
def pack_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("PersonRequest", request).user
    stocktake = get_object_or_404(Stocktake.objects.visible_to(user), pk=pk)
    pack = _asked(request, _issued(user, stocktake))
    try:
        pack = actions.keep_pdf(pack_id=pack.pk)
    except PdfUnavailable:
        return render(
            request, "stocktakes/pack_unavailable.html", {"stocktake": stocktake, "pack": pack}
        )
    name = file_name(pack.snapshot, "pdf")
    return HttpResponse(
        pack.file(),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(as_attachment=False, filename=name),
            "Cache-Control": "private",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _issued(user: User, stocktake: Stocktake) -> PackQuerySet:
    return Pack.objects.visible_to(user).filter(stocktake=stocktake)


def _asked(request: HttpRequest, packs: PackQuerySet) -> Pack:
    """The version that the address names, else the newest."""
    version = request.GET.get("version", "")
    if not version:
        pack = packs.first()
        if pack is None:
            raise Http404
        return pack
    if not version.isascii() or not version.isdigit() or len(version) > 4:
        raise Http404
    return get_object_or_404(packs, version=int(version))
