"""The pages of an administrator who keeps the installation running: status and mail."""

from collections.abc import Callable
from smtplib import SMTPException
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import PersonRequest, require
from accounts.models import User
from delivery_unit import mail as mail_words
from delivery_unit.report import report
from delivery_unit.status import kind_in_words, result_in_words
from delivery_unit.status import status as read_status
from stocktakes.actions import running
from stocktakes.models import Digest, Intervention, Job, MailRecord
from stocktakes.permissions import can_run_system

PAGE = 50


def _administrator(request: HttpRequest) -> User:
    user = cast("PersonRequest", request).user
    require(can_run_system(user))
    return user


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    _administrator(request)
    found = read_status(at=timezone.now(), system=cast("PersonRequest", request).system)
    routines = [
        (kind_in_words(job.kind), job, result_in_words(job.result)) for job in found.last_jobs
    ]
    return render(request, "delivery_unit/status.html", {"status": found, "routines": routines})


@require_safe
def status_report(request: HttpRequest) -> HttpResponse:
    """The report for support, as a text file."""
    _administrator(request)
    found = read_status(at=timezone.now(), system=cast("PersonRequest", request).system)
    answer = HttpResponse(report(found), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="delivery-unit-report.txt"'
    return answer


@require_POST
def job_again(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    job = get_object_or_404(Job, pk=pk)
    _decide(
        request,
        lambda: running.run_job_again(job=job, by=user, at=timezone.now()),
        _("The job is tried again; reload this page in a minute to see how it ends."),
    )
    return redirect("status")


@require_POST
def mail_arrived(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    digest = get_object_or_404(Digest, pk=pk)
    _decide(
        request,
        lambda: running.say_mail_arrived(digest=digest, by=user, at=timezone.now()),
        _("Noted as sent."),
    )
    return redirect("status")


@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    user = _administrator(request)
    digest = get_object_or_404(Digest, pk=pk)
    _decide(
        request,
        lambda: running.send_mail_again(digest=digest, by=user, at=timezone.now()),
        _("The mail is sent again, with the same message number."),
    )
    return redirect("status")


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """How mail leaves, whether it does, and what did."""
    user = _administrator(request)
    context = {
        "facts": mail_words.settings_shown(),
        "to_files": mail_words.goes_to_files(),
        "stop": Intervention.objects.mail_stop(),
        "waiting": Digest.objects.filter(state=Digest.State.WRITTEN).count(),
        "page": Paginator(_log(), PAGE).get_page(request.GET.get("page")),
        "states": dict(Digest.State.choices) | dict(MailRecord.State.choices),
        "address": user.email,
    }
    return render(request, "delivery_unit/mail.html", context)


def _log() -> Any:
    """Digests and other mail in one list, the newest first: (when, who, kind, subject, state)."""
    columns = ("when", "who", "what", "title", "ended", "trouble")
    digests = Digest.objects.order_by().annotate(
        when=Coalesce("sent_at", "claimed_at", "written_at"),
        who=F("person__name"),
        what=Value("digest", output_field=CharField()),
        title=F("subject"),
        ended=F("state"),
        trouble=F("error"),
    )
    others = MailRecord.objects.order_by().annotate(
        when=F("at"),
        who=F("recipient"),
        what=F("kind"),
        title=F("subject"),
        ended=F("state"),
        trouble=F("error"),
    )
    both = digests.values_list(*columns).union(others.values_list(*columns), all=True)
    return both.order_by("-when")


@require_POST
def mail_test(request: HttpRequest) -> HttpResponse:
    """At once, so that the answer of the mail server is seen."""
    user = _administrator(request)
    try:
        running.send_test_mail(to=user)
    except (SMTPException, OSError) as problem:
        messages.error(request, _("Nothing was sent. ") + mail_words.in_words(problem))
    else:
        messages.success(request, _test_words(user))
    return redirect("mail")


def _test_words(user: User) -> str:
    if mail_words.goes_to_files():
        return _("The mail was written to a file: no mail server is set, nothing leaves here.")
    return _(
        "The mail server took the mail to %(address)s. If it is not there in some minutes,"
        " look in the folder for unwanted mail, then in the mail server's log."
    ) % {"address": user.email}


@require_POST
def mail_stop(request: HttpRequest) -> HttpResponse:
    user = _administrator(request)
    _decide(
        request,
        lambda: running.stop_mail(by=user, at=timezone.now()),
        _("Outgoing mail is stopped. Digests wait until you start it again."),
    )
    return redirect("mail")


@require_POST
def mail_start(request: HttpRequest) -> HttpResponse:
    user = _administrator(request)

    def start() -> str:
        count = running.start_mail(by=user, at=timezone.now())
        words = ngettext(
            "Outgoing mail runs. %(count)s mail that waited is sent now.",
            "Outgoing mail runs. %(count)s mails that waited are sent now.",
            count,
        )
        return words % {"count": count}

    _decide(request, start, "")
    return redirect("mail")


def _decide(request: HttpRequest, decision: Callable[[], str | None], done: str) -> None:
    """Carries the decision out, or says that there is nothing to decide any more."""
    try:
        messages.success(request, decision() or done)
    except running.AlreadyDecided:
        messages.warning(request, _("That was settled in the meantime. Nothing was changed."))
