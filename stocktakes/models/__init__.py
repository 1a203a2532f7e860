"""Meetings about goals, the packs behind them, and the routines that prepare them."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.roles import Permission
from goals.models import DataImport, Goal, GoalRole
from stocktakes.models.mail import Digest


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    def visible_to(self, user: User) -> Self:
        """Meetings that one chairs or attends, or that one prepares, chairs or has a goal in.

        A pack is one document, read whole. So whoever is not at the meeting sees it only with the
        right to see every goal on its agenda. Board members and local leaders see none: a pack is
        for the meeting. `permissions.can_view_stocktake` says the same.
        """
        agenda = StocktakeGoal.objects.filter(stocktake=OuterRef("pk"))
        at_table = _chaired(user) | Exists(_seats(user).filter(stocktake=OuterRef("pk")))
        sees_all = ~Exists(agenda.exclude(goal__in=Goal.objects.visible_to(user).values("pk")))
        if user.may(Permission.PREPARE_STOCKTAKES) or user.may(Permission.CHAIR_STOCKTAKES):
            return self.filter(at_table | sees_all)
        own = GoalRole.objects.current(user.access.on).filter(person=user).values("goal")
        return self.filter(at_table | (sees_all & Exists(agenda.filter(goal__in=own))))

    def ahead(self, moment: datetime) -> Self:
        """Meetings that were to come at the moment; one that was held since was planned then."""
        return self.exclude(state=Stocktake.State.CANCELLED).filter(starts_at__gte=moment)

    def behind(self, moment: datetime) -> Self:
        return self.filter(Q(state=Stocktake.State.CANCELLED) | Q(starts_at__lt=moment))


def _chaired(user: User, of: str = "") -> Q:
    return Q(**{f"{of}pk__in": []}) if user.is_veiled else Q(**{f"{of}chair": user})


def _seats(user: User) -> "models.QuerySet[StocktakeAttendee]":
    if user.is_veiled:
        return StocktakeAttendee.objects.none()
    return StocktakeAttendee.objects.filter(person=user)


class Stocktake(models.Model):
    """The top routine: the system leader takes stock of some goals with those who lead them."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        CANCELLED = "cancelled", _("cancelled")

    title = models.CharField(_("title"), max_length=120)
    starts_at = models.DateTimeField(_("starts at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=45)
    place = models.CharField(_("place"), max_length=120, blank=True)
    chair = models.ForeignKey(User, models.PROTECT, related_name="stocktakes_chaired")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    state_reason = models.CharField(_("reason"), max_length=300, blank=True)
    goals = models.ManyToManyField(Goal, through="StocktakeGoal", related_name="stocktakes")
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="stocktakes_prepared")

    objects = StocktakeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(state_reason=""),
                name="stocktakes_stocktake_cancelled_with_a_reason",
                violation_error_message=_("Say why the stocktake is cancelled."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("stocktakes:stocktake_detail", args=[self.pk])

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    def is_ahead(self, moment: datetime) -> bool:
        """`Stocktake.objects.ahead(moment)` says the same for many."""
        return self.state != self.State.CANCELLED and self.starts_at >= moment


class StocktakeGoal(models.Model):
    """A goal on the agenda, with up to three questions that the meeting should settle."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="agenda")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="agenda_items")
    rank = models.PositiveSmallIntegerField(_("order"), default=0)
    summary = models.TextField(_("summary of the Unit"), blank=True)
    question_1 = models.CharField(_("first question"), max_length=200, blank=True)
    question_2 = models.CharField(_("second question"), max_length=200, blank=True)
    question_3 = models.CharField(_("third question"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["stocktake", "rank", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stocktake", "goal"], name="stocktakes_stocktakegoal_each_goal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stocktake.title}: {self.goal.code}"

    @property
    def questions(self) -> list[str]:
        return [text for text in (self.question_1, self.question_2, self.question_3) if text]


class StocktakeAttendee(models.Model):
    """Somebody asked to the meeting. The chair is named on the stocktake itself."""

    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="attendees")
    person = models.ForeignKey(User, models.PROTECT, related_name="stocktakes_attended")
    part = models.CharField(_("part"), max_length=80, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar[list[str]] = ["stocktake", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stocktake", "person"], name="stocktakes_stocktakeattendee_each_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stocktake.title}: {self.person.name}"


class PackQuerySet(models.QuerySet["Pack"]):
    def visible_to(self, user: User) -> Self:
        """Packs of visible meetings; those of goals that have left the agenda are asked for, too.

        `permissions.can_read_pack` says the same.
        """
        seat = _chaired(user, "stocktake__") | Exists(
            _seats(user).filter(stocktake=OuterRef("stocktake"))
        )
        inside = Pack.goals.through.objects.filter(pack=OuterRef("pk"))
        seen = Goal.objects.visible_to(user).values("pk")
        return self.filter(
            seat | ~Exists(inside.exclude(goal__in=seen)),
            stocktake__in=Stocktake.objects.visible_to(user).values("pk"),
        )

    def without_files(self) -> Self:
        """For lists: neither the text nor the bytes are loaded."""
        return self.defer("snapshot", "pdf")


class PackDamaged(Exception):
    """What is kept of a pack is not what was issued; the message says which part."""


class Pack(models.Model):
    """The evidence of a stocktake as it stood when it was issued. What it said stays what it said.

    Everything drawn from a pack is drawn from `snapshot` alone; `sha256` is of that very text.
    Issuing again makes the next version and leaves the earlier ones as they are.
    """

    stocktake = models.ForeignKey(Stocktake, models.PROTECT, related_name="packs")
    version = models.PositiveSmallIntegerField(_("version"))
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    change_note = models.CharField(_("what changed"), max_length=300, blank=True)
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    # The goals that the pack is about, which may have left the agenda since.
    goals = models.ManyToManyField(Goal, related_name="packs")

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["stocktake", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stocktake", "version"], name="stocktakes_pack_one_of_each_version"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(change_note=""),
                name="stocktakes_pack_new_version_says_what_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stocktake.title}, pack version {self.version}"

    def get_absolute_url(self) -> str:
        page = reverse("stocktakes:pack_detail", args=[self.stocktake_id])
        return f"{page}?version={self.version}"

    def text(self) -> str:
        """All that the pack says, if it is still what was issued. Raises PackDamaged."""
        if sha256(self.snapshot.encode()).hexdigest() != self.sha256:
            raise PackDamaged(_("%s: the text does not match its fingerprint.") % self)
        return self.snapshot

    def file(self) -> bytes:
        """The PDF that was kept, if it is still what was drawn. Raises PackDamaged."""
        kept = bytes(self.pdf or b"")
        if sha256(kept).hexdigest() != self.pdf_sha256:
            raise PackDamaged(_("%s: the PDF does not match its fingerprint.") % self)
        return kept

    @property
    def fingerprint(self) -> str:
        """The start of the hash, enough to compare by eye."""
        return self.sha256[:12]


class JobQuerySet(models.QuerySet["Job"]):
    def due(self, moment: datetime) -> Self:
        """Waiting jobs, and running ones whose worker has not been heard of in time."""
        waiting = Q(state=Job.State.WAITING, due_at__lte=moment)
        stale = Q(state=Job.State.RUNNING, lease_until__lt=moment)
        return self.filter(waiting | stale).order_by("due_at", "pk")


class Job(models.Model):
    """A piece of background work. The row is the truth; the broker only rings the bell.

    It is written in the transaction that asks for it, queued on commit, taken under a lease, and
    queued again by the tick when the lease ran out. So work must be safe to do twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=40)
    # One job of a kind for each key: a day, a pack. It makes asking twice the same as asking once.
    key = models.CharField(_("key"), max_length=80)
    payload = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created at"))
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(_("error"), blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key"], name="stocktakes_job_one_of_each_key"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                name="stocktakes_job_finished_at_a_moment",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}: {self.state}"

    @property
    def took(self) -> timedelta | None:
        """How long the last attempt lasted, where it ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at

    @property
    def error_kind(self) -> str:
        """What went wrong without its details, which may name people."""
        return self.error.partition(":")[0]


class RoutineRunQuerySet(models.QuerySet["RoutineRun"]):
    def heartbeat(self) -> datetime | None:
        """When a worker last did the tick: that it lives, even where there is nothing to do."""
        ticks = self.filter(routine=RoutineRun.TICK).order_by("-finished_at")
        return ticks.values_list("finished_at", flat=True).first()


class RoutineRun(models.Model):
    """That a routine was finished for a day, and what it did."""

    routine = models.CharField(_("routine"), max_length=40)
    on = models.DateField(_("day"))
    finished_at = models.DateTimeField(_("finished at"))
    result = models.JSONField(default=dict)

    objects = RoutineRunQuerySet.as_manager()

    TICK = "tick"

    class Meta:
        ordering: ClassVar[list[str]] = ["-on", "routine"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["routine", "on"], name="stocktakes_routinerun_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.routine}, {self.on}"


class MailRecord(models.Model):
    """That a mail was handed to the mail server, or refused. Digests have rows of their own.

    What the mail said is not kept: it is between the system and the person.
    """

    class State(models.TextChoices):
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    at = models.DateTimeField(_("at"))
    recipient = models.EmailField(_("to"))
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%M}"


class BackupRecord(models.Model):
    """That a copy of the system was made, or could not be; and when it was last read again."""

    name = models.CharField(_("name"), max_length=60)
    place = models.CharField(_("folder"), max_length=300)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"))
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    error = models.TextField(_("error"), blank=True)
    verified_at = models.DateTimeField(_("read again at"), null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class InterventionQuerySet(models.QuerySet["Intervention"]):
    def mail_stop(self) -> "Intervention | None":
        """What stopped outgoing digests, if they are stopped now."""
        switch = [Intervention.Verb.STOP_MAIL, Intervention.Verb.START_MAIL]
        last = self.filter(verb__in=switch).select_related("by").first()
        return last if last and last.verb == Intervention.Verb.STOP_MAIL else None


class Intervention(models.Model):
    """What an administrator did to the running system. Rows are added and never changed."""

    class Verb(models.TextChoices):
        RUN_JOB = "run_job", _("Ran a job again")
        MAIL_ARRIVED = "mail_arrived", _("Said that a mail arrived")
        MAIL_AGAIN = "mail_again", _("Had a mail sent again")
        STOP_MAIL = "stop_mail", _("Stopped outgoing mail")
        START_MAIL = "start_mail", _("Started outgoing mail")
        RESTORE = "restore", _("Restored a backup")

    at = models.DateTimeField(_("at"))
    # None: the operator at the command line.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(_("what"), max_length=20, choices=Verb)
    subject = models.CharField(_("to what"), max_length=200, blank=True)

    objects = InterventionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}, {self.at:%Y-%m-%d %H:%M}"


class Notification(models.Model):
    """That something on My day is new to a person: one row for each of their things."""

    class Kind(models.TextChoices):
        ON_THE_LIST = "on_the_list"  # a notice that is derived each time it is shown
        PACK = "pack"
        ANSWER = "answer"
        IMPORT = "import"

    person = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, related_name="+")
    stocktake = models.ForeignKey(Stocktake, models.CASCADE, null=True, related_name="+")
    data_import = models.ForeignKey(DataImport, models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["person", "key"], name="stocktakes_notification_one_of_each_key"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.person}: {self.key}"


__all__ = [
    "BackupRecord",
    "Digest",
    "Intervention",
    "Job",
    "MailRecord",
    "Notification",
    "Pack",
    "PackDamaged",
    "RoutineRun",
    "Stocktake",
    "StocktakeAttendee",
    "StocktakeGoal",
]
