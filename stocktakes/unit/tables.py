"""The tables of the Unit room as files: whole where a page shortens, with the same words."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from goals import rounding
from goals.models import Goal
from goals.spreadsheets import Cell, Table
from stocktakes.unit.board import Account, Board, Column, Line, Mark
from stocktakes.unit.book import Day
from stocktakes.unit.room import Member, Room

ACCOUNTS = ("goal_leader", "title", "goal_code", "goal", "missing", "exception")
MEMBERS = (
    "person", "title", "roles", "home_office", "fte", "primary_for", "backup_for", "load",
    "load_alarm_above", "independence",
)  # fmt: skip


def accounts_table(board: Board) -> Table:
    """A line for each goal, a column for each consultant; below, what each of them carries."""
    header = (*ACCOUNTS, *(column.person.name for column in board.columns))
    lines: list[list[Cell]] = [
        _account_line(account, line) for account in board.accounts for line in account.lines
    ]
    if board.accounts:
        lines += _loads(board)
    return Table(f"accounts-{board.day.on.isoformat()}", header, lines)


def _account_line(account: Account, line: Line) -> list[Cell]:
    return [
        account.leader.name,
        account.title,
        line.goal.code,
        line.goal.title,
        line.gap,
        "; ".join(line.notes),
        *("; ".join(_mark(mark) for mark in cell) for cell in line.cells),
    ]


def _mark(mark: Mark) -> str:
    return mark.text if mark.state == "now" else f"{mark.name} {mark.text}"


def _loads(board: Board) -> Iterator[list[Cell]]:
    told = [(_("Load"), board.day)]
    if board.then:
        told.append((_("Load with all that is planned"), board.then))
    for words, day in told:
        empty = [""] * (len(ACCOUNTS) - 2)
        yield [words, f"{day.on:%Y-%m-%d}", *empty, *(_load(day, each) for each in board.columns)]


def _load(day: Day, column: Column) -> Decimal | None:
    return _rounded(day.load(column.person).load)


def _rounded(load: Fraction | None) -> Decimal | None:
    return None if load is None else Decimal(rounding.text(load, 1))


def members_table(room: Room) -> Table:
    lines = [_member_line(room.day, member) for member in room.members]
    return Table(f"unit-{room.day.on.isoformat()}", MEMBERS, lines)


def _member_line(day: Day, member: Member) -> list[Cell]:
    primary = day.held[member.person.pk]
    return [
        member.person.name,
        member.title,
        member.roles,
        member.home,
        Decimal(member.percent) / 100,
        _codes(primary),
        _codes(day.backed[member.person.pk]),
        _rounded(day.load(member.person).load) if primary else None,
        day.book.limits.alarm,
        "; ".join(_independence(member)),
    ]


def _codes(goals: Iterable[Goal]) -> str:
    return " ".join(goal.code for goal in goals)


def _independence(member: Member) -> Iterator[str]:
    if member.line:
        yield member.line
    for found in member.findings:
        words = _("Mitigated: %s") if found.mitigation else _("In question: %s")
        yield words % found.leader.name
    if not member.line and not member.findings:
        yield _("Outside the line") if member.primary else _("No judgements")
