"""What a file would change: its rows against the values held. Nothing is written here."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from goals import rounding
from goals.fields import Exact, as_fraction, exact_text
from goals.importing.checking import Problem, Row
from goals.models import Indicator, Observation

Key = tuple[str, str, str, date]
JUMP_POINTS = 15


class Change(StrEnum):
    ADDED = "added"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Step:
    """One row of the file, and what it does to the value held for its period."""

    change: Change
    row: Row
    held: Observation | None


@dataclass
class Plan:
    """The outcome of a dry run."""

    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    new_units: dict[str, str] = field(default_factory=dict)
    new_subgroups: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(step.change for step in self.steps)
        return {
            **{change.value: found[change] for change in Change},
            "rejected": len(self.problems),
            "warnings": len(self.warnings),
        }

    @property
    def changing(self) -> list[Step]:
        return [step for step in self.steps if step.change is not Change.UNCHANGED]

    @property
    def needs_reason(self) -> bool:
        """Revised and withdrawn values need a reason, unless each row brings its own."""
        kinds = (Change.REVISED, Change.WITHDRAWN)
        return any(step.change in kinds and not step.row.reason for step in self.steps)

    @property
    def indicators(self) -> set[Indicator]:
        return {step.row.indicator for step in self.steps}

    def fingerprint(self) -> str:
        """Changes when the file would do anything else than before."""
        said = [
            (step.change, [str(part) for part in step.row.key], said_of(step.row), held_by(step))
            for step in self.steps
        ]
        said += [("rejected", problem.line, problem.message) for problem in self.problems]  # type: ignore[misc]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def said_of(row: Row) -> list[str]:
    numbers = (row.value, row.numerator, row.denominator)
    return [*(_text(number) for number in numbers), row.status, row.missing_reason]


def held_by(step: Step) -> str:
    return f"{step.held.pk}" if step.held else ""


def _text(number: Exact | None) -> str:
    return "" if number is None else exact_text(as_fraction(number))


def steps_of(
    rows: Iterable[Row], held: Mapping[Key, Observation], *, is_complete: bool
) -> Iterator[Step]:
    """Each row against the value held. A complete file withdraws what it no longer holds."""
    keys = set()
    for row in rows:
        keys.add(row.key)
        before = held.get(row.key)
        yield Step(_change(row, before), row, before)
    if is_complete:
        yield from _withdrawals(keys, held)


def _change(row: Row, before: Observation | None) -> Change:
    withdrawn = row.status == Observation.Status.WITHDRAWN
    if before is None or before.status == Observation.Status.WITHDRAWN:
        return Change.UNCHANGED if withdrawn else Change.ADDED
    if withdrawn:
        return Change.WITHDRAWN
    return Change.UNCHANGED if is_the_same(row, before) else Change.REVISED


def is_the_same(row: Row, before: Observation) -> bool:
    """As numbers, so 72 and 72.0 are the same; and with the same status and counts."""
    return (
        row.value == before.value
        and row.numerator == before.numerator
        and row.denominator == before.denominator
        and row.status == before.status
        and row.missing_reason == before.missing_reason
    )


def _withdrawals(keys: set[Key], held: Mapping[Key, Observation]) -> Iterator[Step]:
    covered = {(indicator, period) for indicator, _unit, _subgroup, period in keys}
    for key, before in held.items():
        gone = key not in keys and (key[0], key[3]) in covered and not before.is_derived
        if gone and before.status != Observation.Status.WITHDRAWN:
            yield Step(Change.WITHDRAWN, _withdrawal(before), before)


def _withdrawal(before: Observation) -> Row:
    series = before.series
    return Row(
        line=0, indicator=series.indicator, org_unit_code=series.org_unit.code, org_unit_name="",
        subgroup_code=series.subgroup.code, subgroup_name="", period_start=before.period_start,
        period_end=before.period_end, value=None, numerator=None, denominator=None,
        status=Observation.Status.WITHDRAWN, missing_reason="", published_on=None,
        source=before.source, note=_("No longer in the file of its source."), definition=None,
        reason="", known_from=None,
    )  # fmt: skip


def jumps(
    steps: Iterable[Step], newest: Mapping[tuple[str, str, str], Observation]
) -> Iterator[Problem]:
    """Values far from the one held, or the last final one: for a second look, never refused."""
    for step in steps:
        row, last = step.row, _compared_with(step, newest)
        if row.value is None or last is None or last.value is None:
            continue
        distance = abs(as_fraction(row.value) - as_fraction(last.value))
        if row.indicator.unit == Indicator.Unit.PERCENT and distance > JUMP_POINTS:
            words = (
                _("%(points)s points from the value held (%(last)s). Look whether it is right; if"
                  " it is, nothing more is needed.")
                if step.held
                else _("%(points)s points from the last final value (%(last)s). Look whether it is"
                       " right; if it is, nothing more is needed.")
            )  # fmt: skip
            yield Problem(
                row.line, "value", _plain(row.value, row.indicator),
                words % {"points": rounding.text(distance, 1), "last": _plain(last.value, row.indicator)},
                row.org_unit_name or row.org_unit_code, is_warning=True,
            )  # fmt: skip


def _compared_with(
    step: Step, newest: Mapping[tuple[str, str, str], Observation]
) -> Observation | None:
    if step.change is Change.REVISED:
        return step.held
    last = newest.get(step.row.key[:3])
    is_later = last is not None and last.period_end < step.row.period_end
    return last if step.change is Change.ADDED and is_later else None


def as_rows(plan: Plan, limit: int) -> dict[str, Any]:
    """The dry run as it is kept and shown: the first so many of each kind, and how many in all."""
    return {
        "problems": [vars(each) for each in (*plan.problems, *plan.warnings)][:limit],
        "changes": [_shown(step) for step in plan.changing[:limit]],
        "new_units": dict(list(plan.new_units.items())[:limit]),
        "new_units_count": len(plan.new_units),
    }


def _shown(step: Step) -> dict[str, Any]:
    row, held = step.row, step.held
    return {
        "change": step.change,
        "line": row.line,
        "indicator": row.indicator.code,
        "unit": row.org_unit_name or row.org_unit_code,
        "subgroup": row.subgroup_code,
        "period_end": row.period_end.isoformat(),
        "held": _plain(held.value, row.indicator) if held else "",
        "value": _plain(row.value, row.indicator),
        "missing_reason": row.missing_reason,
        "status": row.status,
    }


def _plain(number: Exact | None, indicator: Indicator) -> str:
    """As published, digit by digit; a rate that no decimal can hold is rounded to be read."""
    if number is None:
        return ""
    written = exact_text(number)
    return rounding.text(as_fraction(number), indicator.decimals) if "/" in written else written
