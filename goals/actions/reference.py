"""Goals, areas, aspirations and indicators as an administrator sets them up and changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import OrgUnit, User
from goals.actions.standings import refresh_standings
from goals.models import (
    Aspiration,
    ContentArea,
    DefinitionVersion,
    Goal,
    GoalIndicator,
    GoalRole,
    Indicator,
    IndicatorSteward,
    Series,
    Subgroup,
)

REASON_LENGTH = 100  # what the history keeps of it


@dataclass(frozen=True)
class Change:
    """Who changes something, when, from which day on, and why."""

    by: User
    at: datetime
    on: date
    reason: str = ""


def keep(row: Any, change: Change) -> Any:
    """Checks and saves the row; its history says who, when and why. Raises ValidationError."""
    row.full_clean()
    row._history_user, row._history_date = change.by, change.at  # noqa: SLF001 - the package's names
    row._change_reason = change.reason[:REASON_LENGTH]  # noqa: SLF001
    row.save()
    return row


def forget(row: Any, change: Change) -> None:
    """Deletes the row; its history, where it has one, says who, when and why."""
    row._history_user, row._history_date = change.by, change.at  # noqa: SLF001
    row._change_reason = change.reason[:REASON_LENGTH]  # noqa: SLF001
    row.delete()


def _one_after_another() -> None:
    """What only one may hold is looked up before it is written: the first person is the key."""
    User.objects.select_for_update().order_by("pk").first()


@transaction.atomic
def save_row(*, row: Aspiration | ContentArea, fields: Mapping[str, Any], change: Change) -> None:
    """Raises ValidationError."""
    for name, value in fields.items():
        setattr(row, name, value)
    keep(row, change)


# --- goals ----------------------------------------------------------------------------------------


@transaction.atomic
def save_goal(
    *,
    goal: Goal,
    fields: Mapping[str, Any],
    new_area: str,
    change: Change,
    leader: User | None = None,
) -> Goal:
    """`new_area` is the name of an area that is not here yet. Raises ValidationError."""
    _one_after_another()
    for name, value in fields.items():
        setattr(goal, name, value)
    if new_area:
        goal.area = _area(new_area, change)
    keep(goal, change)
    if leader is not None:
        name_leader(goal=goal, person=leader, change=change)
    return goal


def _area(name: str, change: Change) -> ContentArea:
    found = ContentArea.objects.filter(name__iexact=name).first()
    if found is not None:
        return found
    taken = set(ContentArea.objects.values_list("code", flat=True))
    stem = "".join(word[0] for word in name.split() if word[0].isalnum()).upper()[:8] or "A"
    code = next(
        each for each in (stem, *(f"{stem}{n}" for n in range(2, 999))) if each not in taken
    )
    area: ContentArea = keep(ContentArea(code=code, name=name, rank=len(taken) + 1), change)
    return area


@transaction.atomic
def name_leader(*, goal: Goal, person: User, change: Change) -> None:
    """Leads the goal from `change.on`; who led before does so until the day before.

    Raises ValidationError.
    """
    _one_after_another()
    held = GoalRole.objects.filter(goal=goal, role=GoalRole.Role.LEADER)
    before = held.overlapping(change.on, None).first()
    if before is not None and before.person_id == person.pk:
        return
    if before is not None:
        _end(before, change)
    keep(GoalRole(goal=goal, person=person, role="leader", valid_from=change.on), change)


@transaction.atomic
def join_team(*, goal: Goal, person: User, change: Change) -> None:
    """Raises ValidationError; somebody who is on the team stays on it."""
    _one_after_another()
    held = GoalRole.objects.filter(goal=goal, person=person).overlapping(change.on, None)
    if not held.exists():
        keep(GoalRole(goal=goal, person=person, role="team", valid_from=change.on), change)


@transaction.atomic
def end_goal_role(*, row: GoalRole, change: Change) -> None:
    _end(row, change)


def _end(row: GoalRole | IndicatorSteward, change: Change) -> None:
    """Until yesterday; a row that only began today never came to hold and goes."""
    if row.valid_from >= change.on:
        forget(row, change)
        return
    row.valid_to = change.on - timedelta(days=1)
    keep(row, change)


# --- indicators -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """An indicator as it was typed; definition and steward are those of a new one."""

    fields: Mapping[str, Any]
    definition: str = ""
    steward: User | None = None


@transaction.atomic
def save_indicator(*, indicator: Indicator, entry: Entry, change: Change) -> Indicator:
    """Standings follow at once. Raises ValidationError."""
    for name, value in entry.fields.items():
        setattr(indicator, name, value)
    keep(indicator, change)
    if entry.definition:
        keep(DefinitionVersion(indicator=indicator, number=1, text=entry.definition), change)
    if entry.steward is not None:
        appoint_steward(indicator=indicator, person=entry.steward, change=change)
    _refresh(indicator, change)
    return indicator


@transaction.atomic
def add_definition(
    *, indicator: Indicator, text: str, valid_from: date | None, is_comparable: bool, change: Change
) -> DefinitionVersion:
    """The next version; whether older values still compare decides standings. As above."""
    Indicator.objects.select_for_update().get(pk=indicator.pk)
    last = indicator.definitions.aggregate(last=Max("number"))["last"] or 0
    row: DefinitionVersion = keep(
        DefinitionVersion(
            indicator=indicator, number=last + 1, text=text, valid_from=valid_from,
            is_comparable=is_comparable, reason=change.reason,
        ),
        change,
    )  # fmt: skip
    _refresh(indicator, change)
    return row


def _refresh(indicator: Indicator, change: Change) -> None:
    series = Series.objects.filter(indicator=indicator).values_list("pk", flat=True)
    refresh_standings(series_ids=series, at=change.at)


@transaction.atomic
def appoint_steward(*, indicator: Indicator, person: User, change: Change) -> None:
    """Raises ValidationError; somebody who keeps the indicator goes on keeping it."""
    _one_after_another()
    held = IndicatorSteward.objects.filter(indicator=indicator, person=person)
    if not held.overlapping(change.on, None).exists():
        row = IndicatorSteward(indicator=indicator, person=person, valid_from=change.on)
        keep(row, change)


@transaction.atomic
def end_stewardship(*, row: IndicatorSteward, change: Change) -> None:
    _end(row, change)


@transaction.atomic
def measure_goal(
    *, goal: Goal, indicator: Indicator, org_unit: OrgUnit, kind: str, change: Change
) -> GoalIndicator:
    """The goal is measured by the indicator for this unit, and has a standing from then on.

    Raises ValidationError.
    """
    _one_after_another()
    series, _made = Series.objects.get_or_create(
        indicator=indicator, org_unit=org_unit, subgroup=Subgroup.objects.everybody()
    )
    use: GoalIndicator = keep(
        GoalIndicator(goal=goal, series=series, kind=kind, rank=goal.measures.count() + 1), change
    )
    refresh_standings(series_ids=[series.pk], at=change.at)
    return use


@transaction.atomic
def stop_measuring(*, use: GoalIndicator, change: Change) -> None:
    """The numbers stay; only the goal is not measured by them any more."""
    forget(use, change)


@transaction.atomic
def begin_measuring(
    *, goal: Goal, entry: Entry, org_unit: OrgUnit, change: Change
) -> GoalIndicator:
    """A new indicator, and the goal that it is the goal indicator of: both or none.

    Raises ValidationError.
    """
    indicator = save_indicator(indicator=Indicator(), entry=entry, change=change)
    return measure_goal(
        goal=goal, indicator=indicator, org_unit=org_unit, kind="goal", change=change
    )
