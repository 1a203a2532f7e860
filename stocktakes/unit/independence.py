"""Whether a consultant stands outside the line of a goal leader. Values in, values out.

FAIL if one of the two reports to the other, however far up. WARN if they share their direct manager
and that is neither the system leader nor the delivery leader, or if one worked for the other within
the look-back. Else PASS.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, auto

from goals.data_age import add_months

LOOK_BACK_MONTHS = 12
MOST_STEPS = 50  # a line longer than this is a circle that slipped in
FOR_EVER = date.max


@dataclass(frozen=True)
class Post:
    """A position: who holds it between which days, and the position that it reports to."""

    pk: int
    person: int
    reports_to: int | None = None
    first: date = date.min
    last: date | None = None

    @property
    def until(self) -> date:
        return self.last or FOR_EVER

    def holds(self, on: date) -> bool:
        return self.first <= on <= self.until


class Verdict(StrEnum):
    PASS = auto()
    WARN = auto()
    FAIL = auto()


class Why(StrEnum):
    OUTSIDE = auto()
    WORKS_FOR_LEADER = auto()  # the consultant reports to the goal leader
    LEADER_WORKS_FOR = auto()  # the goal leader reports to the consultant
    SAME_MANAGER = auto()
    WORKED_FOR_LEADER = auto()
    LEADER_WORKED_FOR = auto()


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    why: Why
    until: date | None = None  # the last day of a line that has ended
    manager: int | None = None  # the direct manager whom both have

    @property
    def needs_mitigation(self) -> bool:
        """A shared manager is shown; a line between the two, today's or lately, is answered."""
        return self.verdict != Verdict.PASS and self.why != Why.SAME_MANAGER


PASS = Finding(Verdict.PASS, Why.OUTSIDE)


@dataclass(frozen=True)
class Graph:
    """Who reports to whom, as far back as is known."""

    posts: dict[int, Post] = field(default_factory=dict)
    by_person: dict[int, list[Post]] = field(default_factory=dict)

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Graph":
        by_person: dict[int, list[Post]] = defaultdict(list)
        known = {post.pk: post for post in posts}
        for post in known.values():
            by_person[post.person].append(post)
        return cls(known, dict(by_person))

    def held_by(self, person: int, on: date) -> list[Post]:
        return [post for post in self.by_person.get(person, []) if post.holds(on)]

    def above(self, post: Post) -> Iterator[tuple[Post, date, date]]:
        """The posts above one, each with the first and last day on which the whole line held."""
        first, last, seen = post.first, post.until, {post.pk}
        while post.reports_to in self.posts and len(seen) < MOST_STEPS:
            post = self.posts[post.reports_to]
            first, last = max(first, post.first), min(last, post.until)
            if post.pk in seen or first > last:
                return
            seen.add(post.pk)
            yield post, first, last

    def lines(self, person: int, boss: int) -> Iterator[tuple[date, date]]:
        """From when until when the person reported to the boss, directly or through others."""
        for post in self.by_person.get(person, []):
            for upper, first, last in self.above(post):
                if upper.person == boss:
                    yield first, last

    def managers(self, person: int, on: date) -> set[int]:
        """Who stands directly above on a day."""
        found = set()
        for post in self.held_by(person, on):
            upper = self.posts.get(post.reports_to or 0)
            if upper is not None and upper.holds(on):
                found.add(upper.person)
        return found

    def steps_up(self, person: int, boss: int, on: date) -> int | None:
        """How many steps of the line lie between the two on a day; none where there is no line."""
        steps = [
            number
            for post in self.held_by(person, on)
            for number, (upper, first, last) in enumerate(self.above(post), 1)
            if upper.person == boss and first <= on <= last
        ]
        return min(steps, default=None)


def independence(
    graph: Graph,
    *,
    consultant: int,
    leader: int,
    on: date,
    leads: frozenset[int] = frozenset(),
    months: int = LOOK_BACK_MONTHS,
) -> Finding:
    """`leads`: system and delivery leaders, under whom many stand without being in one line."""
    directions = (
        (consultant, leader, Why.WORKS_FOR_LEADER, Why.WORKED_FOR_LEADER),
        (leader, consultant, Why.LEADER_WORKS_FOR, Why.LEADER_WORKED_FOR),
    )
    for lower, upper, now, _before in directions:
        if any(first <= on <= last for first, last in graph.lines(lower, upper)):
            return Finding(Verdict.FAIL, now)
    for lower, upper, _now, before in directions:
        ended = [last for _first, last in graph.lines(lower, upper) if last < on]
        if ended and max(ended) >= add_months(on, -months):
            return Finding(Verdict.WARN, before, until=max(ended))
    shared = graph.managers(consultant, on) & graph.managers(leader, on) - leads
    if shared:
        return Finding(Verdict.WARN, Why.SAME_MANAGER, manager=min(shared))
    return PASS


def reports_to_the_top(graph: Graph, *, delivery_leader: int, top: int, on: date) -> Verdict:
    """Whether the delivery leader answers to the system leader: directly, over one other, or not."""
    steps = graph.steps_up(delivery_leader, top, on)
    if steps == 1:
        return Verdict.PASS
    return Verdict.WARN if steps == 2 else Verdict.FAIL
