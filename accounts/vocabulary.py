"""The words that an organisation may replace by its own: roles, levels of attention, ratings.

Pages, mails and forms ask `word()`, `short()` and `plural()`. What they answer is set for a request,
like the time zone, from the words of the system; outside one they answer with ours. A pack keeps
those that it was issued with (stocktakes/snapshot.py).
"""

import re
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
    many: str | Promise = ""  # of roles: more than one of them
    brief: str | Promise = ""  # where it is plain who is meant


ROLES, LEVELS, RATINGS = "roles", "levels", "ratings"
GROUPS = {
    ROLES: _("Roles"),
    LEVELS: _("Levels of attention"),
    RATINGS: _("Agreed ratings"),
}

WORDS: dict[str, Word] = {
    "system_leader": Word(_("system leader"), ROLES, _("heads the whole organisation"), _("system leaders")),
    "delivery_leader": Word(_("delivery leader"), ROLES, _("heads the Unit"), _("delivery leaders")),
    "deputy_delivery_leader": Word(_("deputy delivery leader"), ROLES, _("stands in for the head of the Unit"), _("deputy delivery leaders")),
    "consultant": Word(_("Delivery Unit consultant"), ROLES, _("member of the Unit who looks after goal leaders"), _("consultants"), _("consultant")),
    "analyst": Word(_("data analyst"), ROLES, _("member of the Unit who supplies numbers"), _("data analysts")),
    "goal_leader": Word(_("goal leader"), ROLES, _("answers for a goal"), _("goal leaders")),
    "goal_team": Word(_("goal team member"), ROLES, _("works on a goal"), _("goal team members")),
    "local_leader": Word(_("local leader"), ROLES, _("leads a district, campus or office"), _("local leaders")),
    "board": Word(_("board member"), ROLES, _("reads what is shown to the board"), _("board members")),
    "administrator": Word(_("administrator"), ROLES, _("sets the system up and keeps it running"), _("administrators")),
    "viewer": Word(_("viewer"), ROLES, _("reads, and changes nothing"), _("viewers")),
    "level_1": Word(_("routine"), LEVELS, _("the goal's own people put it right")),
    "level_2": Word(_("joint"), LEVELS, _("the Unit works on it with them")),
    "level_3": Word(_("intensive"), LEVELS, _("the heads of Unit and organisation watch it, for a fixed term")),
    "level_4": Word(_("crisis drive"), LEVELS, _("the head of the organisation leads it; one or two at a time")),
    "rating_4": Word(_("on course"), RATINGS, _("will be reached as things stand")),
    "rating_3": Word(_("mostly on course"), RATINGS, _("will be reached if known gaps are closed")),
    "rating_2": Word(_("off course, recoverable"), RATINGS, _("needs a change of plan soon")),
    "rating_1": Word(_("seriously off course"), RATINGS, _("will be missed without a new plan")),
}  # fmt: skip

# The key of a plural among the words of a system, and the words that have one.
MANY = "_plural"
HAVING_MANY = tuple(code for code, each in WORDS.items() if each.group == ROLES)

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
    return _own(code) or str(WORDS[code].default)


def short(code: str) -> str:
    """The same, shorter where ours has a shorter form: consultant."""
    return _own(code) or str(WORDS[code].brief or WORDS[code].default)


def plural(code: str) -> str:
    """More than one of a role: as the organisation writes it, else guessed from its own word."""
    if own := _own(f"{code}{MANY}"):
        return own
    one = _own(code)
    return guessed_plural(one) if one else str(WORDS[code].many)


def a(code: str) -> str:
    """With the article that its sound asks for, or nearly: an owner, a leader."""
    one = short(code)
    text = _("an %s") if one[:1].lower() in "aeio" else _("a %s")
    return str(text) % one


def said(text: str | Promise, **more: object) -> str:
    """A sentence that names roles: %(goal_leader)s, %(goal_leader_plural)s, %(a_goal_leader)s."""
    return str(text) % _Spoken(more)


def said_lazy(text: str | Promise) -> str:
    """The same for what is written down once, as on a form, and said anew each time."""
    return lazy(partial(said, text), str)()


class _Spoken(dict[str, object]):
    """Every form of every role, each looked up when it is asked for."""

    def __missing__(self, name: str) -> str:
        if name.startswith("a_"):
            return a(name.removeprefix("a_"))
        return plural(name.removesuffix(MANY)) if name.endswith(MANY) else short(name)


def _own(key: str) -> str:
    return (_spoken.get() or {}).get(key, "")


IRREGULAR = {"person": "people", "man": "men", "woman": "women", "child": "children"}
_HEAD = re.compile(r"(.+?)( (?:of|for|to|in|at|on|with) .+)?")


def guessed_plural(one: str) -> str:
    """By the rules of English: head of school, heads of school; deputy, deputies."""
    found = _HEAD.fullmatch(one)
    head, rest = (found[1], found[2] or "") if found else (one, "")
    before, space, last = head.rpartition(" ")
    return f"{before}{space}{_many(last)}{rest}"


def _many(noun: str) -> str:
    lower = noun.lower()
    for one, many in IRREGULAR.items():
        if lower.endswith(one) and lower not in NO_MEN:
            return noun[: len(noun) - len(one) + 1] + many[1:]
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return f"{noun}es"
    if re.search(r"[^aeiou]y$", lower):
        return f"{noun[:-1]}ies"
    return f"{noun}s"


NO_MEN = {"human", "shaman", "german", "roman"}


def word_lazy(code: str) -> str:
    """As it stands alone or first, and asked for anew each time that it is shown."""
    return lazy(partial(_first, code), str)()


def _first(code: str) -> str:
    return str(capfirst(word(code)))
