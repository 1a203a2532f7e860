"""Loads `state`: a large invented system for measuring, the same on every machine.

400 goals, 1,500 indicators, ten years of monthly numbers with revisions. Everything is drawn from
one seeded source of whole numbers, so two loadings on the same day are equal.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import (
    AccountAssignment,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)
from accounts.roles import Role
from delivery_unit.demo.shapes import PASSWORD
from delivery_unit.demo.state_people import NAMED
from goals.actions.standings import refresh_standings
from goals.data_age import add_months
from goals.models import (
    Aspiration,
    ContentArea,
    DefinitionVersion,
    Goal,
    GoalIndicator,
    GoalRole,
    Indicator,
    IndicatorSteward,
    Observation,
    Series,
    Subgroup,
    Target,
    Trajectory,
)
from stocktakes.models import Stocktake, StocktakeGoal

PROFILE = "state"
ZONE = "America/Denver"
SEED = 20260721

AREAS = 20
GOALS = 400
INDICATORS = 1500
MONTHS = 120
LEADERS = 40
CONSULTANTS = 12
LAG_DAYS = 20
GRACE_DAYS = 10
BASELINE_MONTHS_BACK = 60
TARGET_MONTHS_AHEAD = 36
BATCH = 2000

# Of so many, one: a series revised in a month, a goal without a path, one with late numbers.
REVISED = 30
WITHOUT_PATH = 50
LATE = 40


@dataclass
class StateLoader:
    """What the steps share: the day, the draw, the people."""

    on: date
    draw: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - numbers to look at
    people: dict[str, User] = field(default_factory=dict)

    @property
    def long_ago(self) -> date:
        return add_months(self.on.replace(day=1), -MONTHS - 12)

    @property
    def newest_end(self) -> date:
        """The end of the newest month whose number ought to be here."""
        end = self.on.replace(day=1) - timedelta(days=1)
        while end + timedelta(days=LAG_DAYS) > self.on:
            end = add_months(end, -1)
        return end

    def moment(self, on: date) -> datetime:
        return datetime.combine(on, time(9), tzinfo=ZoneInfo(ZONE))

    def one_in(self, number: int) -> bool:
        return self.draw.randrange(number) == 0


@transaction.atomic
def load_state(on: date) -> None:
    """The whole system as of a day, into an empty database. A few minutes at most."""
    loader = StateLoader(on)
    _load_system(loader)
    _load_people(loader)
    goals = _load_goals(loader)
    series = _load_series(loader)
    _load_uses(goals, series)
    _load_numbers(loader, series)
    _load_paths(loader, series)
    _load_stocktakes(loader, goals)
    refresh_standings(series_ids=[row.pk for row in series], at=loader.moment(on))


def _load_system(loader: StateLoader) -> None:
    System.objects.create(
        name="State of Measure", time_zone=ZONE, fiscal_year_start=7, weekend=[6, 7],
        demo_profile=PROFILE,
    )  # fmt: skip
    OrgUnit.objects.create(
        code="STATE", name="Whole state", kind="system", valid_from=loader.long_ago
    )


def _load_people(loader: StateLoader) -> None:
    wanted = [
        *NAMED,
        *((f"leader{n}", f"Goal Leader {n}", f"Chief {n}", Role.GOAL_LEADER)
          for n in range(1, LEADERS + 1)),
        *((f"consultant{n}", f"Consultant {n}", "Delivery Unit Consultant", Role.CONSULTANT)
          for n in range(1, CONSULTANTS + 1)),
    ]  # fmt: skip
    password = make_password(PASSWORD)  # once: it is slow on purpose
    unit = OrgUnit.objects.get(code="STATE")
    for short, name, title, role in wanted:
        person = User.objects.create(email=f"{short}@state.example", name=name, password=password)
        loader.people[short] = person
        Position.objects.create(
            person=person, title=title, org_unit=unit, valid_from=loader.long_ago
        )
        RoleAssignment.objects.create(person=person, role=role, valid_from=loader.long_ago)
    for number in range(1, LEADERS + 1):
        AccountAssignment.objects.create(
            goal_leader=loader.people[f"leader{number}"],
            consultant=loader.people[f"consultant{number % CONSULTANTS + 1}"],
            valid_from=loader.long_ago,
        )


# --- goals and what measures them -----------------------------------------------------------------


def _load_goals(loader: StateLoader) -> list[Goal]:
    aspiration = Aspiration.objects.create(statement="Everything that matters gets better.")
    areas = [
        ContentArea.objects.create(
            code=f"A{n:02}", name=f"Content area {n}", rank=n, chief=loader.people[f"leader{n}"]
        )
        for n in range(1, AREAS + 1)
    ]
    goals = [
        Goal(
            code=f"G{n:03}", title=f"Priority goal number {n}, in plain words", rank=n,
            aim=f"Raise measure {n} to its target.", aspiration=aspiration,
            area=areas[n * AREAS // (GOALS + 1)], is_for_board=n % 4 == 0,
        )
        for n in range(1, GOALS + 1)
    ]  # fmt: skip
    Goal.objects.bulk_create(goals)
    GoalRole.objects.bulk_create(
        GoalRole(
            goal=goal, person=loader.people[f"leader{n * LEADERS // GOALS + 1}"], role="leader",
            valid_from=loader.long_ago,
        )
        for n, goal in enumerate(goals)
    )  # fmt: skip
    return goals


def _load_series(loader: StateLoader) -> list[Series]:
    indicators = [
        Indicator(
            code=f"m{n:04}", name=f"Measure {n} of the system", description="Invented.",
            direction="down" if loader.one_in(5) else "up", frequency="monthly",
            publication_lag_days=LAG_DAYS, grace_days=GRACE_DAYS, minimum=Decimal(0),
            maximum=Decimal(100), source="demo data, generated",
        )
        for n in range(1, INDICATORS + 1)
    ]  # fmt: skip
    Indicator.objects.bulk_create(indicators)
    DefinitionVersion.objects.bulk_create(
        DefinitionVersion(indicator=each, number=1, text="Invented.") for each in indicators
    )
    IndicatorSteward.objects.bulk_create(
        IndicatorSteward(
            indicator=each, person=loader.people["analyst"], valid_from=loader.long_ago
        )
        for each in indicators
    )
    unit, everybody = OrgUnit.objects.get(code="STATE"), Subgroup.objects.everybody()
    series = [Series(indicator=each, org_unit=unit, subgroup=everybody) for each in indicators]
    return Series.objects.bulk_create(series)


def _load_uses(goals: list[Goal], series: list[Series]) -> None:
    """The first series are the goal indicators; the others help to judge, shared out in turn."""
    kinds = GoalIndicator.Kind
    GoalIndicator.objects.bulk_create(
        GoalIndicator(
            goal=goals[n % GOALS],
            series=row,
            kind=kinds.GOAL if n < GOALS else kinds.PROGRESS,
            rank=n // GOALS,
        )
        for n, row in enumerate(series)
    )


# --- ten years of months --------------------------------------------------------------------------


def _load_numbers(loader: StateLoader, series: list[Series]) -> None:
    waiting: list[Observation] = []
    for row in series:
        waiting.extend(_numbers_of(loader, row))
        if len(waiting) > BATCH * 5:
            Observation.objects.bulk_create(waiting, batch_size=BATCH)
            waiting = []
    Observation.objects.bulk_create(waiting, batch_size=BATCH)


def _numbers_of(loader: StateLoader, series: Series) -> Iterator[Observation]:
    value = _walk(loader, series)
    newest = add_months(loader.newest_end, -3 if loader.one_in(LATE) else 0)
    for back in range(MONTHS - 1, -1, -1):
        end = add_months(newest, -back)
        known = loader.moment(end + timedelta(days=LAG_DAYS))
        number = value()
        status = "provisional" if back == 0 and loader.one_in(3) else "final"
        yield _observation(series, end, known, number, status, revision=0)
        if back and loader.one_in(REVISED):
            later = known + timedelta(days=35)
            if later <= loader.moment(loader.on):
                yield _observation(series, end, later, number + 3, "revised", revision=1)


def _walk(loader: StateLoader, series: Series) -> Callable[[], int]:
    """The next value each time, in tenths of a percent: a slow drift with a little noise."""
    sign = -1 if series.indicator.direction == "down" else 1
    start, drift = loader.draw.randrange(350, 650), loader.draw.randrange(-1, 5) * sign
    steps = count()

    def step() -> int:
        level = start + drift * next(steps) // 3 + loader.draw.randrange(-6, 7)
        return min(max(level, 10), 990)

    return step


def _observation(
    series: Series, end: date, known: datetime, tenths: int, status: str, *, revision: int
) -> Observation:
    return Observation(
        series=series, period_start=end.replace(day=1), period_end=end, revision=revision,
        known_from=known, value=Decimal(tenths).scaleb(-1), status=status,
        reason="Late returns came in." if revision else "", source="demo data, generated",
    )  # fmt: skip


# --- paths and meetings ---------------------------------------------------------------------------


def _load_paths(loader: StateLoader, series: list[Series]) -> None:
    baseline_on = add_months(loader.newest_end, -BASELINE_MONTHS_BACK)
    approved_on = baseline_on + timedelta(days=LAG_DAYS + 30)
    baselines = {
        row.series_id: row
        for row in Observation.objects.filter(period_end=baseline_on).current()
        if row.value is not None
    }
    targets = [
        _target(loader, row, baselines[row.pk], approved_on)
        for n, row in enumerate(series)
        if row.pk in baselines and n % WITHOUT_PATH
    ]
    Target.objects.bulk_create(targets, batch_size=BATCH)
    Trajectory.objects.bulk_create(
        (
            Trajectory(
                series_id=target.series_id, target=target, method="linear", state="approved",
                approved_on=approved_on, approved_by=loader.people["delivery"],
            )
            for target in targets
        ),
        batch_size=BATCH,
    )  # fmt: skip


def _target(
    loader: StateLoader, series: Series, baseline: Observation, approved_on: date
) -> Target:
    gain = loader.draw.randrange(40, 120)
    if series.indicator.direction == "down":
        gain = -gain
    level = Decimal(str(baseline.value)) + Decimal(gain).scaleb(-1)
    level = min(max(level, Decimal("0.0")), Decimal("100.0"))
    return Target(
        series=series, kind="level", parameter=level, baseline_observation=baseline,
        baseline_on=baseline.period_end, baseline_value=baseline.value, raw_level=level,
        level=level, due_on=add_months(loader.newest_end, TARGET_MONTHS_AHEAD),
        derivation="Set as a level.", approved_on=approved_on,
        approved_by=loader.people["delivery"],
    )  # fmt: skip


def _load_stocktakes(loader: StateLoader, goals: list[Goal]) -> None:
    """One a week for the coming half year, about eight goals each."""
    for week in range(26):
        starts_at = loader.moment(loader.on + timedelta(days=7 * week + 3))
        stocktake = Stocktake.objects.create(
            title=f"Stocktake {week + 1}", starts_at=starts_at, chair=loader.people["leader"],
            prepared_by=loader.people["consultant1"],
        )  # fmt: skip
        StocktakeGoal.objects.bulk_create(
            StocktakeGoal(stocktake=stocktake, goal=goal, rank=rank)
            for rank, goal in enumerate(goals[week * 8 : week * 8 + 8])
        )
