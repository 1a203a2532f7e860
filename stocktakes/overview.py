"""The one page of all priority goals: where each stands, what is new, and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.utils import timezone

from accounts.as_at import AsAt
from accounts.models import User
from goals import wording
from goals.dashboard import GoalRow, portfolio
from goals.measures import Shown
from goals.models import ContentArea
from stocktakes.models import Stocktake, StocktakeGoal

NEW_FOR_DAYS = 30
SHOWN = 5  # lines in each of the three columns
FAR = frozenset({"AR", "R"})


@dataclass(frozen=True)
class RowFacts:
    """All that a row of the wall is made of. Equal facts look alike, so a row is drawn once."""

    code: str
    title: str
    url: str
    measure: Shown | None
    meeting_url: str
    meeting_on: date | None


@dataclass(frozen=True)
class OverviewRow:
    row: GoalRow
    next_stocktake: Stocktake | None
    query: str = ""  # what keeps links in an earlier day

    @property
    def url(self) -> str:
        address = self.row.goal.get_absolute_url()
        return f"{address}?{self.query}" if self.query else address

    @property
    def measure(self) -> Shown | None:
        return self.row.measure

    @property
    def facts(self) -> RowFacts:
        goal, meeting = self.row.goal, self.next_stocktake
        return RowFacts(
            code=goal.code,
            title=goal.title,
            url=self.url,
            measure=self.measure,
            meeting_url=meeting.get_absolute_url() if meeting else "",
            meeting_on=timezone.localdate(meeting.starts_at) if meeting else None,
        )


@dataclass(frozen=True)
class Group:
    area: ContentArea | None  # None: all goals in one sorted list
    rows: tuple[OverviewRow, ...]


@dataclass(frozen=True)
class Overview:
    """Everything on the page; the CSV has the same rows in the same order."""

    on: date
    sort: str
    rows: tuple[OverviewRow, ...]
    groups: tuple[Group, ...]  # as sorted: one without an area if sorted by a column
    areas: tuple[Group, ...]
    next_stocktake: Stocktake | None

    @property
    def headline(self) -> str:
        measures = self._measures
        return wording.headline(
            goals=len(self.rows),
            close=sum(each.is_close for each in measures),
            measured=sum(each.has_band for each in measures),
            late_sets=len(self.late),
        )

    @property
    def new_since(self) -> date:
        return self.on - timedelta(days=NEW_FOR_DAYS)

    @property
    def changes(self) -> list[OverviewRow]:
        """Goals whose newest value came in lately, the largest movement first."""
        new = [row for row in self.rows if self._is_new(row.measure)]
        return sorted(new, key=lambda row: -abs(_movement(row) or Fraction(0)))

    @property
    def behind(self) -> list[OverviewRow]:
        """Goals that are more than slightly behind, the furthest first."""
        far = [row for row in self.rows if _band(row) in FAR]
        return sorted(far, key=lambda row: _distance(row) or Fraction(0))

    @property
    def late(self) -> list[OverviewRow]:
        """Goals whose data are late, the latest first."""
        late = [row for row in self.rows if row.measure and row.measure.is_late]
        return sorted(late, key=lambda row: -(row.measure.age.late_days if row.measure else 0))

    @property
    def has_trajectories(self) -> bool:
        return any(each.trajectory for each in self._measures)

    @property
    def _measures(self) -> list[Shown]:
        return [row.measure for row in self.rows if row.measure]

    def _is_new(self, measure: Shown | None) -> bool:
        newest = measure.observation if measure else None
        return newest is not None and timezone.localdate(newest.known_from) >= self.new_since


def overview(*, user: User, as_at: AsAt, sort: str = "") -> Overview:
    """The goals that the user may see, sorted by one column or grouped by area. Three queries.

    As known on the day that is asked for.
    """
    on, moment = as_at.on, as_at.moment
    rows = portfolio(user=user, on=on, known_at=as_at.known_at)
    ahead = _next_stocktakes(user, moment, [row.goal.pk for row in rows])
    joined = _areas_together(
        [OverviewRow(row, ahead.get(row.goal.pk), as_at.query) for row in rows]
    )
    known = sort if sort.removeprefix("-") in SORTS else ""
    ordered = _sorted(joined, known) if known else joined
    meetings = sorted(ahead.values(), key=lambda stocktake: stocktake.starts_at)
    return Overview(
        on=on,
        sort=known,
        rows=tuple(ordered),
        groups=(Group(None, tuple(ordered)),) if known else _by_area(joined),
        areas=_by_area(joined),
        next_stocktake=meetings[0] if meetings else None,
    )


def _next_stocktakes(user: User, moment: datetime, goals: Sequence[int]) -> dict[int, Stocktake]:
    """The next planned stocktake of each goal, of those that the user may see."""
    ahead = Stocktake.objects.visible_to(user).ahead(moment)
    items = StocktakeGoal.objects.filter(goal__in=goals, stocktake__in=ahead.values("pk"))
    newest_first = items.select_related("stocktake").order_by("-stocktake__starts_at")
    return {item.goal_id: item.stocktake for item in newest_first}


def _areas_together(rows: list[OverviewRow]) -> list[OverviewRow]:
    """Areas of one rank would take turns; each keeps the place of its first goal."""
    places: dict[int, int] = {}
    for row in rows:
        places.setdefault(row.row.goal.area_id, len(places))
    return sorted(rows, key=lambda row: places[row.row.goal.area_id])


def _by_area(rows: Sequence[OverviewRow]) -> tuple[Group, ...]:
    found = [tuple(group) for _area, group in groupby(rows, lambda row: row.row.goal.area_id)]
    return tuple(Group(group[0].row.area, group) for group in found)


# --- what one sorts by ----------------------------------------------------------------------------


def _band(row: OverviewRow) -> str:
    outcome = row.measure.comparison if row.measure else None
    return str(outcome.band or "") if outcome else ""


def _distance(row: OverviewRow) -> Fraction | None:
    """How far from the path, comparable between units: as a share of the planned change.

    A path that holds has no planned change; there one tolerance counts like five percent of one,
    so that its bands fall where the others' do.
    """
    outcome = row.measure.comparison if row.measure else None
    if outcome is None or outcome.variance is None:
        return None
    if outcome.share is not None:
        return outcome.share
    if not outcome.tolerance:
        return Fraction(0)
    return outcome.variance / outcome.tolerance / 20


def _movement(row: OverviewRow) -> Fraction | None:
    """The change since the value before, as a share of the planned change or of that value."""
    measure = row.measure
    if measure is None or measure.gain is None:
        return None
    whole = measure.comparison.movement if measure.comparison else None
    if not whole and measure.previous and measure.previous.value:
        whole = abs(Fraction(measure.previous.value))
    return measure.gain / whole if whole else measure.gain


def _age(row: OverviewRow) -> int | None:
    return row.measure.age.freshness_days if row.measure else None


def _stocktake(row: OverviewRow) -> datetime | None:
    return row.next_stocktake.starts_at if row.next_stocktake else None


SORTS: dict[str, Callable[[OverviewRow], Any]] = {
    "goal": lambda row: row.row.goal.title.casefold(),
    "variance": _distance,
    "forecast": lambda row: row.measure.outlook.rank if row.measure else None,
    "movement": _movement,
    "age": _age,
    "stocktake": _stocktake,
}


def _sorted(rows: list[OverviewRow], sort: str) -> list[OverviewRow]:
    """By one column; what is missing stays at the end either way."""
    key = SORTS[sort.removeprefix("-")]
    present = [row for row in rows if key(row) is not None]
    missing = [row for row in rows if key(row) is None]
    return sorted(present, key=key, reverse=sort.startswith("-")) + missing
