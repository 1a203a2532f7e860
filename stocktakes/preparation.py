"""How far a stocktake is prepared: the days that count, and what is still missing. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.calendar import WorkingCalendar
from accounts.vocabulary import said
from stocktakes.snapshot import Goal, Measure

DRAFT, COMMENTS, LOCK, NOTE = -10, -7, -3, 2  # working days from the meeting
FIVE = 5


@dataclass(frozen=True)
class Step:
    """A day in the preparation. `state`: done, now or ahead."""

    label: str
    on: date
    words: str
    state: str


@dataclass(frozen=True)
class Check:
    """Something to settle before the pack is issued, and what is missing of it."""

    words: str
    missing: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_ok(self) -> bool:
        return not self.missing


def timeline(*, meeting_on: date, today: date, calendar: WorkingCalendar) -> list[Step]:
    """The five days of a stocktake, in working days; the last one begun is now, until all are over."""
    planned = [
        (DRAFT, _("Draft from the data")),
        (COMMENTS, capfirst(said(_("%(goal_leader_plural)s comment")))),
        (LOCK, _("Pack goes out")),
        (0, _("Stocktake")),
        (NOTE, _("Note goes out")),
    ]
    days = [(days, calendar.shift(meeting_on, days), words) for days, words in planned]
    begun = [on for _days, on, _words in days if on <= today]
    is_over = today > days[-1][1]
    return [
        Step(_label(days), on, words, "done" if is_over else _state(on, begun))
        for days, on, words in days
    ]


def _label(days: int) -> str:
    sign = "" if not days else "+" if days > 0 else "−"
    return f"T{sign}{abs(days) or ''}"


def _state(on: date, begun: Sequence[date]) -> str:
    if on not in begun:
        return "ahead"
    return "now" if on == begun[-1] else "done"


def checks(goals: Sequence[Goal]) -> list[Check]:
    """What makes a pack ready. Only an empty agenda keeps it from being issued."""
    return [
        Check(
            _("The agenda has a goal"),
            () if goals else (_("no goal yet"),),
        ),
        Check(
            _("Every number has a date, a status and a source"),
            tuple(_unsourced(goals)),
            note=_("automatic"),
        ),
        Check(
            _("Five answers for each goal"),
            tuple(_unanswered(goals)),
            note=_("the goal’s own people; the Unit answers the fifth"),
        ),
        Check(
            _("One to three questions for each goal"),
            tuple(goal.code for goal in goals if not goal.questions),
        ),
        Check(
            _("The first page stands alone and fits"),
            tuple(_too_long(goals)),
            note=_("estimated"),
        ),
    ]


def _unsourced(goals: Sequence[Goal]) -> list[str]:
    found = []
    for goal in goals:
        measure = goal.measure
        if measure is None:
            found.append(_("%s: no goal indicator") % goal.code)
        elif measure.newest is None:
            found.append(_("%s: no value yet") % goal.code)
        elif _lacks(measure):
            found.append(_("%s: no source") % goal.code)
    return found


def _lacks(measure: Measure) -> bool:
    newest = measure.newest
    return newest is None or not (newest.source or measure.source) or not newest.status


def _unanswered(goals: Sequence[Goal]) -> list[str]:
    found = []
    for goal in goals:
        open_ones = [str(answer.number) for answer in goal.answers if not answer.text]
        if len(open_ones) == FIVE:
            found.append(_("%s: none written") % goal.code)
        elif open_ones:
            words = ngettext(
                "%(goal)s: question %(numbers)s", "%(goal)s: questions %(numbers)s", len(open_ones)
            )
            found.append(words % {"goal": goal.code, "numbers": ", ".join(open_ones)})
    return found


# --- does the first page fit? ---------------------------------------------------------------------

# Points of height, and signs in a line, of the first page as pack.css lays it out. A test draws
# pages at the limit and holds these to what comes out.
PAGE = 731
FRAME = 285  # kicker, facts, rating, four numbers and the space between the parts
TITLE_LINE, TITLE_SIGNS = 31, 34
SAY_LINE, SAY_SIGNS = 20.4, 78
ANSWER, ANSWER_LINE, ANSWER_SIGNS = 12, 14.7, 104
QUESTION, QUESTION_LINE, QUESTION_SIGNS = 5, 16.9, 82
ASK = 32


def first_page_height(goal: Goal) -> float:
    """About how high the first page of a goal is, in points."""
    height: float = FRAME + TITLE_LINE * _lines(goal.title, TITLE_SIGNS)
    height += SAY_LINE * _lines(goal.say, SAY_SIGNS)
    for answer in goal.answers:
        words = f"{answer.question} {answer.text} {answer.by}, 00 Mmm 0000"
        if answer.number == 3 and goal.measure:
            words += goal.measure.words.on_track
        height += ANSWER + ANSWER_LINE * _lines(words, ANSWER_SIGNS)
    if goal.questions:
        height += ASK
    for question in goal.questions:
        height += QUESTION + QUESTION_LINE * _lines(question, QUESTION_SIGNS)
    return height


def _lines(words: str, signs: int) -> int:
    return sum(max(1, -(-len(part) // signs)) for part in words.split("\n"))


def _too_long(goals: Sequence[Goal]) -> list[str]:
    return [
        _("%s: shorten the summary, the answers or the questions") % goal.code
        for goal in goals
        if first_page_height(goal) > PAGE
    ]
