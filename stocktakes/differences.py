"""What one version of a pack gives otherwise than the one before it. Values in, values out."""

from collections.abc import Iterator
from itertools import chain
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from goals import wording
from goals.fields import exact_text
from stocktakes.snapshot import Correction, Goal, Measure, Number, Pack

NONE = wording.NONE


def corrections(before: Pack, now: Pack) -> tuple[Correction, ...]:
    """Numbers, targets and goals that differ, in the order of the newer pack.

    A value for a period that the earlier pack did not have yet is new; it is listed too, because
    whoever read the first version compares the two.
    """
    old = {goal.code: goal for goal in before.goals}
    new = {goal.code: goal for goal in now.goals}
    added = [
        _whole(goal, _("not in the pack"), _("added"))
        for code, goal in new.items()
        if code not in old
    ]
    left = [
        _whole(goal, _("in the pack"), _("left out"))
        for code, goal in old.items()
        if code not in new
    ]
    both = chain.from_iterable(
        _of_goal(old[code], goal, now.term("goal_leader"))
        for code, goal in new.items()
        if code in old
    )
    return (*_of_meeting(before, now), *added, *left, *both)


def not_comparable(version: int) -> tuple[Correction, ...]:
    """Instead of a list, where the earlier version was altered and so nobody knows what it said."""
    words = _("does not match its fingerprint")
    return (Correction("", "", _("version %s") % version, words, _("not compared")),)


def _of_meeting(before: Pack, now: Pack) -> Iterator[Correction]:
    for about, old, new in (
        (_("title of the meeting"), before.meeting.title, now.meeting.title),
        (_("start of the meeting"), _start(before), _start(now)),
        (_("place"), before.meeting.place, now.meeting.place),
        (_("chair"), before.meeting.chair.name, now.meeting.chair.name),
        (_("word for who leads a goal"), before.term("goal_leader"), now.term("goal_leader")),
    ):
        if old != new:
            yield Correction("", "", about, old or NONE, new or NONE)


def _start(pack: Pack) -> str:
    local = pack.meeting.starts_at.astimezone(ZoneInfo(pack.meeting.time_zone))
    return f"{wording.day(local.date())}, {local:%H:%M}"


def _whole(goal: Goal, before: str, now: str) -> Correction:
    return Correction(goal.code, "", goal.title, before, now)


def _of_goal(old: Goal, new: Goal, leader: str) -> Iterator[Correction]:
    if old.title != new.title:
        yield Correction(new.code, "", _("title"), old.title, new.title)
    if (old_name := _name(old)) != (new_name := _name(new)):
        yield Correction(new.code, "", leader, old_name, new_name)
    before = {_key(measure): measure for measure in _measures(old)}
    after = {_key(measure): measure for measure in _measures(new)}
    for key, measure in after.items():
        if key in before:
            yield from _of_measure(new.code, before[key], measure)
        else:
            yield Correction(
                new.code, measure.name, _("indicator"), _("not in the pack"), _("added")
            )
    for key in (key for key in before if key not in after):
        yield Correction(
            new.code, before[key].name, _("indicator"), _("in the pack"), _("left out")
        )


def _name(goal: Goal) -> str:
    return goal.leader.name if goal.leader else NONE


def _measures(goal: Goal) -> list[Measure]:
    return [*([goal.measure] if goal.measure else []), *goal.others]


def _key(measure: Measure) -> tuple[str, str, str]:
    return (measure.code, measure.org_unit, measure.subgroup)


def _of_measure(code: str, old: Measure, new: Measure) -> Iterator[Correction]:
    for about, before_words, words in (
        (_("name of the indicator"), old.name, new.name),
        (_("definition"), old.definition, new.definition),
        (_("unit"), old.unit, new.unit),
        (_("trajectory and target"), _path(old), _path(new)),
        (_("against trajectory"), old.words.band, new.words.band),
    ):
        if before_words != words:
            yield Correction(code, new.name, about, before_words or NONE, words or NONE)
    known = {number.on: number for number in _reported(old)}
    current = {number.on: number for number in _reported(new)}
    for on in sorted(known.keys() | current.keys()):
        before, now = known.get(on), current.get(on)
        if _exact(before) != _exact(now) or _told(before) != _told(now):
            # Where rounding hides the change, the digits as published show it.
            say = _told if _told(before) != _told(now) else _exact
            yield Correction(
                code,
                new.name,
                wording.day(on),
                say(before),
                say(now),
                now.known_from if now else None,
            )


def _reported(measure: Measure) -> list[Number]:
    """What was measured, not what the path still asks for."""
    return [number for number in measure.numbers if number.revision is not None]


def _told(number: Number | None) -> str:
    if number is None:
        return NONE
    return f"{number.text} ({number.status})" if number.status else number.text


def _exact(number: Number | None) -> str:
    return NONE if number is None or number.value is None else exact_text(number.value)


def _path(measure: Measure) -> str:
    if measure.path is None:
        return _("no trajectory")
    return _("version %(version)s, %(target)s by %(day)s") % {
        "version": measure.path.version,
        "target": measure.words.target,
        "day": measure.words.target_on,
    }
