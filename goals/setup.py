"""What pages read that set goals and indicators up."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from goals.dictionary import readable_indicators
from goals.models import (
    Aspiration,
    ContentArea,
    Goal,
    GoalIndicator,
    GoalRole,
    Indicator,
    Trajectory,
)

MANY = 10  # priority goals; above it attention is shared too thinly


@dataclass(frozen=True)
class GoalLine:
    goal: Goal
    leader: User | None
    measure: GoalIndicator | None
    has_values: bool
    path: str  # the state of the newest version of its trajectory, or nothing

    @property
    def is_complete(self) -> bool:
        return bool(self.leader and self.measure and self.has_values and self.path == "approved")


@dataclass(frozen=True)
class Reference:
    lines: list[GoalLine]
    areas: QuerySet[ContentArea]
    aspirations: QuerySet[Aspiration]
    indicators: list[Indicator]
    warning: str


@dataclass(frozen=True)
class GoalSetup:
    roles: list[GoalRole]
    uses: list[GoalIndicator]


def reference(*, user: User, on: date) -> Reference:
    return Reference(
        lines=goal_lines(user=user, on=on),
        areas=ContentArea.objects.select_related("chief"),
        aspirations=Aspiration.objects.all(),
        indicators=list(readable_indicators(user).order_by("code").distinct()),
        warning=warning_of_many(user),
    )


def goal_lines(*, user: User, on: date) -> list[GoalLine]:
    """The goals that are not closed, each with what it still lacks; five queries."""
    goals = Goal.objects.visible_to(user).exclude(state=Goal.State.CLOSED)
    rows = list(goals.select_related("area"))
    keys = [row.pk for row in rows]
    leaders = {
        role.goal_id: role.person
        for role in GoalRole.objects.current(on)
        .filter(goal__in=keys, role="leader")
        .select_related("person")
    }
    uses = {
        use.goal_id: use
        for use in GoalIndicator.objects.filter(goal__in=keys, kind="goal").select_related(
            "series__indicator", "series__org_unit", "series__subgroup"
        )
    }
    series = [use.series_id for use in uses.values()]
    valued = set(
        GoalIndicator.objects.filter(
            series__in=series, series__observations__isnull=False
        ).values_list("series", flat=True)
    )
    paths = {
        each.series_id: each.state
        for each in Trajectory.objects.filter(series__in=series).order_by("version")
    }
    return [_line(row, leaders.get(row.pk), uses.get(row.pk), valued, paths) for row in rows]


def _line(
    goal: Goal,
    leader: User | None,
    use: GoalIndicator | None,
    valued: set[int],
    paths: dict[int, str],
) -> GoalLine:
    if use is None:
        return GoalLine(goal, leader, None, has_values=False, path="")
    return GoalLine(goal, leader, use, use.series_id in valued, paths.get(use.series_id, ""))


def goal_setup(*, goal: Goal, on: date) -> GoalSetup:
    roles = goal.roles.overlapping(on, None).select_related("person").order_by("role", "valid_from")
    uses = goal.measures.select_related("series__indicator", "series__org_unit", "series__subgroup")
    return GoalSetup(list(roles), list(uses))


def warning_of_many(user: User) -> str:
    """A gentle word where there are more goals than a system can keep in view."""
    goals = Goal.objects.visible_to(user).exclude(state=Goal.State.CLOSED).count()
    if goals < MANY:
        return ""
    return _(
        "There are already %(count)s goals. One more is possible; consider which one it would"
        " replace, because attention is what makes them move."
    ) % {"count": goals}
