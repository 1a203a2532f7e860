"""What a change of accounts would do: who moves, loads, gaps and independence, before and after."""

import json
from dataclasses import dataclass
from hashlib import sha256

from accounts.models import AccountAssignment, AccountChange, User
from goals.models import Goal
from stocktakes.unit import wording
from stocktakes.unit.book import Day, Found, Gap
from stocktakes.unit.load import Load


@dataclass(frozen=True)
class Passing:
    """Goals of one leader that go from one consultant to another."""

    leader: User
    goals: tuple[Goal, ...]
    giver: User | None
    taker: User | None

    @property
    def codes(self) -> str:
        return wording.codes([goal.code for goal in self.goals])


@dataclass(frozen=True)
class Carried:
    """The load of one consultant before and after."""

    person: User
    before: Load
    after: Load
    before_text: str
    after_text: str


@dataclass(frozen=True)
class Preview:
    day: Day
    passing: list[Passing]
    backups: list[AccountAssignment]
    ended_backups: list[AccountAssignment]
    loads: list[Carried]
    gaps: list[Gap]
    closed_gaps: int
    findings: list[Found]
    moves: int
    title: str
    token: str


def compare(before: Day, after: Day, *, change: AccountChange) -> Preview:
    """The difference between two readings of the same day."""
    passing = _passing(before, after)
    loads = _loads(before, after)
    begun = [row for row in after.book.accounts if row.change_id == change.pk]
    backups = [row for row in begun if row.kind == AccountAssignment.Kind.BACKUP]
    findings = [
        found
        for found in after.findings
        if any(row.change_id == change.pk for row in found.rows) and found.finding.needs_mitigation
    ]
    gaps, gone = after.gaps, before.gaps
    above = [carried.person.name for carried in loads if carried.after.alarm]
    ended = _ended_backups(before, after)
    moves = len(passing) + len([row for row in backups if row.valid_to is None]) + len(ended)
    preview = Preview(
        day=after, passing=passing, backups=backups, ended_backups=ended, loads=loads, gaps=gaps,
        closed_gaps=max(0, len(gone) - len(gaps)), findings=findings, moves=moves, token="",
        title=wording.outcome(
            moves=moves, above=above, findings=len(findings), alarm=after.book.limits.alarm
        ),
    )  # fmt: skip
    return _with_token(preview)


def _ended_backups(before: Day, after: Day) -> list[AccountAssignment]:
    """Backups who are none any more, unless they have become primary."""
    left = {row.pk for leader in after.leaders for row in after.backups_of(leader)}
    return [
        row
        for leader in before.leaders
        for row in before.backups_of(leader)
        if row.pk not in left and not _is_primary(after, row)
    ]


def _is_primary(after: Day, row: AccountAssignment) -> bool:
    primary = after.primary.get(row.goal_leader_id)
    return primary is not None and primary.consultant_id == row.consultant_id


def _passing(before: Day, after: Day) -> list[Passing]:
    """Grouped by leader and by who gives and takes; goals that stay do not count."""
    groups: dict[tuple[int, int, int], list[Goal]] = {}
    people: dict[int, User | None] = {0: None, **after.book.people}
    for goal in after.book.goals.values():
        giver, taker = before.keeper(goal), after.keeper(goal)
        old, new = giver.consultant_id if giver else 0, taker.consultant_id if taker else 0
        leader = after.leader.get(goal.pk)
        if old != new and leader is not None:
            groups.setdefault((leader.pk, old, new), []).append(goal)
    for pk, row in after.primary.items():  # an account of somebody whose goals all stay
        gave = before.primary.get(pk)
        old = gave.consultant_id if gave else 0
        if old != row.consultant_id:
            groups.setdefault((pk, old, row.consultant_id), [])
    found = []
    for (leader_pk, old, new), goals in groups.items():
        leader = people[leader_pk]
        assert leader is not None  # noqa: S101 - a leader is always somebody
        found.append(Passing(leader, tuple(goals), people[old], people[new]))
    return sorted(found, key=lambda each: each.leader.name)


def _loads(before: Day, after: Day) -> list[Carried]:
    """Of everybody whose load changes."""
    ids = {*before.held, *after.held}
    found = []
    for pk in ids:
        person = after.book.people.get(pk) or before.book.people[pk]
        old, new = before.load(person), after.load(person)
        if {goal.pk for goal in before.held[pk]} != {goal.pk for goal in after.held[pk]}:
            found.append(Carried(person, old, new, wording.load(old.load), wording.load(new.load)))
    return sorted(found, key=lambda each: each.person.name)


def _with_token(preview: Preview) -> Preview:
    """The token stands for all that is shown: equal tokens, equal effects."""
    shown = [
        preview.day.on.isoformat(),
        [
            [each.leader.pk, [goal.pk for goal in each.goals],
             each.giver.pk if each.giver else 0, each.taker.pk if each.taker else 0]
            for each in preview.passing
        ],
        [[row.consultant_id, row.goal_leader_id, str(row.valid_to)] for row in preview.backups],
        [row.pk for row in preview.ended_backups],
        [[each.person.pk, each.before_text, each.after_text] for each in preview.loads],
        [[gap.leader.pk, [goal.pk for goal in gap.goals], gap.is_primary] for gap in preview.gaps],
        [[found.key, str(found.finding)] for found in preview.findings],
    ]  # fmt: skip
    digest = sha256(json.dumps(shown).encode()).hexdigest()
    return Preview(**{**preview.__dict__, "token": digest})
