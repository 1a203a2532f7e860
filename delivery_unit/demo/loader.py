"""What the steps of loading a demonstration share."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from accounts.models import OrgUnit, User
from goals.actions.observations import NewValue
from goals.data_age import add_months
from goals.models import Indicator, Series, Trajectory

PROFILE = "everly"
ZONE = "America/Denver"


@dataclass
class Loader:
    """What the steps of loading share: the day, the people and the units by their code."""

    on: date
    people: dict[str, User] = field(default_factory=dict)
    units: dict[str, OrgUnit] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    values: list[tuple[datetime, Series, NewValue, str]] = field(default_factory=list)
    paths: list[tuple[datetime, Trajectory]] = field(default_factory=list)

    @property
    def long_ago(self) -> date:
        return add_months(self.on.replace(day=1), -96)

    def moment(self, on: date, hour: int = 9) -> datetime:
        return datetime.combine(on, time(hour), tzinfo=ZoneInfo(ZONE))

    def person(self, short: str) -> User:
        return self.people[f"{short}@everly.example"]
