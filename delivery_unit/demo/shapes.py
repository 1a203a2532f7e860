"""What a demonstration is made of, as plain values. Each demonstration writes its own.

Series are written from the oldest value to the newest; the newest belongs to the last period that
ought to be published on the day of loading, so that a demonstration looks alike on any day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from accounts.roles import Role
from goals.rounding import round_half_up

SOURCE = "demo data, generated"
PASSWORD = "demo-password"  # noqa: S105 - published on purpose; loads with DEMO=1 only


@dataclass(frozen=True)
class DemoIndicator:
    """`end_month` is the month in which a yearly period ends; of shorter ones, any that fits."""

    code: str
    name: str
    description: str
    frequency: str = "annual"
    end_month: int = 6
    lag: int = 60
    grace: int = 14
    unit: str = "percent"
    unit_label: str = ""
    decimals: int = 1
    direction: str = "up"
    within: tuple[int, int] | None = None
    seasonal: bool = False
    # (number, years before the newest period end from which it holds, comparable, text)
    definitions: tuple[tuple[int, int | None, bool, str], ...] = ()
    why_redefined: str = ""
    steward: str = "analyst"


@dataclass(frozen=True)
class DemoPath:
    """`baseline_back` and `due_ahead` count periods from the newest value.

    A target that follows from a rule says the rule in `kind`, and its level is worked out.
    """

    baseline_back: int
    due_ahead: int
    target: str
    method: str = "linear"
    points: tuple[str, ...] = ()  # values from baseline to target, one for each period
    state: str = "approved"
    assumptions: str = ""
    kind: str = "level"
    derivation: str = "Set as a level by the goal leader."
    reason: str = ""


@dataclass(frozen=True)
class DemoSeries:
    indicator: DemoIndicator
    values: tuple[str | None, ...]
    unit: str = ""  # empty: the whole system
    subgroup: str = "all"
    newest_status: str = "final"
    # The versions of the path, the oldest first; the last one holds.
    paths: tuple[DemoPath, ...] = ()
    is_late: bool = False
    # (periods before the newest, the value first published, why it was revised)
    revised: tuple[tuple[int, str, str], ...] = ()
    counted: int = 0  # people counted; numerators follow from the values
    is_total: bool = False  # added up from its parts by a declared rule, never published


@dataclass(frozen=True)
class DemoGoal:
    code: str
    title: str
    aim: str
    area: str
    leader: str
    main: DemoSeries
    helpers: tuple[tuple[str, DemoSeries], ...] = ()  # (kind, series)
    others: tuple[DemoSeries, ...] = ()  # units and subgroups
    for_board: bool = False
    is_confidential: bool = False
    team: tuple[str, ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoPost:
    """What somebody on loan to the Unit does in the rest of the week."""

    title: str
    unit: str
    boss: str = ""


@dataclass(frozen=True)
class DemoPerson:
    """One who can sign in: `unit` is the code of the office, `boss` who the position reports to.

    `email` may be the part before the @ alone, where people_at() says the rest.
    """

    email: str
    name: str
    title: str
    role: Role
    unit: str
    boss: str = ""
    fte_percent: int = 100
    home_unit: str = ""
    also: tuple[Role, ...] = ()
    is_co_lead: bool = False
    day_job: DemoPost | None = None


@dataclass(frozen=True)
class DemoAccount:
    """A goal leader in the hands of a consultant."""

    leader: str
    consultant: str
    kind: str = "primary"
    note: str = ""


def people_at(domain: str, *people: DemoPerson) -> tuple[DemoPerson, ...]:
    return tuple(replace(each, email=f"{each.email}@{domain}") for each in people)


# In each demonstration three chiefs are the accounts of three consultants.
OF_THE_CHIEFS = (
    DemoAccount("literacy", "consultant.literacy"),
    DemoAccount("literacy", "consultant.stem", "backup"),
    DemoAccount("stem", "consultant.stem"),
    DemoAccount("stem", "consultant.ccr", "backup"),
    DemoAccount("ccr", "consultant.ccr"),
)


@dataclass(frozen=True)
class DemoSecondVersion:
    """A pack that was issued again: the question that came to the first goal, and why."""

    change_note: str
    question: str


@dataclass(frozen=True)
class DemoMeeting:
    """`days` from the day of loading, moved to the next working day."""

    title: str
    days: int
    place: str
    consultant: str
    attendees: tuple[tuple[str, str], ...]  # person, part
    goals: tuple[tuple[str, str, tuple[str, ...]], ...]  # code, summary, questions
    again: DemoSecondVersion | None = None


@dataclass(frozen=True)
class DemoSystem:
    name: str
    zone: str
    fiscal_year_start: int
    words: Mapping[str, str]
    holidays: tuple[tuple[int, int, str], ...]  # month, day, name
    weekend: tuple[int, ...] = (6, 7)


@dataclass(frozen=True)
class DemoAspiration:
    statement: str
    why: str
    approved_by: str


@dataclass(frozen=True)
class Demo:
    """A whole demonstration. The first organisation unit is the system itself."""

    profile: str
    system: DemoSystem
    aspiration: DemoAspiration
    org_units: tuple[tuple[str, str, str, str], ...]  # code, name, kind, parent
    people: tuple[DemoPerson, ...]
    accounts: tuple[DemoAccount, ...]
    areas: tuple[tuple[str, str, str], ...]  # code, name, chief
    subgroups: tuple[tuple[str, str, str], ...]  # code, name, dimension
    goals: tuple[DemoGoal, ...]
    meetings: tuple[DemoMeeting, ...]
    mappings: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def root(self) -> str:
        """The code of the system itself."""
        return self.org_units[0][0]

    def primary_of(self, leader: str) -> str:
        """The consultant of a goal leader."""
        kept = (each for each in self.accounts if each.kind == "primary")
        return next(each.consultant for each in kept if each.leader == leader)


# --- values worked out rather than typed ----------------------------------------------------------


def seasonal(start: str, step: str, shape: Sequence[str], months: int) -> tuple[str, ...]:
    """Monthly values of the same shape every year, a little higher (or lower) each time."""
    seasons = [Fraction(each) for each in shape]
    first, rise = Fraction(start), Fraction(step)
    values = [
        round_half_up(first + rise * month + seasons[month % len(seasons)], 1)
        for month in range(months)
    ]
    return tuple(f"{Decimal(value.numerator) / value.denominator:.1f}" for value in values)


def counted_part(value: str, counted: int) -> int:
    """The numerator that a published share of so many people comes from."""
    return int(round_half_up(Fraction(value) * counted / 100, 0))


def total_values(parts: Sequence[DemoSeries], decimals: int = 1) -> tuple[str, ...]:
    """What the shares of the parts come to together: the ratio of their sums."""
    everybody = sum(each.counted for each in parts)
    totals = []
    for place in range(len(parts[0].values)):
        reached = sum(counted_part(each.values[place] or "0", each.counted) for each in parts)
        share = round_half_up(Fraction(100 * reached, everybody), decimals)
        totals.append(f"{Decimal(share.numerator) / share.denominator:.{decimals}f}")
    return tuple(totals)


def first_of(period_end: date, months: int) -> date:
    """The first day of a period of so many months that ends at a month's end."""
    index = period_end.year * 12 + period_end.month - months
    return date(index // 12, index % 12 + 1, 1)
