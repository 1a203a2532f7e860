"""What a pack says, as values: frozen, written as canonical JSON, and read back.

The text is the pack. Keys are sorted, numbers are exact and stand as text, moments are in UTC; so
the same content gives the same bytes and one hash. Numbers stand beside the words that were said
about them, so that later versions of this program draw an old pack as it was.
"""

import hashlib
import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from accounts.vocabulary import WORDS
from goals.chart_data import ChartData
from goals.fields import Exact, exact_text, parse_exact

TERMS = ("goal_leader",)  # those that a pack names
FORM = 1  # of the text; a later form reads the earlier ones


@dataclass(frozen=True)
class Person:
    name: str
    title: str = ""


@dataclass(frozen=True)
class Meeting:
    system: str
    time_zone: str
    title: str
    starts_at: datetime
    minutes: int
    place: str
    chair: Person
    prepared_by: Person
    attendees: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Answer:
    number: int
    question: str
    text: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Number:
    """A value of one period with all that it needs to be trusted, and its words."""

    on: date
    value: Exact | None
    expected: Exact | None
    variance: Exact | None
    text: str
    expected_text: str
    variance_text: str
    status: str
    period_start: date | None = None
    source: str = ""
    published_on: date | None = None
    revision: int | None = None
    known_from: datetime | None = None
    definition: int | None = None
    numerator: Exact | None = None
    denominator: Exact | None = None
    is_comparable: bool = True
    is_target: bool = False


@dataclass(frozen=True)
class Path:
    """The approved trajectory and its target."""

    version: int
    approved_on: date | None
    method: str
    time_axis: str
    baseline: tuple[date, Exact] | None
    target: tuple[date, Exact] | None
    target_version: int
    points: tuple[tuple[date, Exact], ...] = ()
    tolerance: Exact | None = None
    assumptions: str = ""


@dataclass(frozen=True)
class Outcome:
    """The comparison of the newest value with the path: every number, and the band."""

    expected: Exact | None = None
    variance: Exact | None = None
    movement: Exact | None = None
    share: Exact | None = None
    tolerance: Exact | None = None
    noise: Exact | None = None
    band: str = ""
    reason: str = ""
    is_within_noise: bool = False
    is_provisional: bool = False


@dataclass(frozen=True)
class Age:
    """How old the newest value was on the day of issue. The only words that change by waiting."""

    text: str = ""
    late: str = ""
    next_due: str = ""


@dataclass(frozen=True)
class Finding:
    """What the numbers said besides the comparison, and how that came about."""

    title: str
    words: str
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    latest: str = ""
    latest_on: str = ""
    status: str = ""
    expected: str = ""
    variance: str = ""
    variance_at: str = ""
    tolerance: str = ""
    target: str = ""
    target_on: str = ""
    band: str = ""
    movement: str = ""
    on_track: str = ""
    sentence: str = ""
    source_line: str = ""
    worked_out: tuple[str, ...] = ()
    forecast: str = ""
    forecast_note: str = ""
    result: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Measure:
    """An indicator of a goal for one unit: its numbers, its path and what was said of them."""

    kind: str
    code: str
    name: str
    org_unit: str
    subgroup: str
    unit: str
    decimals: int
    direction: str
    frequency: str
    definition: str
    source: str
    numbers: tuple[Number, ...]
    path: Path | None
    outcome: Outcome | None
    words: Words
    age: Age
    chart: ChartData

    @property
    def newest(self) -> Number | None:
        told = [number for number in self.numbers if number.value is not None]
        return told[-1] if told else None


@dataclass(frozen=True)
class Goal:
    code: str
    title: str
    aim: str
    area: str
    leader: Person | None
    consultant: Person | None
    summary: str
    questions: tuple[str, ...]
    answers: tuple[Answer, ...]
    measure: Measure | None
    others: tuple[Measure, ...] = ()

    @property
    def say(self) -> str:
        """The answer in one sentence: the Unit's, or else what the numbers say."""
        if self.summary:
            return self.summary
        return self.measure.words.sentence if self.measure else ""


@dataclass(frozen=True)
class Correction:
    """A number that this version gives otherwise than the one before."""

    goal: str
    indicator: str
    about: str
    before: str
    now: str
    known_from: datetime | None = None


@dataclass(frozen=True)
class Pack:
    """Everything that a version of a pack says."""

    meeting: Meeting
    goals: tuple[Goal, ...]
    headline: str
    version: int
    issued_at: datetime
    issued_by: Person
    change_note: str = ""
    corrections: tuple[Correction, ...] = ()
    bands: tuple[tuple[str, str], ...] = ()  # code and words of each computed band
    terms: tuple[tuple[str, str], ...] = ()  # what the organisation called its roles then
    form: int = FORM

    def term(self, code: str) -> str:
        """A pack of before these were kept used ours."""
        return dict(self.terms).get(code) or str(WORDS[code].default)


def substance(pack: Pack) -> Pack:
    """The pack less what issuing adds: two packs with equal substance say the same."""
    return replace(
        pack,
        version=0,
        issued_at=datetime(1, 1, 1, tzinfo=UTC),
        issued_by=Person(""),
        change_note="",
        corrections=(),
        terms=tuple((code, pack.term(code)) for code in TERMS),
        goals=tuple(_ageless(goal) for goal in pack.goals),
    )


def _ageless(goal: Goal) -> Goal:
    return replace(
        goal,
        measure=goal.measure and replace(goal.measure, age=Age()),
        others=tuple(replace(each, age=Age()) for each in goal.others),
    )


# --- text and hash --------------------------------------------------------------------------------


def to_text(pack: Pack) -> str:
    return json.dumps(
        _plain(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def from_text(text: str) -> Pack:
    """Raises ValueError for a text that is no pack."""
    pack = _built(Pack, json.loads(text, parse_float=_refuse_float))
    assert isinstance(pack, Pack)  # noqa: S101 - for the type checker
    return pack


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_float(text: str) -> Any:
    raise ValueError(text)


def _plain(value: Any) -> Any:
    """Only text, whole numbers, yes and no, nothing, lists and objects."""
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal() | Fraction():
            return exact_text(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(type(value))


def _built(hint: Any, value: Any) -> Any:
    """The value that a type hint describes, from plain JSON."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _built_union(typing.get_args(hint), value)
    if origin is tuple:
        return _built_tuple(typing.get_args(hint), value)
    if is_dataclass(hint):
        return _built_object(hint, value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(value)
    return value


def _built_union(hints: tuple[Any, ...], value: Any) -> Any:
    if value is None and types.NoneType in hints:
        return None
    if Decimal in hints:
        return parse_exact(value)
    return _built(next(hint for hint in hints if hint is not types.NoneType), value)


def _built_tuple(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_built(hints[0], each) for each in value)
    return tuple(_built(hint, each) for hint, each in zip(hints, value, strict=True))


def _built_object(kind: Any, value: Mapping[str, Any]) -> Any:
    """A field that an older text does not have gets its default."""
    hints, made = _hints(kind), {}
    for field in fields(kind):
        if field.name in value:
            made[field.name] = _built(hints[field.name], value[field.name])
        elif field.default is MISSING:
            raise ValueError(field.name)
    return kind(**made)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
