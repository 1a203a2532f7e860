"""The words that an organisation may replace by its own: roles, levels of attention, ratings.

Pages and forms ask `word()`. What it answers is set for a request, like the time zone, from the
words of the system; outside one it answers with ours.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

from django.utils.functional import Promise, lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

LONGEST = 60


@dataclass(frozen=True)
class Word:
    default: str | Promise
    group: str
    meaning: str | Promise


ROLES, LEVELS, RATINGS = "roles", "levels", "ratings"
GROUPS = {
    ROLES: _("Roles"),
    LEVELS: _("Levels of attention"),
    RATINGS: _("Agreed ratings"),
}

WORDS: dict[str, Word] = {
    "system_leader": Word(_("system leader"), ROLES, _("heads the whole organisation")),
    "delivery_leader": Word(_("delivery leader"), ROLES, _("heads the Unit")),
    "deputy_delivery_leader": Word(_("deputy delivery leader"), ROLES, _("stands in for the head of the Unit")),
    "consultant": Word(_("Delivery Unit consultant"), ROLES, _("member of the Unit who looks after goal leaders")),
    "analyst": Word(_("data analyst"), ROLES, _("member of the Unit who supplies numbers")),
    "goal_leader": Word(_("goal leader"), ROLES, _("answers for a goal")),
    "goal_team": Word(_("goal team member"), ROLES, _("works on a goal")),
    "local_leader": Word(_("local leader"), ROLES, _("leads a district, campus or office")),
    "board": Word(_("board member"), ROLES, _("reads what is shown to the board")),
    "administrator": Word(_("administrator"), ROLES, _("sets the system up and keeps it running")),
    "viewer": Word(_("viewer"), ROLES, _("reads, and changes nothing")),
    "level_1": Word(_("routine"), LEVELS, _("the goal's own people put it right")),
    "level_2": Word(_("joint"), LEVELS, _("the Unit works on it with them")),
    "level_3": Word(_("intensive"), LEVELS, _("the heads of Unit and organisation watch it, for a fixed term")),
    "level_4": Word(_("crisis drive"), LEVELS, _("the head of the organisation leads it; one or two at a time")),
    "rating_4": Word(_("on course"), RATINGS, _("will be reached as things stand")),
    "rating_3": Word(_("mostly on course"), RATINGS, _("will be reached if known gaps are closed")),
    "rating_2": Word(_("off course, recoverable"), RATINGS, _("needs a change of plan soon")),
    "rating_1": Word(_("seriously off course"), RATINGS, _("will be missed without a new plan")),
}  # fmt: skip

_spoken: ContextVar[Mapping[str, str] | None] = ContextVar("spoken_words", default=None)


@contextmanager
def speaking(words: Mapping[str, str]) -> Iterator[None]:
    """Within it, `word()` answers with these words where there are some."""
    before = _spoken.set(words)
    try:
        yield
    finally:
        _spoken.reset(before)


def word(code: str) -> str:
    """As it stands inside a sentence."""
    return (_spoken.get() or {}).get(code) or str(WORDS[code].default)


def word_lazy(code: str) -> str:
    """As it stands alone or first, and asked for anew each time that it is shown."""
    return lazy(partial(_first, code), str)()


def _first(code: str) -> str:
    return str(capfirst(word(code)))
