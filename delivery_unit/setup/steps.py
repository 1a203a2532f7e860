"""From nothing to a first stocktake: what is done, read from the data and kept nowhere else."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    RoleAssignment,
    System,
    Term,
    User,
)
from accounts.roles import CONSULTING_ROLES, Role
from accounts.vocabulary import said, word
from goals.setup import GoalLine, goal_lines
from stocktakes.models import Stocktake

NAMES = (
    "system", "calendar", "words", "units", "people", "goals", "indicators", "accounts", "data",
    "trajectories", "stocktake",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    name: str
    title: str
    why: str
    is_done: bool
    said: str  # what is there, in a few words
    is_optional: bool = False

    @property
    def url(self) -> str:
        return reverse("start_step", args=[self.name])


@dataclass(frozen=True)
class Progress:
    steps: list[Step]
    lines: list[GoalLine]
    missing_accounts: list[User]

    @property
    def following(self) -> Step | None:
        """The first step that is neither done nor optional."""
        return next(
            (each for each in self.steps if not each.is_done and not each.is_optional), None
        )

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.steps)

    @property
    def is_complete(self) -> bool:
        return self.following is None

    @property
    def is_working(self) -> bool:
        """A first stocktake is planned: from here on routines remind, not the steps."""
        return self.step("stocktake").is_done

    def step(self, name: str) -> Step:
        return next(each for each in self.steps if each.name == name)

    def around(self, name: str) -> tuple[Step | None, Step | None]:
        """The steps before and after, in the order of the list."""
        here = NAMES.index(name)
        before = self.steps[here - 1] if here else None
        return before, self.steps[here + 1] if here + 1 < len(NAMES) else None


def progress(*, user: User, system: System, on: date) -> Progress:
    """In a fixed number of queries, however many goals and people there are."""
    lines = goal_lines(user=user, on=on)
    without = _without_consultant(lines, on)
    return Progress(
        [
            *_about_the_system(system),
            _units(),
            _people(on),
            *_about_goals(lines),
            _accounts(lines, without),
            *_about_numbers(lines),
            _stocktake(),
        ],
        lines,
        without,
    )


def _about_the_system(system: System) -> list[Step]:
    days, terms = Holiday.objects.count(), Term.objects.count()
    said = _("%(days)s holidays, %(terms)s terms") % {"days": days, "terms": terms}
    return [
        Step(
            "system",
            _("Name the organisation, its clock and its week"),
            _("Due dates, days of meetings and the hour of the daily mail follow from them."),
            system.is_set_up,
            system.name if system.is_set_up else _("not named yet"),
        ),
        Step(
            "calendar",
            _("Write down holidays and terms"),
            _("On holidays nobody is reminded, and working days are counted without them."),
            bool(days),
            said if days or terms else _("none yet"),
            is_optional=True,
        ),
        Step(
            "words",
            _("Use your own words"),
            _("People recognise their own titles. Where you say nothing, ours stand."),
            bool(system.words),
            _("%s of your own") % len(system.words) if system.words else _("ours, as they are"),
            is_optional=True,
        ),
    ]


def _units() -> Step:
    parts = OrgUnit.objects.exclude(parent=None).count()
    return Step(
        "units",
        _("Enter the parts of the organisation"),
        _(
            "Offices, districts, campuses: people work in them and numbers belong to them. A list of"
            " people that names them needs them first; a small organisation may do without."
        ),
        bool(parts),
        ngettext("%(n)s part", "%(n)s parts", parts) % {"n": parts}
        if parts
        else _("only the whole so far"),
        is_optional=True,
    )


def missing_roles(on: date) -> list[Role]:
    """Of the roles without which nothing can begin, those that nobody holds."""
    held = set(RoleAssignment.objects.current(on).values_list("role", flat=True))
    wanted = {
        Role.SYSTEM_LEADER: Role.SYSTEM_LEADER in held,
        Role.DELIVERY_LEADER: Role.DELIVERY_LEADER in held,
        Role.CONSULTANT: bool(held & CONSULTING_ROLES),
        Role.GOAL_LEADER: Role.GOAL_LEADER in held,
    }
    return [role for role, is_here in wanted.items() if not is_here]


def _people(on: date) -> Step:
    missing = missing_roles(on)
    told = (
        _("still missing: %s") % ", ".join(word(role) for role in missing)
        if missing
        else _("%s people") % User.objects.with_login().count()
    )
    return Step(
        "people",
        _("Name the people who run it"),
        said(
            _(
                "Somebody who heads the organisation, somebody who heads the Unit and has the ear"
                " of the first, one who looks after %(goal_leader_plural)s, and these. One person"
                " may be several of these; nobody is both in the Unit and on a goal that it looks"
                " after."
            )
        ),
        not missing,
        told,
    )


def _about_goals(lines: list[GoalLine]) -> list[Step]:
    led = [line for line in lines if line.leader]
    measured = [line for line in lines if line.measure]
    return [
        Step(
            "goals",
            _("Choose one to three goals"),
            _(
                "Few enough to be remembered, outcomes and not activities, each with one person who"
                " answers for it. More can follow once the first ones are followed."
            ),
            bool(lines) and len(led) == len(lines),
            _("%(goals)s goals, %(led)s with a leader") % {"goals": len(lines), "led": len(led)},
        ),
        Step(
            "indicators",
            _("Say what each goal is measured by"),
            _(
                "One number that would be different if the goal were reached; how often it comes"
                " and how long after, so that late can be told from behind."
            ),
            bool(lines) and len(measured) == len(lines),
            _of(len(measured), len(lines)),
        ),
    ]


def _of(some: int, total: int) -> str:
    return _("%(some)s of %(all)s goals") % {"some": some, "all": total}


def _without_consultant(lines: list[GoalLine], on: date) -> list[User]:
    leaders = {line.leader.pk: line.leader for line in lines if line.leader}
    kept = AccountAssignment.objects.current(on).filter(
        kind="primary", goal_leader__in=list(leaders)
    )
    served = set(kept.values_list("goal_leader", flat=True))
    return [person for key, person in leaders.items() if key not in served]


def _accounts(lines: list[GoalLine], without: list[User]) -> Step:
    leaders = {line.leader.pk for line in lines if line.leader}
    return Step(
        "accounts",
        said(_("Give every %(goal_leader)s %(a_consultant)s")),
        _("One person of the Unit to turn to, who prepares the stocktakes of these goals."),
        bool(leaders) and not without,
        said(
            _("%(some)s of %(all)s %(goal_leader_plural)s"),
            some=len(leaders) - len(without),
            all=len(leaders),
        ),
    )


def _about_numbers(lines: list[GoalLine]) -> list[Step]:
    valued = [line for line in lines if line.has_values]
    drawn = [line for line in lines if line.path == "approved"]
    return [
        Step(
            "data",
            _("Bring in the first numbers"),
            _(
                "The history shows what has been usual, and one dated value is the baseline. Each"
                " file is read on trial first."
            ),
            bool(lines) and len(valued) == len(lines),
            _of(len(valued), len(lines)),
        ),
        Step(
            "trajectories",
            _("Draw the trajectories"),
            _(
                "From the baseline to a target with its date: only then can anybody say whether a"
                " value is ahead or behind. The goal's own people draft it, its leader submits it,"
                " the head of the Unit approves it."
            ),
            bool(lines) and len(drawn) == len(lines),
            _of(len(drawn), len(lines)),
        ),
    ]


def _stocktake() -> Step:
    planned = Stocktake.objects.exclude(state=Stocktake.State.CANCELLED).count()
    return Step(
        "stocktake",
        _("Plan the first stocktake"),
        _(
            "A date in the diary of the head of the organisation turns a list of goals into a"
            " routine. The Unit plans it and prepares the pack."
        ),
        bool(planned),
        _("%s planned") % planned if planned else _("none planned yet"),
    )
