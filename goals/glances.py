"""Measures as a list of goals shows them, each read from its newest standing alone.

One query for any number of goals, however many years of numbers lie behind them: nothing is
compared, worked out or drawn from observations again. What a glance says is also all that it is
made of, so two equal glances look alike.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from goals import outlook
from goals.chart_data import ChartData, Labels, Line
from goals.data_age import DataAge, Frequency, Schedule
from goals.fields import Exact
from goals.measures import Shown, View, age_of
from goals.models import Indicator, Observation, Standing
from goals.outlook import Outlook
from goals.shape import from_text
from goals.variance import Band, Comparison, NoBand


class Value(NamedTuple):
    """The value that a glance shows."""

    pk: int
    value: Exact
    period_end: date
    status: str
    source: str
    known_from: datetime

    @property
    def is_final(self) -> bool:
        return self.status in Observation.FINAL

    def get_status_display(self) -> str:
        return str(Observation.Status(self.status).label)


class Before(NamedTuple):
    """The value that the movement is counted from."""

    value: Exact
    period_end: date


class Goalpost(NamedTuple):
    level: Exact
    due_on: date


class Named(NamedTuple):
    name: str


class About(NamedTuple):
    """What is measured, and how its numbers are written."""

    code: str
    name: str
    unit: str
    unit_label: str
    decimals: int
    direction: str
    range_low: Exact | None
    range_high: Exact | None
    frequency: str
    source: str

    def get_unit_display(self) -> str:
        return str(Indicator.Unit(self.unit).label)

    def get_frequency_display(self) -> str:
        return str(Indicator.Frequency(self.frequency).label)


@dataclass(frozen=True)
class Glance(Shown):
    """A measure in one line. Made of plain values only, so it may be compared and remembered."""

    indicator: About
    org_unit: Named
    subgroup: Named
    view: View
    observation: Value | None
    previous: Before | None
    comparison: Comparison
    outlook: Outlook
    trajectory: int | None  # its row
    target: Goalpost | None
    age: DataAge
    shape: str
    read_on: date

    def __hash__(self) -> int:
        """Quick, and enough to tell nearly all apart; equality looks at everything."""
        return hash((self.indicator.code, self.shape, self.age.freshness_days))

    @property
    def chart(self) -> ChartData:
        """As much of the chart as a sparkline shows."""
        shape = from_text(self.shape)
        return ChartData(
            labels=Labels(self.indicator.name),
            actual=shape.dots,
            line=Line(shape.path, self.comparison.tolerance) if shape.path else None,
            target=(self.target.due_on, self.target.level) if self.target else None,
            decimals=self.indicator.decimals,
        )


SERIES = "series__"
INDICATOR = "series__indicator__"
COLUMNS = (
    "series_id",
    *(f"{INDICATOR}{name}" for name in About._fields),
    *(
        f"{INDICATOR}{name}"
        for name in ("publication_lag_days", "grace_days", "first_expected_period_end")
    ),
    f"{SERIES}org_unit__name",
    f"{SERIES}subgroup__name",
    *(f"observation__{name}" for name in Value._fields),
    *(f"previous__{name}" for name in Before._fields),
    "trajectory_id",
    *(f"target__{name}" for name in Goalpost._fields),
    "expected", "variance", "movement", "share", "tolerance", "noise", "band", "reason",
    "is_within_noise", "is_provisional", *outlook.COLUMNS, "shape",
)  # fmt: skip


def glances(
    series: Collection[int], *, view: View, on: date, known_at: datetime | None = None
) -> dict[int, Glance]:
    """A glance at each series that has a standing, by its id; as known at a moment. One query."""
    kept = Standing.objects.filter(series__in=series)
    finals = view is View.FINAL
    rows = kept.as_known_at(known_at, finals=finals) if known_at else kept.current(finals=finals)
    found = {}
    for row in rows.values_list(*COLUMNS, _newest_reported(known_at)).order_by():
        taken = _Taker(row)
        pk = taken.one()
        found[pk] = _glance(taken, view=view, on=on)
    return found


def _newest_reported(known_at: datetime | None) -> Subquery:
    """The end of the newest period with a value in any status: late is only what is not there."""
    every = Standing.objects.filter(series=OuterRef("series"), is_of_finals=False)
    if known_at:
        every = every.filter(known_from__lte=known_at)
    newest = every.order_by("-known_from", "-pk")
    return Subquery(newest.values("observation__period_end")[:1])


class _Taker:
    """Takes the columns of a row in their order."""

    def __init__(self, row: tuple[Any, ...]) -> None:
        self._row, self._at = row, 0

    def some(self, number: int) -> tuple[Any, ...]:
        self._at += number
        return self._row[self._at - number : self._at]

    def one(self) -> Any:
        return self.some(1)[0]


def _glance(taken: _Taker, *, view: View, on: date) -> Glance:
    about = About(*taken.some(len(About._fields)))
    schedule = Schedule(Frequency(about.frequency), *taken.some(3))
    org_unit, subgroup = Named(taken.one()), Named(taken.one())
    value = _made(Value, taken)
    newest = value.period_end if value else None
    return Glance(
        indicator=about,
        org_unit=org_unit,
        subgroup=subgroup,
        view=view,
        observation=value,
        previous=_made(Before, taken),
        trajectory=taken.one(),
        target=_made(Goalpost, taken),
        comparison=_comparison(taken.some(10)),
        outlook=Outlook.from_columns(taken.some(len(outlook.COLUMNS))),
        shape=taken.one(),
        age=age_of(schedule, reported=taken.one(), newest=newest, on=on),
        read_on=on,
    )


def _made(kind: Any, taken: _Taker) -> Any:
    """None where the row that the columns come from is not there."""
    columns = taken.some(len(kind._fields))
    return None if columns[0] is None else kind(*columns)


def _comparison(columns: tuple[Any, ...]) -> Comparison:
    numbers = [None if number is None else Fraction(number) for number in columns[:6]]
    expected, variance, movement, share, tolerance, noise = numbers
    band, reason, is_within_noise, is_provisional = columns[6:]
    return Comparison(
        expected=expected,
        variance=variance,
        movement=movement,
        share=share,
        tolerance=tolerance,
        noise=noise,
        band=Band(band) if band else None,
        reason=NoBand(reason) if reason else None,
        within_noise=is_within_noise,
        provisional=is_provisional,
    )
