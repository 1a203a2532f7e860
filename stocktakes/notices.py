"""What there is to say to one person on one day: the same for the home page and the digest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import F, Max, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendar import WorkingCalendar
from accounts.models import AccountAssignment, User
from accounts.roles import CONSULTING_ROLES, Permission, Role
from accounts.vocabulary import said
from goals import wording
from goals.dashboard import GoalRow, portfolio
from goals.data_age import DataAge, data_age
from goals.models import (
    GoalConsultant,
    GoalIndicator,
    GoalRole,
    Indicator,
    Observation,
    Trajectory,
)
from stocktakes.models import Digest, Job, Pack, Stocktake
from stocktakes.timetable import is_new_reminder, week_of

NEWS_DAYS = 7


class Kind(StrEnum):
    LATE = "late"
    NEW_VALUE = "new_value"
    NO_TRAJECTORY = "no_trajectory"
    TO_APPROVE = "to_approve"
    STOCKTAKE = "stocktake"
    NO_CONSULTANT = "no_consultant"
    MAIL = "mail"
    FAILED_JOB = "failed_job"
    NEWS = "news"  # what came in for the person, and only stands on My day


@dataclass(frozen=True)
class Notice:
    """One thing that a person should know or do. `is_news`: not yet told in an earlier digest."""

    kind: Kind
    key: str
    title: str
    text: str
    url: str
    when: date | None = None
    is_news: bool = True


@dataclass(frozen=True)
class Desk:
    """What was loaded about one person for one day."""

    person: User
    on: date  # the system's day: lateness and working days are counted on it
    since: date | None  # the system's day of the last digest that went out
    told_at: datetime | None  # when that was written
    rows: list[GoalRow]
    led: frozenset[int]
    kept: frozenset[int]
    stewarded: list[tuple[Indicator, DataAge]] = field(default_factory=list)
    meetings: list[Stocktake] = field(default_factory=list)
    zone: ZoneInfo | None = None  # in which moments are told; None: the current one

    def has_told(self, moment: datetime) -> bool:
        """Whether what happened at the moment was in the last digest."""
        if self.since is None or self.told_at is None:
            return False
        return moment <= self.told_at and timezone.localdate(moment) <= self.since

    @property
    def mine(self) -> list[GoalRow]:
        ids = self.led | self.kept
        return [row for row in self.rows if row.goal.pk in ids]


def desk_of(
    *, person: User, on: date, calendar: WorkingCalendar, zone: ZoneInfo | None = None
) -> Desk:
    """Everything about one person's day, in a fixed number of queries."""
    told = Digest.objects.filter(person=person, counted_on__lt=on).gone_out()
    last = told.order_by("-counted_on").first()
    return Desk(
        person=person,
        on=on,
        since=last.counted_on if last else None,
        told_at=last.written_at if last else None,
        rows=portfolio(user=person, on=on),
        led=frozenset(
            GoalRole.objects.current(on).filter(person=person).values_list("goal", flat=True)
        ),
        kept=_kept(person, on),
        stewarded=_stewarded(person, on),
        meetings=_meetings(person, on, calendar.shift(on, 10)),
        zone=zone,
    )


def _kept(person: User, on: date) -> frozenset[int]:
    """Goals that a consultant looks after: by the account of their leader, or by exception."""
    if not person.access.roles & CONSULTING_ROLES:
        return frozenset()
    leaders = person.accounts_kept.current(on).filter(kind="primary").values("goal_leader")
    led = GoalRole.objects.current(on).filter(role="leader", person__in=leaders)
    special = GoalConsultant.objects.current(on).filter(consultant=person)
    return frozenset(led.values_list("goal", flat=True)) | frozenset(
        special.values_list("goal", flat=True)
    )


def _stewarded(person: User, on: date) -> list[tuple[Indicator, DataAge]]:
    indicators = list(Indicator.objects.filter(stewards__in=person.stewardships.current(on)))
    newest = dict(
        Observation.objects.filter(series__indicator__in=indicators)
        .filter(Q(series__goal_uses__isnull=False) | Q(is_derived=False))
        .reported()
        .order_by()
        .values_list("series__indicator")
        .annotate(Max("period_end"))
    )
    return [(each, data_age(each.schedule(), newest.get(each.pk), on)) for each in indicators]


def _meetings(person: User, on: date, until: date) -> list[Stocktake]:
    ahead = Stocktake.objects.visible_to(person).filter(
        state=Stocktake.State.PLANNED, starts_at__date__gte=on, starts_at__date__lte=until
    )
    issued = Prefetch("packs", Pack.objects.visible_to(person).without_files())
    return list(ahead.order_by("starts_at").prefetch_related(issued))


def notices(desk: Desk, *, calendar: WorkingCalendar) -> list[Notice]:
    """What to tell the person, the most pressing first."""
    found = [
        *_late_numbers(desk),
        *_to_approve(desk),
        *_late_goals(desk),
        *_stocktakes(desk, calendar),
        *_new_values(desk),
        *_without_trajectory(desk),
    ]
    return [*found, *_for_those_who_run_it(desk)]


def _late_numbers(desk: Desk) -> Iterator[Notice]:
    """To the steward, from the first day on."""
    for indicator, age in desk.stewarded:
        if age.is_late:
            yield Notice(
                Kind.LATE,
                f"late-{indicator.code}",
                _("Enter %(indicator)s") % {"indicator": indicator.name},
                _("Due %(due)s for the period to %(period)s: %(days)s days late.")
                % {
                    "due": wording.day(age.due) if age.due else "",
                    "period": wording.day(age.next_period_end) if age.next_period_end else "",
                    "days": age.late_days,
                },
                reverse("goals:data_desk"),
                age.due,
                is_new_reminder(age.late_days, desk.since, desk.on),
            )


def _late_goals(desk: Desk) -> Iterator[Notice]:
    """To the consultant after three days, the goal leader after seven, the Unit's after fourteen.

    Never by itself to the system leader.
    """
    leads_unit = Role.DELIVERY_LEADER in desk.person.access.roles
    for row in desk.rows:
        measure = row.measure
        if measure is None or not measure.is_late:
            continue
        days, pk = measure.age.late_days, row.goal.pk
        told = (pk in desk.kept and days >= 3) or (pk in desk.led and days >= 7)
        if told or (leads_unit and days >= 14):
            yield Notice(
                Kind.LATE,
                f"late-goal-{row.goal.code}",
                _("%(code)s waits for its number") % {"code": row.goal.code},
                _("%(indicator)s is %(days)s days late; the last value is of %(day)s.")
                % {
                    "indicator": measure.indicator.name,
                    "days": days,
                    "day": wording.day(measure.on) if measure.on else wording.NONE,
                },
                row.goal.get_absolute_url(),
                measure.age.due,
                is_new_reminder(days, desk.since, desk.on),
            )


def _new_values(desk: Desk) -> Iterator[Notice]:
    """To the goal's people and their consultant on the same day, never one first."""
    after = desk.since or desk.on - timedelta(days=NEWS_DAYS)
    for row in desk.mine:
        measure = row.measure
        if measure is None or measure.observation is None:
            continue
        came_on = timezone.localdate(measure.observation.known_from)
        if after <= came_on <= desk.on and desk.on - came_on <= timedelta(days=NEWS_DAYS):
            yield Notice(
                Kind.NEW_VALUE,
                f"new-{row.goal.code}-{measure.observation.pk}",
                _("%(code)s has a new number") % {"code": row.goal.code},
                measure.words.sentence,
                row.goal.get_absolute_url() + "#progress",
                came_on,
                not desk.has_told(measure.observation.known_from),
            )


def _without_trajectory(desk: Desk) -> Iterator[Notice]:
    """Once a week, on the first digest of it."""
    is_news = desk.since is None or week_of(desk.since) < week_of(desk.on)
    for row in desk.mine:
        if row.measure is not None and row.measure.trajectory is None:
            yield Notice(
                Kind.NO_TRAJECTORY,
                f"path-{row.goal.code}",
                _("%(code)s has no approved trajectory") % {"code": row.goal.code},
                _("Until it has one, nobody can say whether %(title)s is on track.")
                % {"title": row.goal.title},
                row.goal.get_absolute_url() + "#progress",
                None,
                is_news,
            )


def _to_approve(desk: Desk) -> Iterator[Notice]:
    """To whoever approves: trajectories put forward by others, until they are decided on."""
    if not desk.person.may(Permission.APPROVE_TRAJECTORIES):
        return
    goals = {row.goal.pk: row.goal for row in desk.rows if row.goal.pk not in desk.led}
    put_forward = Trajectory.history.filter(
        id=OuterRef("series__trajectories"), state=Trajectory.State.PROPOSED
    ).order_by("history_date")
    waiting = (
        GoalIndicator.objects.filter(
            goal__in=goals, series__trajectories__state=Trajectory.State.PROPOSED
        )
        .annotate(
            path=F("series__trajectories"),
            version=F("series__trajectories__version"),
            moment=Subquery(put_forward.values("history_date")[:1]),
        )
        .select_related("series__indicator")
        .order_by("goal__code", "path")
    )
    for use in waiting:
        code, indicator = goals[use.goal_id].code, use.series.indicator
        yield Notice(
            Kind.TO_APPROVE,
            f"approve-{use.path}",
            _("%(code)s waits for your approval") % {"code": code},
            _("Version %(version)s of the trajectory of %(indicator)s is put forward.")
            % {"version": use.version, "indicator": indicator.name},
            reverse("goals:trajectory_detail", args=[code, indicator.code]),
            timezone.localdate(use.moment) if use.moment else None,
            use.moment is None or not desk.has_told(use.moment),
        )


def _stocktakes(desk: Desk, calendar: WorkingCalendar) -> Iterator[Notice]:
    """Ten working days ahead to prepare, seven to look, three to have the pack issued; and each pack."""
    for meeting in desk.meetings:
        day = timezone.localdate(meeting.starts_at)
        left = calendar.distance(desk.on, day)
        before = calendar.distance(desk.since, day) if desk.since else None
        is_near = before is None or any(left <= step < before for step in (10, 7, 3, 0))
        is_issued = any(not desk.has_told(pack.issued_at) for pack in meeting.packs.all())
        yield Notice(
            Kind.STOCKTAKE,
            f"stocktake-{meeting.pk}",
            _("%(title)s on %(day)s") % {"title": meeting.title, "day": _moment(desk, meeting)},
            _stocktake_text(desk, meeting, left),
            meeting.get_absolute_url(),
            day,
            is_near or is_issued,
        )


def _moment(desk: Desk, meeting: Stocktake) -> str:
    """28 Jul 2026; by mail with the time and its zone, which may be the next day there."""
    if desk.zone is None:
        return wording.day(timezone.localdate(meeting.starts_at))
    local = timezone.localtime(meeting.starts_at, desk.zone)
    return f"{wording.day(local.date())}, {local:%H:%M} ({desk.zone.key})"


def _stocktake_text(desk: Desk, meeting: Stocktake, left: int) -> str:
    issued = bool(meeting.packs.all())
    if issued:
        return _("The pack is issued and waits for you.")
    if desk.person.may(Permission.PREPARE_STOCKTAKES):
        return _("%(days)s working days left. The pack is to be issued three before.") % {
            "days": left
        }
    return _("%(days)s working days left. The pack follows at least three before.") % {"days": left}


def _for_those_who_run_it(desk: Desk) -> Iterator[Notice]:
    roles = desk.person.access.roles
    if Role.DELIVERY_LEADER in roles or Role.ADMINISTRATOR in roles:
        yield from _without_consultant(desk)
    if Role.ADMINISTRATOR in roles:
        yield from _troubled_mail(desk)
        yield from _failed_jobs(desk)


def _without_consultant(desk: Desk) -> Iterator[Notice]:
    """Goal leaders of visible goals who are nobody's account."""
    primary = AccountAssignment.objects.current(desk.on).filter(kind="primary")
    ids = [row.goal.pk for row in desk.rows]
    leaders = User.objects.filter(
        goal_roles__in=GoalRole.objects.current(desk.on).filter(role="leader", goal__in=ids)
    )
    is_news = desk.since is None or week_of(desk.since) < week_of(desk.on)
    for leader in leaders.exclude(pk__in=primary.values("goal_leader")).distinct():
        yield Notice(
            Kind.NO_CONSULTANT,
            f"account-{leader.pk}",
            said(_("%(name)s has no %(consultant)s"), name=leader.name),
            said(_("Every %(goal_leader)s is the account of one member of the Unit. Assign one.")),
            reverse("unit:account_list"),
            None,
            is_news,
        )


def _troubled_mail(desk: Desk) -> Iterator[Notice]:
    """Digests of the last days that may have got lost; told once, then only shown."""
    after = desk.on - timedelta(days=NEWS_DAYS)
    rows = Digest.objects.filter(
        counted_on__gte=after,
        counted_on__lte=desk.on,
        state__in=[Digest.State.UNCERTAIN, Digest.State.FAILED],
    )
    days = list(rows.order_by("counted_on").values_list("counted_on", flat=True))
    if days:
        title = ngettext("%(count)s digest may be lost", "%(count)s digests may be lost", len(days))
        yield Notice(
            Kind.MAIL,
            f"mail-{len(days)}",
            title % {"count": len(days)},
            _(
                "The mail server refused them, or the worker stopped while sending. "
                "They are not sent again by themselves; the list says what happened."
            ),
            reverse("mail"),
            days[-1],
            desk.since is None or days[-1] >= desk.since,
        )


def _failed_jobs(desk: Desk) -> Iterator[Notice]:
    """Work that was given up, until somebody asks for it again."""
    failed = list(
        Job.objects.filter(state=Job.State.FAILED, finished_at__isnull=False)
        .order_by("finished_at")
        .values_list("finished_at", flat=True)
    )
    if failed and failed[-1] is not None:
        title = ngettext(
            "%(count)s background job was given up",
            "%(count)s background jobs were given up",
            len(failed),
        )
        yield Notice(
            Kind.FAILED_JOB,
            f"jobs-{len(failed)}",
            title % {"count": len(failed)},
            _("The list says why. Mend it, then let them run again."),
            reverse("status") + "#h-jobs",
            timezone.localdate(failed[-1]),
            not desk.has_told(failed[-1]),
        )
