"""The system as an administrator sets it: name, clock, week, words, holidays, terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.turns import forget, keep, take_turns
from accounts.models import Holiday, OrgUnit, System, Term, User
from accounts.vocabulary import HAVING_MANY, MANY, WORDS, plural, speaking


@dataclass(frozen=True)
class Settings:
    name: str
    time_zone: str
    fiscal_year_start: int
    week_start: int
    weekend: list[int]


@transaction.atomic
def save_system(*, settings: Settings, by: User, at: datetime, reason: str = "") -> System:
    """Names the system the first time, changes it from then on. Raises ValidationError."""
    take_turns()  # two first administrators would make two systems
    system = System.objects.current()
    for name, value in vars(settings).items():
        setattr(system, name, value)
    system.full_clean()
    keep(system, by=by, at=at, reason=reason)
    return system


@transaction.atomic
def make_whole(*, code: str, system: System, by: User, at: datetime, on: date) -> OrgUnit:
    """The organisation as a unit, of which all others are parts. Raises ValidationError."""
    unit = OrgUnit(code=code, name=system.name, kind="system", valid_from=on.replace(year=2000))
    unit.full_clean()
    keep(unit, by=by, at=at)
    return unit


@transaction.atomic
def save_words(*, words: Mapping[str, str], by: User, at: datetime) -> System:
    """Words that are empty or ours are not kept: they follow ours when these change."""
    system = System.objects.select_for_update().get(pk=System.objects.current().pk)
    ours = {code: str(word.default) for code, word in WORDS.items()}
    kept = {code: text for code, text in words.items() if text and text != ours.get(code)}
    with speaking({code: text for code, text in kept.items() if code in WORDS}):
        guessed = {f"{code}{MANY}": plural(code) for code in HAVING_MANY}
    kept = {key: text for key, text in kept.items() if text != guessed.get(key)}
    known = {*ours, *guessed}
    foreign = {key: text for key, text in system.words.items() if key not in known}
    system.words = {**foreign, **kept}
    system.full_clean()
    keep(system, by=by, at=at, reason=_("words"))
    return system


@transaction.atomic
def add_holidays(*, days: Iterable[tuple[date, str]], by: User, at: datetime) -> tuple[int, int]:
    """How many are new, and how many have another name now. The same again changes nothing."""
    added = renamed = 0
    for on, name in days:
        row = Holiday.objects.filter(on=on).first()
        if row is not None and row.name == name:
            continue
        renamed, added = renamed + bool(row), added + (row is None)
        row = row or Holiday(on=on)
        row.name = name
        keep(row, by=by, at=at)
    return added, renamed


def remove_holiday(*, holiday: Holiday, by: User, at: datetime) -> None:
    forget(holiday, by=by, at=at)


@transaction.atomic
def add_term(*, name: str, first: date, last: date, by: User, at: datetime) -> Term:
    """Raises ValidationError."""
    term = Term(name=name, valid_from=first, valid_to=last)
    term.full_clean()
    keep(term, by=by, at=at)
    return term


def remove_term(*, term: Term, by: User, at: datetime) -> None:
    forget(term, by=by, at=at)
