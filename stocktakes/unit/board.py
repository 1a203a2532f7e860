"""The page of accounts: who looks after whom, as a matrix that shows what is planned, too."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.utils.translation import gettext as _

from accounts.models import AccountAssignment, AccountChange, User
from goals import wording as words
from goals.models import Goal, GoalConsultant
from stocktakes.unit import wording
from stocktakes.unit.book import Book, Day, Found, Gap
from stocktakes.unit.load import Load

MOST_STEPS_AHEAD = 6  # planned days that the matrix looks at
MOST_GOALS = 40  # above, accounts are rows and only what is special about a goal is told
MOST_HISTORY = 40
BAR_WIDTH = 100
BAR_SCALE = Fraction(6)  # loads up to 6 have a place on the bar


@dataclass(frozen=True)
class Bar:
    """A load as a bar with the alarm line, in the units of its drawing."""

    text: str
    width: str
    limit: str
    alarm: bool
    is_none: bool
    limit_text: str


def bar(load: Load, alarm: int) -> Bar:
    scale = max(BAR_SCALE, Fraction(alarm) * 3 / 2)
    share = min(Fraction(1), (load.load or Fraction(0)) / scale)
    return Bar(
        text=wording.load(load.load),
        width=f"{float(share * BAR_WIDTH):.1f}",
        limit=f"{float(Fraction(alarm) / scale * BAR_WIDTH):.1f}",
        alarm=load.alarm,
        is_none=load.load is None,
        limit_text=wording.load(Fraction(alarm)),
    )


@dataclass(frozen=True)
class Column:
    person: User
    fte: str
    joins: date | None
    now: Bar
    then: Bar | None


@dataclass(frozen=True)
class Mark:
    """P or B in one cell. `state`: now, out (until the day before) or in (from the day)."""

    letter: str
    text: str
    state: str = "now"

    @property
    def name(self) -> str:
        return _words(self.letter)


Cell = tuple[Mark, ...]


@dataclass(frozen=True)
class Line:
    """A goal of an account, and who has it."""

    goal: Goal
    cells: list[Cell]
    notes: list[str]
    gap: str = ""


@dataclass(frozen=True)
class Account:
    leader: User
    title: str
    summary: str
    cells: list[Cell]
    lines: list[Line]
    gap: str = ""


@dataclass(frozen=True)
class GapRow:
    gap: Gap
    codes: str
    title: str
    text: str
    url_query: str


@dataclass(frozen=True)
class FoundRow:
    found: Found
    codes: str
    title: str
    text: str
    kind: str  # "goal" or "account": which row keeps the mitigation


@dataclass(frozen=True)
class Past:
    """One line of the history: who got what, from when, by whose decision, why."""

    account: str
    change: str
    first: date
    decided_by: str
    reason: str


@dataclass(frozen=True)
class Board:
    day: Day
    then: Day | None
    title: str
    columns: list[Column]
    accounts: list[Account]
    gaps: list[GapRow]
    findings: list[FoundRow]
    history: list[Past]
    planned: list[AccountChange]
    joining: list[Column]
    is_long: bool

    @property
    def present(self) -> list[Column]:
        return [column for column in self.columns if not column.joins]

    @property
    def goals(self) -> int:
        return sum(len(goals) for goals in self.day.goals_led.values())

    @property
    def alarm(self) -> str:
        return wording.load(Fraction(self.day.book.limits.alarm))


def board(book: Book, *, on: date, whole: bool = False, is_past: bool = False) -> Board:
    """An earlier day is told without what was planned then, and without advice."""
    day = book.day(on)
    planned, steps = ([], []) if is_past else _plans(book, on)
    then = book.day(planned[-1].starts_on) if planned else None
    columns = _columns(day, then)
    gaps = day.gaps
    above = sum(1 for column in columns if column.now.alarm)
    is_long = len(book.goals) > MOST_GOALS and not whole
    return Board(
        day=day,
        then=then,
        title=wording.headline(
            above=above,
            primary=sum(1 for gap in gaps if gap.is_primary),
            backup=sum(len(gap.goals) for gap in gaps if not gap.is_primary),
        ),
        columns=columns,
        accounts=[_account(day, steps, leader, columns, is_long=is_long) for leader in day.leaders],
        gaps=[_gap_row(day, gap, advises=not is_past) for gap in gaps],
        findings=_found_rows(day, then),
        history=history(book, on),
        planned=planned,
        joining=[column for column in columns if column.joins],
        is_long=is_long,
    )


def _plans(book: Book, on: date) -> tuple[list[AccountChange], list[Day]]:
    planned = list(AccountChange.objects.ahead(on).select_related("decided_by"))
    return planned, [book.day(step) for step in book.ahead(on)[:MOST_STEPS_AHEAD]]


# --- the matrix -----------------------------------------------------------------------------------


def _columns(day: Day, then: Day | None) -> list[Column]:
    """Consultants of today and of the days to come; others of the Unit once they keep something."""
    found = []
    for person in _keepers(day, then):
        first = _joins(day, person)
        later = then.load(person) if then else None
        alarm = day.book.limits.alarm
        held = then if then and first else day
        found.append(
            Column(
                person=person,
                fte=wording.fte(held.fte_percent(person)),
                joins=first,
                now=bar(day.load(person), alarm),
                then=bar(later, alarm) if later else None,
            )
        )
    return sorted(found, key=lambda column: (column.joins or date.min, column.person.name))


def _keepers(day: Day, then: Day | None) -> list[User]:
    rows = [row for row in day.book.roles if row.valid_to is None or row.valid_to >= day.on]
    ids = {
        row.person_id for row in rows if row.role == "consultant" and row.person.was_here(day.on)
    }
    for each in (day, then):
        if each is not None:
            ids |= {row.consultant_id for row in each.primary.values()}
            ids |= {row.consultant_id for row in each.exception.values()}
            ids |= {row.consultant_id for who in each.leaders for row in each.backups_of(who)}
    return [day.book.people[pk] for pk in ids]


def _joins(day: Day, person: User) -> date | None:
    """The first day in the Unit of somebody who is not in it yet."""
    if day.roles_of(person):
        return None
    days = [
        row.valid_from
        for row in day.book.roles
        if row.person_id == person.pk and row.valid_from > day.on
    ]
    return min(days, default=None)


def _account(
    day: Day, steps: list[Day], leader: User, columns: list[Column], *, is_long: bool
) -> Account:
    goals = day.goals_led[leader.pk]
    shown = [goal for goal in goals if not is_long or _notes(day, goal)]
    lines = [_line(day, steps, goal, columns) for goal in shown]
    weight = sum(goal.state == Goal.State.ACTIVE for goal in goals)
    missing = [gap for gap in day.gaps if gap.leader.pk == leader.pk] if is_long else []
    return Account(
        leader=leader,
        title=day.book.title_of(leader.pk, day.on),
        summary=_("%(goals)s, weight %(weight)s")
        % {
            "goals": _("1 goal") if len(goals) == 1 else _("%s goals") % len(goals),
            "weight": wording.load(Fraction(weight)),
        },
        cells=[_cell(day, steps, column.person, leader=leader) for column in columns]
        if is_long
        else [],
        lines=lines,
        gap=", ".join(_missing_since(gap) for gap in missing),
    )


def _missing_since(gap: Gap) -> str:
    text = _("No primary since %s") if gap.is_primary else _("No backup since %s")
    return text % words.day(gap.since)


def _line(day: Day, steps: list[Day], goal: Goal, columns: list[Column]) -> Line:
    gaps = [gap for gap in day.gaps if goal.pk in {each.pk for each in gap.goals}]
    return Line(
        goal=goal,
        cells=[_cell(day, steps, column.person, goal=goal) for column in columns],
        notes=_notes(day, goal),
        gap=", ".join(_missing_since(gap) for gap in gaps),
    )


def _notes(day: Day, goal: Goal) -> list[str]:
    notes = []
    for row in day.book.exceptions:
        if row.goal_id != goal.pk:
            continue
        if row.is_current(day.on):
            notes.append(_("Exception: %s") % row.reason)
        elif row.valid_from > day.on:
            first = words.day(row.valid_from)
            notes.append(_("Exception from %(day)s: %(why)s") % {"day": first, "why": row.reason})
    return notes


def _part(day: Day, person: User, goal: Goal | None, leader: User | None) -> str:
    """P, B or nothing: what somebody is for a goal, or for a whole account, on a day."""
    if goal is not None:
        keeper, backups = day.keeper(goal), day.backups(goal)
    else:
        assert leader is not None  # noqa: S101 - a goal or a leader
        keeper, backups = day.primary.get(leader.pk), day.backups_of(leader)
    if keeper is not None and keeper.consultant_id == person.pk:
        return "P"
    return "B" if any(row.consultant_id == person.pk for row in backups) else ""


def _cell(
    day: Day,
    steps: list[Day],
    person: User,
    *,
    goal: Goal | None = None,
    leader: User | None = None,
) -> Cell:
    now = _part(day, person, goal, leader)
    for step in steps:
        then = _part(step, person, goal, leader)
        if then != now:
            return _turning(now, then, step.on)
    return (Mark(now, _words(now)),) if now else ()


def _turning(now: str, then: str, on: date) -> Cell:
    marks = []
    if now:
        until = wording.short_day(on - timedelta(days=1))
        marks.append(Mark(now, _("until %s") % until, "out"))
    if then:
        marks.append(Mark(then, _("from %s") % wording.short_day(on), "in"))
    return tuple(marks)


def _words(letter: str) -> str:
    return _("Primary") if letter == "P" else _("Backup")


# --- gaps and independence ------------------------------------------------------------------------


def _gap_row(day: Day, gap: Gap, *, advises: bool) -> GapRow:
    query = f"what={'handover' if gap.is_primary else 'backup'}&account={gap.leader.pk}"
    who = roomiest(day, gap.leader)
    advice = _advice(day, gap.leader, who) if advises else _("Account of %s.") % gap.leader.name
    return GapRow(
        gap=gap,
        codes=wording.codes([goal.code for goal in gap.goals]),
        title=wording.since(gap.since, day.on, is_primary=gap.is_primary),
        text=advice,
        url_query=query + (f"&to={who.pk}" if who else ""),
    )


def _advice(day: Day, leader: User, who: User | None) -> str:
    if who is None:
        return _("Account of %s. Nobody else is in the Unit to take it.") % leader.name
    return _("Account of %(leader)s. %(name)s has room: carries %(load)s of %(limit)s.") % {
        "leader": leader.name,
        "name": who.name,
        "load": wording.load(day.load(who).load),
        "limit": wording.load(Fraction(day.book.limits.alarm)),
    }


def roomiest(day: Day, leader: User) -> User | None:
    """Who could take an account: a consultant with the most room who does not keep it yet."""
    taken = {row.consultant_id for row in day.backups_of(leader)}
    if leader.pk in day.primary:
        taken.add(day.primary[leader.pk].consultant_id)
    free = [
        person for person in day.consultants if person.pk not in taken and person.pk != leader.pk
    ]
    usual = [person for person in free if day.is_consultant(person)]
    return max(usual or free, key=lambda person: (day.room(person), person.name), default=None)


def _found_rows(day: Day, then: Day | None) -> list[FoundRow]:
    """Of today, and of what is planned where it is new."""
    rows = [_found_row(day, found) for found in day.findings]
    known = {row.found.key for row in rows}
    if then is not None:
        later = [found for found in then.findings if found.key not in known]
        rows += [_found_row(then, found) for found in later]
    return rows


def _found_row(day: Day, found: Found) -> FoundRow:
    return FoundRow(
        found=found,
        codes=wording.codes([goal.code for goal in found.goals]),
        title=finding_words(day, found),
        text=found.mitigation or _look_back(day, found),
        kind="goal" if isinstance(found.row, GoalConsultant) else "account",
    )


def finding_words(day: Day, found: Found) -> str:
    manager = day.book.people.get(found.finding.manager or 0)
    return wording.why(
        found.finding,
        consultant=found.consultant.name,
        leader=found.leader.name,
        manager=manager.name if manager else "",
    )


def _look_back(day: Day, found: Found) -> str:
    until = found.finding.until
    if until is None:
        return ""
    return _("At %(day)s that is %(days)s days ago; the look-back is %(months)s months.") % {
        "day": words.day(day.on),
        "days": (day.on - until).days,
        "months": day.book.limits.months,
    }


# --- history --------------------------------------------------------------------------------------


def history(book: Book, on: date) -> list[Past]:
    """Who became primary for what, the last first; what was undone is not in it."""
    lines = [_account_line(book, row) for row in book.accounts if row.kind == "primary"]
    lines += [_goal_line(row) for row in book.exceptions]
    lines.sort(key=lambda line: (line.first, line.account), reverse=True)
    return [line for line in lines if line.first <= on][:MOST_HISTORY]


def _account_line(book: Book, row: AccountAssignment) -> Past:
    earlier = [
        old
        for old in book.accounts
        if old.goal_leader_id == row.goal_leader_id
        and old.kind == row.kind
        and old.valid_to is not None
        and old.valid_to < row.valid_from
    ]
    names = {"new": row.consultant.name, "old": earlier[-1].consultant.name if earlier else ""}
    text = _("%(old)s to %(new)s") % names if earlier else _("new, %(new)s") % names
    return _past(row.goal_leader.name, text, row, row.change.reason if row.change else "")


def _goal_line(row: GoalConsultant) -> Past:
    return _past(row.goal.code, _("exception, %s") % row.consultant.name, row, row.reason)


def _past(account: str, text: str, row: AccountAssignment | GoalConsultant, reason: str) -> Past:
    return Past(
        account=account,
        change=text,
        first=row.valid_from,
        decided_by=row.change.decided_by.name if row.change else "",
        reason=reason,
    )
