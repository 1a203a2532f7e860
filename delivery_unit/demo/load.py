"""Loads a demonstration: replays its history in the order in which it became known.

Everything goes through the same actions that people use, so a pack issued in the middle of the
history says what was known then. The fictional today is the day of loading.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import (
    AccountAssignment,
    Holiday,
    OrgUnit,
    Position,
    RoleAssignment,
    System,
    User,
)
from accounts.roles import Role
from delivery_unit.demo.loader import Loader, PlannedValue
from delivery_unit.demo.measures import load_goals
from delivery_unit.demo.meetings import plan_meetings
from delivery_unit.demo.shapes import PASSWORD, Demo, DemoPerson
from goals.actions.answers import write_answer
from goals.actions.mappings import save_mapping
from goals.actions.observations import record_observations
from goals.actions.standings import refresh_standings
from goals.actions.totals import refresh_totals
from goals.models import Goal

ANSWERED_DAYS_AGO = 125  # before the first pack is issued


@transaction.atomic
def load(demo: Demo, on: date) -> Loader:
    """The whole demonstration as of a day, into an empty system."""
    loader = Loader(demo, on)
    _load_system(loader)
    _load_people(loader)
    _load_accounts(loader)
    for name, spec in demo.mappings:
        save_mapping(name=name, data=dict(spec), by=None)
    load_goals(loader)
    _plan_answers(loader)
    plan_meetings(loader)
    _replay(loader)
    return loader


def _load_system(loader: Loader) -> None:
    system = loader.demo.system
    System.objects.create(
        name=system.name, time_zone=system.zone, fiscal_year_start=system.fiscal_year_start,
        weekend=list(system.weekend), words=dict(system.words), demo_profile=loader.demo.profile,
    )  # fmt: skip
    Holiday.objects.bulk_create(Holiday(on=on, name=name) for on, name in loader.holidays())
    for code, name, kind, parent in loader.demo.org_units:
        loader.units[code] = OrgUnit.objects.create(
            code=code, name=name, kind=kind, valid_from=loader.long_ago,
            parent=loader.units[parent] if parent else None,
        )  # fmt: skip


# --- people ---------------------------------------------------------------------------------------


def _load_people(loader: Loader) -> None:
    positions: dict[str, Position] = {}
    password = make_password(PASSWORD)  # once: it is slow on purpose
    for each in loader.demo.people:
        short = each.email.partition("@")[0]
        user = User.objects.create(email=each.email, name=each.name, password=password)
        loader.people[short] = user
        positions[short] = _position(loader, user, each.title, each.unit, positions.get(each.boss))
        for role in (each.role, *each.also):
            _load_role(loader, user, each, role)
    for each in loader.demo.people:
        if each.day_job:
            user, job = loader.people[each.email.partition("@")[0]], each.day_job
            _position(loader, user, job.title, job.unit, positions.get(job.boss))


def _position(
    loader: Loader, user: User, title: str, unit: str, reports_to: Position | None
) -> Position:
    return Position.objects.create(
        person=user, title=title, org_unit=loader.units[unit], valid_from=loader.long_ago,
        reports_to=reports_to,
    )  # fmt: skip


def _load_role(loader: Loader, user: User, each: DemoPerson, role: Role) -> None:
    RoleAssignment.objects.create(
        person=user, role=role, valid_from=loader.long_ago, fte_percent=each.fte_percent,
        home_unit=loader.units.get(each.home_unit), is_co_lead=each.is_co_lead,
        org_unit=loader.units[each.unit] if role == Role.LOCAL_LEADER else None,
    )  # fmt: skip


def _load_accounts(loader: Loader) -> None:
    for each in loader.demo.accounts:
        AccountAssignment.objects.create(
            consultant=loader.person(each.consultant), goal_leader=loader.person(each.leader),
            kind=each.kind, valid_from=loader.long_ago, handover_note=each.note,
        )  # fmt: skip


# --- history, in the order in which it became known ------------------------------------------------


def _plan_answers(loader: Loader) -> None:
    at = loader.moment(loader.on - timedelta(days=ANSWERED_DAYS_AGO), hour=16)
    for place, spec in enumerate(loader.demo.goals):
        moment = at + timedelta(minutes=20 * place)
        goal = Goal.objects.get(code=spec.code)
        for question, text in spec.answers.items():
            by = loader.demo.primary_of(spec.leader) if question == 5 else spec.leader
            write = partial(
                write_answer, goal=goal, question=question, text=text, by=loader.person(by),
                at=moment,
            )  # fmt: skip
            loader.events.append((moment, write))


def _replay(loader: Loader) -> None:
    """What people did comes before what was approved, and both before the numbers of a moment."""
    steps: list[tuple[datetime, int, Callable[[], object]]] = [
        *((at, 0, do) for at, do in loader.events),
        *(
            (at, 1, partial(refresh_standings, series_ids=[path.series_id], at=at))
            for at, path in loader.paths
        ),
        *((at, 2, do) for at, do in _publications(loader)),
    ]
    for _at, _rank, do in sorted(steps, key=lambda step: step[:2]):
        do()


def _publications(loader: Loader) -> list[tuple[datetime, Callable[[], object]]]:
    """All numbers of one moment together, so that a total is added up once, from all its parts."""
    rows = sorted(loader.values, key=lambda row: (row.at, row.series.pk))
    return [
        (at, partial(_publish, loader, at, list(group)))
        for at, group in groupby(rows, key=lambda row: row.at)
    ]


def _publish(loader: Loader, at: datetime, rows: list[PlannedValue]) -> None:
    for row in rows:
        record_observations(
            series=row.series, values=[row.value], known_from=at, reason=row.reason,
            by=loader.person(loader.stewards[row.series.indicator.code]),
        )  # fmt: skip
    keys = {(row.series.indicator, row.value.period_end) for row in rows}
    changed = refresh_totals(
        keys=keys, by=loader.person("analyst"), known_from=at, data_import=None
    )
    refresh_standings(series_ids=changed, at=at)
