"""What a stocktake is about, read from the data as they are now: for its page and for a new pack.

A pack is the same for everybody at the meeting, so nothing here depends on who looks. The number
of questions to the database is fixed, however many goals are on the agenda.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountAssignment, System, User
from accounts.vocabulary import word
from goals import measures as reading
from goals import wording
from goals.loading import Time, load
from goals.models import Answer, GoalConsultant, GoalIndicator, GoalRole, Observation
from goals.picture import Row
from stocktakes import snapshot
from stocktakes.models import Stocktake, StocktakeGoal


@dataclass(frozen=True)
class Draft:
    """What a pack would say if it were issued now."""

    meeting: snapshot.Meeting
    goals: tuple[snapshot.Goal, ...]
    headline: str


def draft(*, stocktake: Stocktake, system: System, on: date) -> Draft:
    """The numbers, words and people of a stocktake on a day. About fifteen queries."""
    agenda = list(stocktake.agenda.select_related("goal__area"))
    attendees = [row.person_id for row in stocktake.attendees.all()]
    roles = _leaders(agenda, on)
    keepers = _consultants(agenda, roles, on)
    at_table = [stocktake.chair_id, stocktake.prepared_by_id, *attendees]
    people = _people({*at_table, *roles.values(), *keepers.values()}, on)
    measured = _measured(agenda, on)
    answers = _answers(agenda)
    goals = tuple(
        _goal(
            item,
            leader=people.get(roles.get(item.goal_id, 0)),
            consultant=people.get(keepers.get(item.goal_id, 0)),
            measures=measured[item.goal_id],
            answers=answers[item.goal_id],
        )
        for item in agenda
    )
    main = [
        each for made in measured.values() for each in made if each.kind == GoalIndicator.Kind.GOAL
    ]
    return Draft(
        meeting=_meeting(stocktake, system, people, attendees),
        goals=goals,
        headline=wording.headline(
            goals=len(goals),
            close=sum(each.is_close for each in main),
            measured=sum(each.has_band for each in main),
            late_sets=sum(each.is_late for each in main),
        ),
    )


def pack_of(
    *, made: Draft, version: int, by: snapshot.Person, at: datetime, change_note: str = ""
) -> snapshot.Pack:
    bands = tuple((code, wording.band(code)) for code in ("G", "AG", "AR", "R"))
    return snapshot.Pack(
        meeting=made.meeting,
        goals=made.goals,
        headline=made.headline,
        version=version,
        issued_at=at,
        issued_by=by,
        change_note=change_note,
        bands=bands,
        terms=tuple((code, word(code)) for code in snapshot.TERMS),
    )


def person(user: User) -> snapshot.Person:
    return snapshot.Person(user.name, getattr(user, "title", ""))


# --- people ---------------------------------------------------------------------------------------


def _leaders(agenda: Sequence[StocktakeGoal], on: date) -> dict[int, int]:
    roles = GoalRole.objects.current(on).filter(
        goal__in=[item.goal_id for item in agenda], role=GoalRole.Role.LEADER
    )
    return {row.goal_id: row.person_id for row in roles.order_by("valid_from")}


def _consultants(
    agenda: Sequence[StocktakeGoal], leaders: dict[int, int], on: date
) -> dict[int, int]:
    """Of each goal: its own by exception, else the primary one of its leader."""
    special = GoalConsultant.objects.current(on).filter(goal__in=[item.goal_id for item in agenda])
    own = {row.goal_id: row.consultant_id for row in special.order_by("valid_from")}
    accounts = AccountAssignment.objects.current(on).filter(
        goal_leader__in=set(leaders.values()), kind=AccountAssignment.Kind.PRIMARY
    )
    keepers = {row.goal_leader_id: row.consultant_id for row in accounts}
    inherited = {goal: keepers[leader] for goal, leader in leaders.items() if leader in keepers}
    return inherited | own


def _people(ids: Iterable[int], on: date) -> dict[int, snapshot.Person]:
    return {user.pk: person(user) for user in User.objects.with_title(on).filter(pk__in=ids)}


def _meeting(
    stocktake: Stocktake, system: System, people: dict[int, snapshot.Person], attendees: list[int]
) -> snapshot.Meeting:
    return snapshot.Meeting(
        system=system.name,
        time_zone=system.time_zone,
        title=stocktake.title,
        starts_at=stocktake.starts_at,
        minutes=stocktake.minutes,
        place=stocktake.place,
        chair=people[stocktake.chair_id],
        prepared_by=people[stocktake.prepared_by_id],
        attendees=tuple(sorted((people[pk] for pk in attendees), key=lambda each: each.name)),
    )


# --- goals ----------------------------------------------------------------------------------------


def _goal(
    item: StocktakeGoal,
    *,
    leader: snapshot.Person | None,
    consultant: snapshot.Person | None,
    measures: Sequence["Measured"],
    answers: dict[int, Answer],
) -> snapshot.Goal:
    main = [each for each in measures if each.kind == GoalIndicator.Kind.GOAL]
    return snapshot.Goal(
        code=item.goal.code,
        title=item.goal.title,
        aim=item.goal.aim,
        area=item.goal.area.name,
        leader=leader,
        consultant=consultant,
        summary=item.summary.strip(),
        questions=tuple(item.questions),
        answers=tuple(_answer(number, label, answers) for number, label in Answer.Question.choices),
        measure=main[0].frozen if main else None,
        others=tuple(each.frozen for each in measures if each.kind != GoalIndicator.Kind.GOAL),
    )


def _answers(agenda: Sequence[StocktakeGoal]) -> dict[int, dict[int, Answer]]:
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    rows = Answer.objects.filter(goal__in=[item.goal_id for item in agenda]).current()
    for row in rows.select_related("written_by"):
        found[row.goal_id][row.question] = row
    return found


def _answer(number: int, label: object, answers: dict[int, Answer]) -> snapshot.Answer:
    row = answers.get(number)
    if row is None:
        return snapshot.Answer(number, str(label))
    return snapshot.Answer(number, str(label), row.text, row.written_by.name, row.written_at)


# --- numbers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """A measure as it was read, and as a pack keeps it."""

    live: reading.Measure
    frozen: snapshot.Measure

    @property
    def kind(self) -> str:
        return self.live.kind

    @property
    def is_close(self) -> bool:
        return self.live.is_close

    @property
    def has_band(self) -> bool:
        return self.live.has_band

    @property
    def is_late(self) -> bool:
        return self.live.is_late


def _measured(agenda: Sequence[StocktakeGoal], on: date) -> dict[int, list[Measured]]:
    """Every indicator of every goal, whole: provisional values are shown to a meeting."""
    uses = list(
        GoalIndicator.objects.filter(goal__in=[item.goal_id for item in agenda])
        .select_related("series__indicator", "series__org_unit", "series__subgroup")
        .order_by("rank", "pk")
    )
    places = {use.pk: reading.Place.of(use.series, use.kind) for use in uses}
    view = reading.View.WHOLE
    rows = load(places.values(), views=[view], time=Time(on))
    replaced = _replaced({use.series_id for use in uses})
    found: dict[int, list[Measured]] = defaultdict(list)
    for use in uses:
        live = reading.measure(places[use.pk], rows, view=view, on=on)
        found[use.goal_id].append(Measured(live, _measure(live, replaced)))
    return found


Replaced = dict[tuple[int, date, int], Observation]


def _replaced(series: set[int]) -> Replaced:
    """The revisions that were revised, so that a pack can say from what."""
    current = Observation.objects.filter(series__in=series).current().values("pk")
    rows = Observation.objects.filter(series__in=series).exclude(pk__in=current)
    return {(row.series_id, row.period_end, row.revision): row for row in rows}


# Of the reasons of a measure: the comparison has steps of its own, and the age goes on by waiting.
TOLD_ELSEWHERE = frozenset({"comparison", "age"})


def _measure(live: reading.Measure, replaced: Replaced) -> snapshot.Measure:
    indicator, newest, words = live.indicator, live.observation, live.words
    return snapshot.Measure(
        kind=str(GoalIndicator.Kind(live.kind).label),
        code=indicator.code,
        name=indicator.name,
        org_unit=live.org_unit.name,
        subgroup="" if live.subgroup.code == "all" else live.subgroup.name,
        unit=wording.unit_word(live.scale),
        decimals=indicator.decimals,
        direction=str(indicator.get_direction_display()),
        frequency=str(indicator.get_frequency_display()),
        definition=_definition(live),
        source=(newest.source if newest else "") or indicator.source,
        numbers=tuple(_number(live, row, replaced) for row in live.points),
        path=_path(live),
        outcome=_outcome(live),
        words=snapshot.Words(
            latest=words.latest,
            latest_on=words.latest_on,
            status=words.status,
            expected=words.expected,
            variance=words.variance,
            variance_at=words.variance_at,
            tolerance=words.tolerance,
            target=words.target,
            target_on=words.target_on,
            band=words.band,
            movement=words.movement_since,
            on_track=words.on_track,
            sentence=words.sentence,
            source_line=words.source_line,
            worked_out=tuple(words.worked_out),
            forecast=words.forecast,
            forecast_note=words.forecast_note,
            result=words.result,
            findings=tuple(
                snapshot.Finding(each.title, each.words, each.steps)
                for each in live.reasons
                if each.key not in TOLD_ELSEWHERE
            ),
        ),
        age=snapshot.Age(words.age, words.late, words.next_due),
        chart=live.chart,
    )


def _definition(live: reading.Measure) -> str:
    """The text in force for the newest value, else what the indicator measures."""
    number = live.observation.definition_number(live.definitions) if live.observation else None
    texts = {row.number: row.text for row in live.indicator.definitions.all()}
    return texts.get(number or 0) or live.indicator.description


def _number(live: reading.Measure, row: Row, replaced: Replaced) -> snapshot.Number:
    scale, seen = live.scale, row.observation
    if seen is None:
        return snapshot.Number(
            on=row.on,
            value=None,
            expected=row.expected,
            variance=None,
            text=wording.NONE,
            expected_text=wording.level(row.expected, scale),
            variance_text="",
            status=_("target") if row.is_target else "",
            is_target=row.is_target,
        )
    return snapshot.Number(
        on=row.on,
        value=seen.number,
        expected=row.expected,
        variance=row.variance,
        text=wording.level(seen.number, scale),
        expected_text="" if row.expected is None else wording.level(row.expected, scale),
        variance_text=_variance(row, scale),
        status=_status(live, seen, replaced),
        period_start=seen.period_start,
        source=seen.source,
        published_on=seen.published_on,
        revision=seen.revision,
        known_from=seen.known_from,
        definition=seen.definition_number(live.definitions),
        numerator=seen.numerator,
        denominator=seen.denominator,
        is_comparable=row.is_comparable,
        is_target=row.is_target,
    )


def _variance(row: Row, scale: wording.Scale) -> str:
    if row.is_baseline:
        return _("baseline")
    return wording.gap(row.variance, scale)


def _status(live: reading.Measure, seen: Observation, replaced: Replaced) -> str:
    """Final, revised 4 Nov 2025 from 56.8%; or why there is no value."""
    if seen.value is None or seen.status == Observation.Status.WITHDRAWN:
        return str(seen.get_missing_reason_display() or seen.get_status_display())
    words = str(seen.get_status_display())
    before = replaced.get((seen.series_id, seen.period_end, seen.revision - 1))
    if before is None or before.number is None or before.number == seen.number:
        return words
    changed = _("revised %(day)s from %(before)s") % {
        "day": wording.day(timezone.localdate(seen.known_from)),
        "before": wording.level(before.number, live.scale),
    }
    return changed if seen.status == Observation.Status.REVISED else f"{words}, {changed}"


def _path(live: reading.Measure) -> snapshot.Path | None:
    row, path = live.trajectory, live.path
    if row is None or path is None:
        return None
    return snapshot.Path(
        version=row.version,
        approved_on=row.approved_on,
        method=str(row.get_method_display()),
        time_axis=str(row.get_time_axis_display()),
        baseline=(path.first.on, path.first.value) if path.first else None,
        target=(path.last.on, path.last.value),
        target_version=row.target.version,
        points=tuple((point.on, point.value) for point in path.points),
        tolerance=row.tolerance,
        assumptions=row.assumptions,
    )


def _outcome(live: reading.Measure) -> snapshot.Outcome | None:
    made = live.comparison
    if made is None:
        return None
    return snapshot.Outcome(
        expected=made.expected,
        variance=made.variance,
        movement=made.movement,
        share=made.share,
        tolerance=made.tolerance,
        noise=made.noise,
        band=str(made.band or ""),
        reason=str(made.reason or ""),
        is_within_noise=made.within_noise,
        is_provisional=made.provisional,
    )
