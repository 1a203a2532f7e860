"""Where the goals stand, as one person may see it: the read model behind every page of goals.

Each function asks the database a fixed number of questions, however many goals there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from accounts.as_at import AsAt
from accounts.models import AccountAssignment, OrgUnit, Position, User
from accounts.roles import Permission
from goals.glances import Glance, glances
from goals.loading import Time, load
from goals.measures import Measure, Place, View, measure
from goals.models import (
    Answer,
    Aspiration,
    ContentArea,
    Goal,
    GoalConsultant,
    GoalIndicator,
    GoalRole,
    Series,
)
from goals.permissions import is_on_goal_team


@dataclass(frozen=True)
class GoalRow:
    """A priority goal on a list: who leads it, and how its goal indicator stands."""

    goal: Goal
    area: ContentArea
    leader: User | None
    measure: Measure | Glance | None  # None: no goal indicator has been chosen yet


@dataclass(frozen=True)
class AspirationRow:
    aspiration: Aspiration
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Question:
    """One of the five questions, with the newest answer that somebody wrote."""

    number: int
    anchor: str
    text: str
    answer: Answer | None
    may_answer: bool
    is_shown: bool  # readers from outside see the aim and the plan, not the working answers


@dataclass(frozen=True)
class People:
    leader: User | None
    team: tuple[User, ...]
    consultant: User | None
    consultant_reason: str  # why this goal has a consultant of its own


@dataclass(frozen=True)
class GoalView:
    """A goal with all that its page shows."""

    row: GoalRow
    view: View
    people: People
    measure: Measure | None  # the goal indicator, whole
    measures: tuple[Measure, ...]  # all others, in their order
    questions: tuple[Question, ...]

    @property
    def goal(self) -> Goal:
        return self.row.goal


ANCHORS = ("aim", "plan", "progress", "response", "help")
USED_SERIES = tuple(f"used__series__{name}" for name in ("indicator", "org_unit", "subgroup"))
OUTSIDE_ANCHORS = frozenset({"aim", "plan"})


def portfolio(*, user: User, on: date, known_at: datetime | None = None) -> list[GoalRow]:
    """The live priority goals that the user may see, in their order. At most eight queries.

    Two for most readers; board members and local leaders read other numbers than the standings of
    whole series, and need some more. With `known_at` numbers, paths and leaders are those of the
    day `on` as known at that moment; what one may see, and names and titles, are today's.
    """
    rows = _with_people(Goal.objects.visible_to(user).active(), on).annotate(
        used=FilteredRelation("measures", condition=Q(measures__kind="goal")),
        used_series=F("used__series"),
        is_mine=_is_on_team(user, user.access.on),
    )
    reads_own_units = bool(user.access.org_unit_ids) or reading(user) is View.LOCAL
    goals = _unique(rows.select_related(*USED_SERIES) if reads_own_units else rows)
    views = {goal.pk: view_of(user, goal, is_mine=goal.is_mine) for goal in goals}
    time = Time(on, known_at)
    shown = _shown(goals, views, user, time, are_loaded=reads_own_units)
    return [
        GoalRow(
            goal=goal,
            area=_titled_area(goal),
            leader=_titled_leader(goal),
            measure=shown.get(goal.pk),
        )
        for goal in goals
    ]


def _shown(
    goals: list[Any], views: dict[int, View], user: User, time: Time, *, are_loaded: bool
) -> dict[int, Measure | Glance]:
    """The goal indicator of each goal: at a glance where a standing says it, else worked out."""
    used = {goal.pk: goal.used_series for goal in goals if goal.used_series}
    found: dict[int, Measure | Glance] = {}
    for view in (View.WHOLE, View.FINAL):
        mine = {goal: series for goal, series in used.items() if views[goal] is view}
        ids = set(mine.values())
        seen = glances(ids, view=view, on=time.on, known_at=time.known_at) if ids else {}
        found |= {goal: seen[series] for goal, series in mine.items() if series in seen}
    rest = [goal for goal in goals if goal.pk in used and goal.pk not in found]
    places = _loaded_places(rest) if are_loaded else _places(rest)
    places = _localised(places, views, user)
    # None of them has a standing, and a list says no result of a target.
    rows = load(places.values(), views=(), time=time, judges_targets=False)
    worked_out = {
        pk: measure(place, rows, view=views[pk], on=time.on) for pk, place in places.items()
    }
    return found | worked_out


def _loaded_places(goals: list[Any]) -> dict[int, Place]:
    return {goal.pk: Place.of(goal.used.series) for goal in goals}


def _places(goals: list[Any]) -> dict[int, Place]:
    if not goals:
        return {}
    uses = GoalIndicator.objects.filter(goal__in=goals, kind=GoalIndicator.Kind.GOAL)
    return {use.goal_id: Place.of(use.series) for use in _uses(uses)}


def goal_list(*, user: User, as_at: AsAt, asked: str = "") -> list[GoalRow]:
    """All goals that the user may see, in any state, without their numbers. One query.

    One more for an earlier day: then each has its leader and state of that day.
    """
    goals = Goal.objects.visible_to(user)
    if asked:
        goals = goals.filter(
            Q(title__icontains=asked) | Q(code__iexact=asked) | Q(area__name__icontains=asked)
        )
    rows = [
        GoalRow(goal, _titled_area(goal), _titled_leader(goal), None)
        for goal in _unique(_with_people(goals, as_at.on))
    ]
    return rows if as_at.known_at is None else _as_known(rows, as_at.known_at)


def _as_known(rows: list[GoalRow], moment: datetime) -> list[GoalRow]:
    """A goal that was written down later counts from its first leader."""
    states = Goal.states_at(moment)
    for row in rows:
        row.goal.state = states.get(row.goal.pk, row.goal.state)
    return [row for row in rows if row.goal.pk in states or row.leader is not None]


def aspirations(*, user: User) -> list[AspirationRow]:
    """What the system wants to be true, with the goals that carry it. Two queries."""
    carrying = Prefetch(
        "goals", Goal.objects.visible_to(user).active().select_related("area"), to_attr="carried"
    )
    found: list[Any] = list(Aspiration.objects.prefetch_related(carrying))
    return [AspirationRow(each, tuple(each.carried)) for each in found]


def find_goal(*, user: User, code: str) -> tuple[Goal, list[GoalIndicator]]:
    """A goal that the user may see, and what measures it: one query for both, if anything does.

    Raises Goal.DoesNotExist.
    """
    visible = Goal.objects.visible_to(user).filter(code=code)
    uses = list(_uses(GoalIndicator.objects.filter(goal__in=visible)))
    goal = uses[0].goal if uses else visible.select_related("area", "aspiration").get()
    return goal, uses


def _uses(measures: QuerySet[GoalIndicator]) -> QuerySet[GoalIndicator]:
    return measures.select_related(
        "goal__area",
        "goal__aspiration",
        "series__indicator",
        "series__org_unit",
        "series__subgroup",
    ).order_by("rank", "pk")


def goal_view(
    *,
    goal: Goal,
    user: User,
    on: date,
    known_at: datetime | None = None,
    uses: Sequence[GoalIndicator] | None = None,
) -> GoalView:
    """Everything the page of one goal shows; `uses` where they are loaded. At most nine queries.

    With `known_at` as known at that moment (see portfolio), and one query more.
    """
    time = Time(on, known_at)
    people, is_mine = _people(goal, user, on)
    if known_at:
        is_mine = is_on_goal_team(user, goal)
    view = view_of(user, goal, is_mine=is_mine)
    found = _uses(goal.measures.all()) if uses is None else uses
    places = {use.pk: Place.of(use.series, use.kind) for use in found}
    places = _localised(places, dict.fromkeys(places, view), user)
    rows = load(places.values(), views=[view], time=time)
    made = [measure(place, rows, view=view, on=on) for place in places.values()]
    main = [each for each in made if each.kind == GoalIndicator.Kind.GOAL]
    return GoalView(
        row=GoalRow(goal, goal.area, people.leader, None),
        view=view,
        people=people,
        measure=main[0] if main else None,
        measures=tuple(each for each in made if each.kind != GoalIndicator.Kind.GOAL),
        questions=_questions(goal, user, time, view=view, people=people, is_mine=is_mine),
    )


def series_view(
    *, series: Series, on: date, view: View = View.WHOLE, known_at: datetime | None = None
) -> Measure:
    """One series by itself, for the page of its indicator. At most five queries."""
    place = Place.of(series)
    rows = load([place], views=[view], time=Time(on, known_at))
    return measure(place, rows, view=view, on=on)


# --- whose numbers --------------------------------------------------------------------------------


def reading(user: User) -> View:
    """How the user reads numbers, where no goal says otherwise."""
    if user.may(Permission.SEE_ALL_GOALS) or user.may(Permission.SEE_CONFIDENTIAL_GOALS):
        return View.WHOLE
    return View.FINAL if user.may(Permission.SEE_BOARD_GOALS) else View.LOCAL


def view_of(user: User, goal: Goal, *, is_mine: bool) -> View:
    """A goal's own people read it whole, whatever else they are."""
    if is_mine:
        return View.WHOLE
    view = reading(user)
    if view is View.FINAL and not goal.is_for_board:
        return View.LOCAL
    return view


def _localised(places: dict[int, Place], views: dict[int, View], user: User) -> dict[int, Place]:
    """The same measures at the reader's own unit, for those who may read no other number."""
    local = {key: place for key, place in places.items() if views[key] is View.LOCAL}
    if not local:
        return places
    indicators = {place.indicator.pk for place in local.values()}
    lines = FilteredRelation("series", condition=Q(series__indicator__in=indicators))
    units = OrgUnit.objects.filter(pk__in=user.access.org_unit_ids).annotate(line=lines)
    found: dict[tuple[int, int], Series] = {}
    home = None
    for home in units.select_related("line").order_by("-code"):  # the first of several counts
        if series := getattr(home, "line", None):
            found[series.indicator_id, series.subgroup_id] = series
    return places | {key: _at_home(place, found, home) for key, place in local.items()}


def _at_home(place: Place, found: dict[tuple[int, int], Series], unit: OrgUnit | None) -> Place:
    series = found.get((place.indicator.pk, place.subgroup.pk))
    home = series.org_unit if series else unit or place.org_unit
    if series:
        series.indicator = place.indicator  # loaded once, with its definitions
    return Place(place.kind, place.indicator, home, place.subgroup, series)


# --- people and answers ---------------------------------------------------------------------------


def _holds(relation: str, on: date) -> Q:
    """The row of a dated relation that holds on the day."""
    open_ended = Q(**{f"{relation}__valid_to__isnull": True})
    still = Q(**{f"{relation}__valid_to__gte": on})
    return (open_ended | still) & Q(**{f"{relation}__valid_from__lte": on})


def _title(person: str, on: date) -> Coalesce:
    held = Position.objects.current(on).filter(person=OuterRef(person)).order_by("-valid_from")
    return Coalesce(Subquery(held.values("title")[:1]), Value(""))


def _is_on_team(user: User, on: date) -> Exists:
    return Exists(GoalRole.objects.current(on).filter(goal=OuterRef("pk"), person=user))


def _with_people(goals: QuerySet[Goal], on: date) -> QuerySet[Any]:
    """Each goal with its area, the chief of the area, and its leader of the day, in one query."""
    led: QuerySet[Any] = goals.annotate(
        led_by=FilteredRelation(
            "roles", condition=_holds("roles", on) & Q(roles__role=GoalRole.Role.LEADER)
        ),
        leader_title=_title("led_by__person", on),
        chief_title=_title("area__chief", on),
    )
    return led.select_related("area__chief", "led_by__person")


def _unique(goals: QuerySet[Goal]) -> list[Any]:
    """Each goal once, should two leaders overlap on a day."""
    return list({goal.pk: goal for goal in goals}.values())


def _titled_leader(goal: Any) -> User | None:
    role = getattr(goal, "led_by", None)
    if role is None:
        return None
    role.person.title = goal.leader_title
    leader: User = role.person
    return leader


def _titled_area(goal: Any) -> ContentArea:
    area: ContentArea = goal.area
    if area.chief:
        area.chief.title = goal.chief_title
    return area


def _people(goal: Goal, user: User, on: date) -> tuple[People, bool]:
    """Leader, team and consultant in one query; and whether the user is one of the goal's own."""
    roles = GoalRole.objects.current(on).filter(goal=goal)
    leading = roles.filter(role=GoalRole.Role.LEADER)
    special = GoalConsultant.objects.current(on).filter(goal=goal, consultant=OuterRef("pk"))
    accounts = AccountAssignment.objects.current(on).filter(
        goal_leader__in=leading.values("person"), kind="primary", consultant=OuterRef("pk")
    )
    found = list(
        User.objects.with_title(on)
        .annotate(
            leads=Exists(leading.filter(person=OuterRef("pk"))),
            is_on_team=Exists(roles.filter(person=OuterRef("pk"))),
            special_reason=Subquery(special.values("reason")[:1]),
            keeps_account=Exists(accounts),
        )
        .filter(Q(is_on_team=True) | Q(special_reason__isnull=False) | Q(keeps_account=True))
        .order_by("name")
    )
    special_one = next((person for person in found if person.special_reason), None)
    keeper = next((person for person in found if person.keeps_account), None)
    people = People(
        leader=next((person for person in found if person.leads), None),
        team=tuple(person for person in found if person.is_on_team and not person.leads),
        consultant=special_one or keeper,
        consultant_reason=special_one.special_reason if special_one else "",
    )
    return people, any(person.pk == user.pk and person.is_on_team for person in found)


def _questions(
    goal: Goal, user: User, time: Time, *, view: View, people: People, is_mine: bool
) -> tuple[Question, ...]:
    written = time.of(goal.answers.all()).select_related("written_by")
    newest = {row.question: row for row in written}
    is_consultant = people.consultant is not None and people.consultant.pk == user.pk
    may_help = is_consultant or user.may(Permission.APPROVE_TRAJECTORIES)
    return tuple(
        Question(
            number=number,
            anchor=anchor,
            text=str(Answer.Question(number).label),
            answer=newest.get(number) if view is View.WHOLE or anchor in OUTSIDE_ANCHORS else None,
            may_answer=not time.known_at and (may_help if anchor == "help" else is_mine),
            is_shown=view is View.WHOLE or anchor in OUTSIDE_ANCHORS,
        )
        for number, anchor in enumerate(ANCHORS, start=1)
    )


__all__ = [
    "AspirationRow",
    "GoalRow",
    "GoalView",
    "Measure",
    "People",
    "Question",
    "Time",
    "View",
    "aspirations",
    "find_goal",
    "goal_list",
    "goal_view",
    "portfolio",
    "reading",
    "series_view",
]
