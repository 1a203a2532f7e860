"""Lists of organisation units and of people: on trial first, then for good, all or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions.list_writing import write_org_units, write_people
from accounts.actions.turns import take_turns
from accounts.importing.lists import Plan
from accounts.importing.org_units import plan_org_units
from accounts.importing.people import plan_people
from accounts.models import ListImport, User
from accounts.readers import FileRefused, read_lines

GoalTeams = Callable[[date], frozenset[int]]


class PlanChanged(Exception):
    """What is here changed since the dry run; nothing was written."""


class AlreadyDecided(Exception):
    """The file was confirmed or put aside before."""


class RowsRejected(Exception):
    """Some rows are wrong, and nobody chose to take the others alone."""


@dataclass(frozen=True)
class ListFile:
    kind: ListImport.Kind
    filename: str
    content: bytes
    on_goal_teams: GoalTeams  # who may hold no role in the Unit from a day on; this app cannot know


def plan_list(file: ListFile, today: date) -> Plan:
    """What the file would change; writes nothing. Raises FileRefused."""
    lines = read_lines(bytes(file.content), max_bytes=settings.IMPORT_MAX_BYTES)
    if file.kind == ListImport.Kind.ORG_UNITS:
        return plan_org_units(lines, today=today)
    return plan_people(lines, today=today, on_goal_teams=file.on_goal_teams(today))


def open_list(file: ListFile, *, by: User | None, at: datetime) -> ListImport:
    """The dry run. A file that cannot be read is kept as refused, without its text."""
    row = ListImport(
        kind=file.kind,
        filename=PurePath(file.filename).name[:200],
        content=file.content,
        uploaded_by=by,
        uploaded_at=at,
    )
    try:
        _remember(row, plan_list(file, timezone.localdate(at)))
    except FileRefused as refusal:
        row.state, row.problem, row.content = ListImport.State.REFUSED, str(refusal), b""
    row.save()
    return row


def _remember(row: ListImport, plan: Plan) -> None:
    row.counts, row.plan_sha256 = plan.counts, plan.fingerprint()


def file_of(row: ListImport, on_goal_teams: GoalTeams) -> ListFile:
    return ListFile(ListImport.Kind(row.kind), row.filename, bytes(row.content), on_goal_teams)


def confirm_list(
    *,
    row: ListImport,
    on_goal_teams: GoalTeams,
    by: User | None,
    at: datetime,
    accept_valid: bool = False,
) -> ListImport:
    """Raises AlreadyDecided, RowsRejected or PlanChanged; then nothing is written."""
    with transaction.atomic():
        # The turn of everybody who changes people, then the row: two presses write once.
        take_turns()
        row = _still_open(row)
        plan = plan_list(file_of(row, on_goal_teams), timezone.localdate(at))
        if plan.fingerprint() == row.plan_sha256:
            if plan.problems and not accept_valid:
                raise RowsRejected
            write = write_org_units if row.kind == ListImport.Kind.ORG_UNITS else write_people
            write(plan.entries, filename=row.filename, by=by, at=at)
            _decide(row, ListImport.State.CONFIRMED, by, at)
            return row
        _remember(row, plan)
        row.save()
    raise PlanChanged


def discard_list(*, row: ListImport, by: User | None, at: datetime) -> None:
    """Raises AlreadyDecided."""
    with transaction.atomic():
        _decide(_still_open(row), ListImport.State.DISCARDED, by, at)


def _still_open(row: ListImport) -> ListImport:
    row = ListImport.objects.select_for_update().get(pk=row.pk)
    if row.state != ListImport.State.DRY_RUN:
        raise AlreadyDecided
    return row


def _decide(row: ListImport, state: ListImport.State, by: User | None, at: datetime) -> None:
    row.state, row.content, row.decided_by, row.decided_at = state, b"", by, at
    row.save()
