"""The first page of the Unit room: who is in it, who reports to whom, what each carries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from accounts.vocabulary import said
from goals import wording as words
from stocktakes.unit import wording
from stocktakes.unit.board import Bar, bar
from stocktakes.unit.book import Book, Day, Found
from stocktakes.unit.independence import Verdict, reports_to_the_top
from stocktakes.unit.orphans import Orphan, orphans

ORDER = (Role.DELIVERY_LEADER, Role.DEPUTY_DELIVERY_LEADER, Role.CONSULTANT, Role.ANALYST)


@dataclass(frozen=True)
class Member:
    """Somebody of the Unit, with what they keep."""

    person: User
    title: str
    roles: str
    home: str
    fte: str
    percent: int
    is_co_lead: bool
    primary: str
    backup: str
    bar: Bar | None
    findings: list[Found]
    line: str = ""  # for a delivery leader: how they report
    line_verdict: Verdict | None = None

    @property
    def is_in_question(self) -> bool:
        return any(found.is_open for found in self.findings)


@dataclass(frozen=True)
class Chief:
    """A goal leader in the picture of who reports to whom."""

    person: User
    title: str
    codes: str


@dataclass(frozen=True)
class Room:
    day: Day
    title: str
    top: list[User]
    top_title: str
    leads: list[Member]
    members: list[Member]
    chiefs: list[Chief]
    fte: str
    homes: int
    goals: int
    above: int
    pairs: int
    independent: int
    findings: list[Found]
    orphans: list[Orphan]


def room(book: Book, *, on: date, is_past: bool = False) -> Room:
    """On an earlier day nothing is said to hang in the air: that is work of today."""
    day = book.day(on)
    members = _members(day)
    pairs, findings = day.pairs(), day.findings
    percent = sum(member.percent for member in members)
    top = [row.person for row in _current(day, Role.SYSTEM_LEADER)]
    goals = len(book.goals)
    return Room(
        day=day,
        title=_title(len(members), percent, goals),
        top=top,
        top_title=book.title_of(top[0].pk, on) if top else "",
        leads=[member for member in members if member.line_verdict is not None],
        members=members,
        chiefs=[
            Chief(
                leader,
                book.title_of(leader.pk, on),
                wording.codes([goal.code for goal in day.goals_led[leader.pk]]),
            )
            for leader in day.leaders
        ],
        fte=wording.fte(percent),
        homes=len({member.home for member in members if member.home}),
        goals=goals,
        above=sum(1 for member in members if member.bar and member.bar.alarm),
        pairs=len(pairs),
        independent=len(pairs) - len(findings),
        findings=findings,
        orphans=[] if is_past else orphans(on, book.goals.values()),
    )


def _title(people: int, percent: int, goals: int) -> str:
    """Six people, 4.9 full-time equivalents, ten goals."""
    who = ngettext("%s person", "%s people", people) % words.count(people)
    what = ngettext("%s goal", "%s goals", goals) % words.count(goals)
    text = _("%(who)s, %(fte)s full-time equivalents, %(what)s.") % {
        "who": who,
        "fte": wording.fte(percent),
        "what": what,
    }
    return text[:1].upper() + text[1:]


def _current(day: Day, *roles: Role) -> list[RoleAssignment]:
    return [row for row in day.book.roles if row.role in roles and row.is_current(day.on)]


def _members(day: Day) -> list[Member]:
    held: dict[int, list[RoleAssignment]] = defaultdict(list)
    for row in _current(day, *ORDER):
        if row.person.was_here(day.on):
            held[row.person_id].append(row)
    found = [_member(day, rows) for rows in held.values()]
    places = {person: min(ORDER.index(Role(r.role)) for r in rows) for person, rows in held.items()}
    return sorted(found, key=lambda each: (places[each.person.pk], each.person.name))


def _member(day: Day, rows: list[RoleAssignment]) -> Member:
    person = rows[0].person
    percent = day.fte_percent(person)
    primary = day.held[person.pk]
    homes = {row.home_unit.name for row in rows if row.home_unit}
    is_lead = any(row.role == Role.DELIVERY_LEADER for row in rows)
    verdict = _line(day, person) if is_lead else None
    return Member(
        person=person,
        title=day.book.title_of(person.pk, day.on),
        roles=", ".join(str(Role(row.role).label) for row in rows),
        home=", ".join(sorted(homes)),
        fte=wording.fte(percent),
        percent=percent,
        is_co_lead=any(row.is_co_lead for row in rows),
        primary=wording.codes([goal.code for goal in primary]),
        backup=wording.codes([goal.code for goal in day.backed[person.pk]]),
        bar=bar(day.load(person), day.book.limits.alarm) if primary else None,
        findings=[found for found in day.findings if found.consultant.pk == person.pk],
        line=_line_words(verdict),
        line_verdict=verdict,
    )


def _line(day: Day, person: User) -> Verdict:
    tops = _current(day, Role.SYSTEM_LEADER)
    verdicts = [
        reports_to_the_top(day.book.graph, delivery_leader=person.pk, top=row.person_id, on=day.on)
        for row in tops
    ]
    return verdicts[0] if verdicts else Verdict.FAIL


def _line_words(verdict: Verdict | None) -> str:
    if verdict is None:
        return ""
    return {
        Verdict.PASS: said(_("Reports directly to the %(system_leader)s")),
        Verdict.WARN: said(_("Reports to the %(system_leader)s over one other person")),
        Verdict.FAIL: said(_("Does not report to the %(system_leader)s")),
    }[verdict]
