"""What the steps of loading a demonstration share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.calendar import WorkingCalendar
from accounts.models import OrgUnit, User
from delivery_unit.demo.shapes import Demo
from goals.actions.observations import NewValue
from goals.data_age import add_months
from goals.models import Indicator, Series, Trajectory

YEARS_OF_HOLIDAYS = (-1, 0, 1)  # of the year of loading


@dataclass(frozen=True)
class PlannedValue:
    at: datetime
    series: Series
    value: NewValue
    reason: str = ""


@dataclass
class Loader:
    """What the steps of loading share: the day, the people and the units by their code."""

    demo: Demo
    on: date
    people: dict[str, User] = field(default_factory=dict)
    units: dict[str, OrgUnit] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    stewards: dict[str, str] = field(default_factory=dict)  # by the code of the indicator
    values: list[PlannedValue] = field(default_factory=list)
    paths: list[tuple[datetime, Trajectory]] = field(default_factory=list)
    # What else happened, at its moment.
    events: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)

    @property
    def long_ago(self) -> date:
        return add_months(self.on.replace(day=1), -96)

    def moment(self, on: date, hour: int = 9) -> datetime:
        return datetime.combine(on, time(hour), tzinfo=ZoneInfo(self.demo.system.zone))

    def person(self, short: str) -> User:
        return self.people[short]

    def holidays(self) -> list[tuple[date, str]]:
        years = [self.on.year + step for step in YEARS_OF_HOLIDAYS]
        return [
            (date(year, month, day), name)
            for year in years
            for month, day, name in self.demo.system.holidays
        ]

    def calendar(self) -> WorkingCalendar:
        return WorkingCalendar.of(self.demo.system.weekend, (on for on, _name in self.holidays()))
