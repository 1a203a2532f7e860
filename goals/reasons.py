"""What the engine says of a measure, each finding with the reasons behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from goals import explaining, fan_words
from goals.age_words import age_in_words, aged
from goals.turns import Reversal
from goals.variance import Band

if TYPE_CHECKING:
    from goals.measures import Measure


@dataclass(frozen=True)
class Reason:
    """A finding in a few words, and how it came about. `key` is its place on a page."""

    key: str
    title: str
    words: str
    steps: tuple[str, ...]
    band: Band | None = None


def reasons(made: "Measure") -> list[Reason]:
    """In the order in which they are asked for; what has nothing to say is left out."""
    return [
        Reason(key, str(title), capfirst(words), tuple(step for step in steps if step), band)
        for key, title, words, steps, band in _all(made)
        if words
    ]


Parts = tuple[str, str, str, list[str], Band | None]


def _all(made: "Measure") -> Iterator[Parts]:
    outcome = made.comparison
    band = outcome.band if outcome else None
    yield "comparison", _("Against trajectory"), made.words.band, made.words.worked_out, band
    yield from _result(made)
    yield from _pace(made)
    yield from _turns(made)
    yield (
        "age",
        _("Age of the data"),
        age_in_words(made.age),
        aged(made.age, made.indicator.schedule()),
        None,
    )
    yield from _projection(made)


def _result(made: "Measure") -> Iterator[Parts]:
    found = made.result
    if found is None:
        return
    line = explaining.result_line(found, made.scale)
    steps = [line, explaining.result_rule(found)]
    yield "result", _("Result of the target"), explaining.result(found.result), steps, None


def _pace(made: "Measure") -> Iterator[Parts]:
    found = made.findings.pace
    if found is None:
        return
    words = made.words.forecast or _("no longer asked")
    steps = explaining.paced(found, made.scale)
    yield "pace", _("Forecast"), words, steps, found.band


def _turns(made: "Measure") -> Iterator[Parts]:
    found = made.findings.turns
    if found is None or not found.n:
        return
    seen = [
        words
        for words, is_seen in (
            (_("plateau"), found.plateau),
            (_("two steps back"), found.reversal is Reversal.ALARM),
            (_("one step back"), found.reversal is Reversal.WATCH),
        )
        if is_seen
    ]
    steps = explaining.turning(found, made.scale)
    if not found.plateau:
        steps.append(explaining.no_plateau(found, made.scale))
    if found.reversal is Reversal.NONE:
        steps.append(_("The newest value is not worse than the one before."))
    words = ", ".join(seen) or _("none")
    yield "turns", _("Turning points"), words, steps, None


def _projection(made: "Measure") -> Iterator[Parts]:
    found = made.projection
    steps = [fan_words.silence_sentence(found), fan_words.method_sentence(found)]
    words = _("drawn on the chart") if made.chart.fan else _("none")
    if found and not made.chart.fan:
        steps = [_("No projection: the path ends before the next value.")]
    yield "projection", _("Projection"), words, steps, None
