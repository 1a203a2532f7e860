"""What an administrator decides about the running system. Each decision is kept, with who made it."""

from datetime import datetime

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from stocktakes.actions.jobs import ask_again
from stocktakes.actions.routines import send_waiting_digests
from stocktakes.models import Digest, Intervention, Job, JobQuerySet

TEST = "test"
Verb = Intervention.Verb


class AlreadyDecided(Exception):
    """Somebody else, or the system itself, was faster; nothing was changed."""


@transaction.atomic
def run_jobs_again(*, jobs: JobQuerySet, by: User, at: datetime) -> int:
    """Jobs that ended are tried anew; their work is safe to do twice. How many."""
    ended = jobs.filter(state__in=[Job.State.DONE, Job.State.FAILED]).order_by("pk")
    names = [f"{job.kind} {job.key}" for job in ended.select_for_update()]
    count = ask_again(jobs=jobs, at=at)
    for name in names:
        _keep(Verb.RUN_JOB, by=by, at=at, subject=name)
    return count


def run_job_again(*, job: Job, by: User, at: datetime) -> None:
    """A job that was given up."""
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    if not run_jobs_again(jobs=failed, by=by, at=at):
        raise AlreadyDecided


@transaction.atomic
def say_mail_arrived(*, digest: Digest, by: User, at: datetime) -> None:
    """A person knows that the mail is there; the moment of sending is that of the claim."""
    if not _uncertain(digest).update(
        state=Digest.State.SENT, sent_at=digest.claimed_at or digest.written_at, error=""
    ):
        raise AlreadyDecided
    _keep(Verb.MAIL_ARRIVED, by=by, at=at, subject=digest.message_id)


@transaction.atomic
def send_mail_again(*, digest: Digest, by: User, at: datetime) -> None:
    """A person knows that the mail is not there. It goes with the same number as before."""
    if not _uncertain(digest).update(state=Digest.State.WRITTEN, claimed_at=None, error=""):
        raise AlreadyDecided
    send_waiting_digests(on=digest.on, at=at)
    _keep(Verb.MAIL_AGAIN, by=by, at=at, subject=digest.message_id)


def _uncertain(digest: Digest) -> QuerySet[Digest]:
    return Digest.objects.filter(pk=digest.pk, state=Digest.State.UNCERTAIN)


@transaction.atomic
def stop_mail(*, by: User | None, at: datetime, reason: str = "") -> None:
    """Digests wait from now on; what a person asks for still goes at once."""
    if Intervention.objects.mail_stop():
        raise AlreadyDecided
    _keep(Verb.STOP_MAIL, by=by, at=at, subject=reason)


@transaction.atomic
def start_mail(*, by: User, at: datetime) -> int:
    """What waits is sent, each mail once; how many wait."""
    if not Intervention.objects.mail_stop():
        raise AlreadyDecided
    _keep(Verb.START_MAIL, by=by, at=at)
    waiting = Digest.objects.filter(state=Digest.State.WRITTEN)
    for on in sorted(set(waiting.values_list("on", flat=True))):
        send_waiting_digests(on=on, at=at)
    return waiting.count()


def send_test_mail(*, to: User) -> None:
    """Goes at once, whether or not outgoing mail is stopped. Raises what the mail server says."""
    EmailMessage(
        subject=_("A test from the Delivery Unit"),
        body=_("You asked for this mail on the page of the mail settings. It arrived."),
        to=[to.email],
        headers={"Auto-Submitted": "auto-generated", "X-Mail-Kind": TEST},
    ).send()


@transaction.atomic
def settle_after_restore(*, at: datetime, name: str) -> None:
    """A copy knows nothing of what was sent since: its open mails are for a person to decide."""
    _keep(Verb.RESTORE, by=None, at=at, subject=name)
    Digest.objects.filter(state__in=[Digest.State.WRITTEN, Digest.State.CLAIMED]).update(
        state=Digest.State.UNCERTAIN,
        error=_("Restored from a copy in which this mail was still to be sent."),
    )
    if not Intervention.objects.mail_stop():
        stop_mail(by=None, at=at, reason=_("after a restore"))


def _keep(verb: Intervention.Verb, *, by: User | None, at: datetime, subject: str = "") -> None:
    Intervention.objects.create(verb=verb, by=by, at=at, subject=subject[:200])
