"""The tick and the routines it starts. Running any of them twice does nothing twice."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.actions.people import close_for_those_who_left
from accounts.actions.sessions import forget_what_expired
from accounts.models import System, User
from accounts.vocabulary import speaking
from goals.actions.standings import refresh_standings
from goals.models import Series
from stocktakes.actions.digests import NotForAll, mark_uncertain, send_digests, write_digests
from stocktakes.actions.jobs import ask_again, enqueue, requeue
from stocktakes.actions.notifications import note_everybodys_day
from stocktakes.models import Digest, Intervention, Job, RoutineRun
from stocktakes.timetable import DAILY, Morning, due_mornings, due_routines

TICK = RoutineRun.TICK
SEND_DIGESTS = "send_digests"
ZONE_DIGESTS = "zone_digests"


def tick(*, at: datetime) -> dict[str, int]:
    """Every five minutes: starts what is due, rings again for what was left, notes that it lives."""
    system = System.objects.current()
    due = due_routines(at, system.time_zone, system.routine_hour)
    for each in due:
        enqueue(kind=each.routine, key=each.on.isoformat(), at=at, payload={})
    due_zones = _ask_for_digests_elsewhere(system, at)
    uncertain = mark_uncertain(at=at)
    _send_what_was_written_since(at)
    waiting = requeue(at=at)
    note_tick(at=at)
    return {"due": len(due) + due_zones, "rung": waiting, "uncertain": uncertain}


def _ask_for_digests_elsewhere(system: System, at: datetime) -> int:
    """A job for each zone, other than the system's, whose readers have come into their morning."""
    zones = User.objects.wanting_mail().other_zones(system)
    mornings = due_mornings(at, zones, system.routine_hour)
    keys = [each.key for each in mornings]
    asked = set(Job.objects.filter(kind=ZONE_DIGESTS, key__in=keys).values_list("key", flat=True))
    for key in keys:
        if key not in asked:
            enqueue(kind=ZONE_DIGESTS, key=key, at=at)
    return len(mornings)


def zone_digests(*, morning: Morning, at: datetime) -> dict[str, int]:
    """The digests of those who read in a zone of their own. A day that is over is not made up for.

    Raises NotForAll, after everybody else's.
    """
    if morning.is_over(at):
        return {"digests": 0}
    system = System.objects.current()
    with timezone.override(ZoneInfo(system.time_zone)), speaking(system.words):
        written = write_digests(
            on=morning.on,
            at=at,
            readers=User.objects.wanting_mail().reading_in(morning.zone, system),
            counted_on=timezone.localdate(at),
        )
    send_waiting_digests(on=morning.on, at=at)
    if written.failed:
        raise NotForAll(written.failed)
    return {"digests": written.made}


def _send_what_was_written_since(at: datetime) -> None:
    """Digests written after those of their day had been sent, as when it was run by hand first."""
    if Intervention.objects.mail_stop():
        return
    days = Digest.objects.filter(state=Digest.State.WRITTEN).order_by().values_list("on", flat=True)
    keys = [on.isoformat() for on in days.distinct()]
    sent = Job.objects.filter(kind=SEND_DIGESTS, key__in=keys, state=Job.State.DONE)
    ask_again(jobs=sent, at=at)


def note_tick(*, at: datetime) -> None:
    """The heartbeat: one row a day, with the longest silence of that day in seconds."""
    on = timezone.localdate(at, ZoneInfo(System.objects.current().time_zone))
    before = RoutineRun.objects.heartbeat()
    gap = int((at - before).total_seconds()) if before else 0
    run, made = RoutineRun.objects.get_or_create(
        routine=TICK, on=on, defaults={"finished_at": at, "result": {"longest_gap": gap}}
    )
    if not made:
        run.finished_at = max(at, run.finished_at)
        run.result = {"longest_gap": max(gap, run.result.get("longest_gap", 0))}
        run.save()


def send_waiting_digests(*, on: date, at: datetime) -> Job:
    """Asks for the sending of a day's digests, anew where the day was thought to be done."""
    job = enqueue(kind=SEND_DIGESTS, key=on.isoformat(), at=at)
    if Digest.objects.filter(on=on, state=Digest.State.WRITTEN).exists():
        ask_again(jobs=Job.objects.filter(pk=job.pk), at=at)
    return job


def daily_routine(*, on: date, at: datetime, is_by_hand: bool = False) -> dict[str, int]:
    """Standings up to date, then a digest for whom there is news; sending is a job of its own.

    Whoever reads in a zone of their own gets theirs in their morning, unless all of a day is run
    by hand. Sessions that have ended by themselves are forgotten, with the addresses they came
    from. Raises NotForAll, after all else is done.
    """
    close_for_those_who_left(on=on, at=at)
    system = System.objects.current()
    readers = (
        None if is_by_hand else User.objects.wanting_mail().reading_in(system.time_zone, system)
    )
    with timezone.override(ZoneInfo(system.time_zone)), speaking(system.words):
        standings = _bring_standings_up_to_date(at)
        written = write_digests(on=on, at=at, readers=readers)
        noted = note_everybodys_day(on=on, at=at)
    forget_what_expired(at=at)
    with transaction.atomic():
        RoutineRun.objects.get_or_create(
            routine=DAILY,
            on=on,
            defaults={
                "finished_at": at,
                "result": {"standings": standings, "digests": written.made},
            },
        )
        send_waiting_digests(on=on, at=at)
    if failed := {**noted.failed, **written.failed}:
        raise NotForAll(failed)
    return {"standings": standings, "digests": written.made}


@transaction.atomic
def _bring_standings_up_to_date(at: datetime) -> int:
    """One at a time: a worker and somebody at the command line would both add the same row."""
    used = Series.objects.filter(goal_uses__isnull=False).values("pk")
    locked = Series.objects.filter(pk__in=used).order_by("pk").select_for_update(no_key=True)
    return refresh_standings(series_ids=list(locked.values_list("pk", flat=True)), at=at)


def run_by_hand(*, on: date, clock: Callable[[], datetime]) -> dict[str, int]:
    """All scheduled checks of a day in the foreground. A second run changes and sends nothing.

    Raises NotForAll, after everybody else's mail is sent.
    """
    try:
        outcome = daily_routine(on=on, at=clock(), is_by_hand=True)
    except NotForAll:
        send_digests(on=on, clock=clock)
        raise
    return {**outcome, **send_digests(on=on, clock=clock)}
