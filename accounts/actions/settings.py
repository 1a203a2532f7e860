"""The system as an administrator sets it: name, clock, week, words, holidays, terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Holiday, OrgUnit, System, Term, User
from accounts.vocabulary import WORDS

REASON_LENGTH = 100  # what the history keeps of it


@dataclass(frozen=True)
class Settings:
    name: str
    time_zone: str
    fiscal_year_start: int
    week_start: int
    weekend: list[int]


def sign(row: Any, *, by: User, at: datetime, reason: str = "") -> Any:
    """The row, whose history will say who changed it, when and why."""
    row._history_user, row._history_date = by, at  # noqa: SLF001 - names of the history package
    row._change_reason = reason[:REASON_LENGTH]  # noqa: SLF001
    return row


@transaction.atomic
def save_system(*, settings: Settings, by: User, at: datetime, reason: str = "") -> System:
    """Names the system the first time, changes it from then on. Raises ValidationError."""
    _one_at_a_time()
    system = System.objects.current()
    for name, value in vars(settings).items():
        setattr(system, name, value)
    system.full_clean()
    sign(system, by=by, at=at, reason=reason).save()
    return system


def _one_at_a_time() -> None:
    """Two first administrators would make two systems; the first person is the key to that room."""
    User.objects.select_for_update().order_by("pk").first()


@transaction.atomic
def make_whole(*, code: str, system: System, by: User, at: datetime, on: date) -> OrgUnit:
    """The organisation as a unit, of which all others are parts. Raises ValidationError."""
    unit = OrgUnit(code=code, name=system.name, kind="system", valid_from=on.replace(year=2000))
    unit.full_clean()
    sign(unit, by=by, at=at).save()
    return unit


@transaction.atomic
def save_words(*, words: Mapping[str, str], by: User, at: datetime) -> System:
    """Words that are empty or ours are not kept: they follow ours when these change."""
    system = System.objects.select_for_update().get(pk=System.objects.current().pk)
    ours = {code: str(word.default) for code, word in WORDS.items()}
    kept = {code: text for code, text in words.items() if text and text != ours.get(code)}
    foreign = {code: text for code, text in system.words.items() if code not in WORDS}
    system.words = {**foreign, **kept}
    system.full_clean()
    sign(system, by=by, at=at, reason=_("words")).save()
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
        sign(row, by=by, at=at).save()
    return added, renamed


def remove_holiday(*, holiday: Holiday, by: User, at: datetime) -> None:
    sign(holiday, by=by, at=at).delete()


@transaction.atomic
def add_term(*, name: str, first: date, last: date, by: User, at: datetime) -> Term:
    """Raises ValidationError."""
    term = Term(name=name, valid_from=first, valid_to=last)
    term.full_clean()
    sign(term, by=by, at=at).save()
    return term


def remove_term(*, term: Term, by: User, at: datetime) -> None:
    sign(term, by=by, at=at).delete()
