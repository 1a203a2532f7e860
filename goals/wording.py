"""The words made from numbers: one place for pages, CSV, packs and digests.

Values in, words out: no rows, no user, no clock. Numbers are rounded here and nowhere before.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals import rounding
from goals.data_age import DataAge
from goals.fields import Exact
from goals.policy import DEFAULT_POLICY
from goals.variance import Comparison

NONE = "–"  # missing is never 0 and never blank


@dataclass(frozen=True)
class Scale:
    """How the numbers of one indicator are written."""

    unit: str = "percent"
    label: str = ""
    decimals: int = 1
    direction: str = "up"


# --- numbers and dates ----------------------------------------------------------------------------


def day(on: date) -> str:
    return date_format(on, "j M Y")


def number(value: Exact, scale: Scale) -> str:
    """The rounded number with thousands set apart and a true minus sign; no unit."""
    text = rounding.text(value, scale.decimals)
    sign = "−" if text.startswith("-") else ""
    whole, _dot, rest = text.lstrip("-").partition(".")
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def level(value: Exact | None, scale: Scale) -> str:
    """A value with its unit: 59.9%, 1,204 pupils, 6.4 per 1,000 births."""
    if value is None:
        return NONE
    return _with_unit(number(value, scale), scale, percent="%s%%")


def difference(value: Exact, scale: Scale) -> str:
    """The size of a difference, without a sign: 2.1 pp. Points, never percent of percent."""
    size = value if value >= 0 else -value
    return _with_unit(number(size, scale), scale, percent=_("%s pp"))


def unit_word(scale: Scale) -> str:
    """The unit alone, for the head of a column."""
    if scale.unit == "percent":
        return "%"
    return scale.label or (_("days") if scale.unit == "days" else "")


def _with_unit(text: str, scale: Scale, *, percent: str) -> str:
    if scale.unit == "percent":
        return percent % text
    word = unit_word(scale)
    if scale.unit == "days" and not scale.label and text.lstrip("−") == "1":
        word = _("day")
    return f"{text} {word}" if word else text


def percent(share: Exact) -> str:
    return f"{rounding.text(abs(Fraction(share)) * 100, 0)}%"


_NUMBERS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def count(number_of: int) -> str:
    """Small numbers as words, for sentences."""
    return _(_NUMBERS[number_of]) if number_of < len(_NUMBERS) else str(number_of)


# --- against the trajectory -----------------------------------------------------------------------


def band(code: str | None) -> str:
    """A computed band in words. These are never the words of people's ratings."""
    return {
        "G": _("on the trajectory"),
        "AG": _("slightly behind"),
        "AR": _("behind"),
        "R": _("far behind"),
    }.get(str(code or ""), "")


def gap(value: Exact | None, scale: Scale) -> str:
    """The variance in words: 2.1 pp behind, 0.3 pp ahead."""
    if value is None:
        return ""
    if Fraction(rounding.text(value, scale.decimals)) == 0:
        return _("on the trajectory")
    words = _("%(size)s ahead") if value > 0 else _("%(size)s behind")
    return words % {"size": difference(value, scale)}


def gap_at(value: Exact | None, on: date, scale: Scale) -> str:
    if value is None:
        return ""
    return _("%(gap)s at %(day)s") % {"gap": gap(value, scale), "day": day(on)}


def no_band(reason: str | None) -> str:
    """Why there is no band, in a few words."""
    return {
        "no_observation": _("no value yet"),
        "no_approved_trajectory": _("no trajectory yet"),
        "not_comparable": _("not comparable with the baseline"),
        "at_or_before_baseline": _("the trajectory starts here"),
        "result_replaces_band": _("due date reached"),
        "not_calculable": _("cannot be worked out"),
    }.get(str(reason or ""), "")


def why_no_band(reason: str | None) -> str:
    """The same as a sentence, with what follows from it."""
    return {
        "no_observation": _("No value has been reported yet, so there is nothing to compare."),
        "no_approved_trajectory": _(
            "No trajectory is approved yet, so nobody can say whether this is ahead or behind."
        ),
        "not_comparable": _(
            "The definition changed between baseline and value. The two are not comparable."
        ),
        "at_or_before_baseline": _(
            "This value lies at the start of the trajectory. The next one can be compared."
        ),
        "result_replaces_band": _(
            "The due date of the target is reached. Now the result counts, not the path."
        ),
        "not_calculable": _(
            "The counts or the trajectory do not fit the indicator, so nothing can be worked out."
            " Whoever keeps the number can correct it."
        ),
    }.get(str(reason or ""), "")


# --- change since the value before ----------------------------------------------------------------


def movement(gain: Exact | None, scale: Scale) -> str:
    """Improved 2.8 pp, worsened 0.4 pp, unchanged: words that need no knowledge of polarity."""
    if gain is None:
        return ""
    if Fraction(rounding.text(gain, scale.decimals)) == 0:
        return _("unchanged")
    words = _("improved %s") if gain > 0 else _("worsened %s")
    return words % difference(gain, scale)


def movement_since(gain: Exact | None, before: date, scale: Scale) -> str:
    if gain is None:
        return ""
    return _("%(movement)s since %(day)s") % {"movement": movement(gain, scale), "day": day(before)}


# --- the age of data ------------------------------------------------------------------------------


def age(value: DataAge) -> str:
    """How old the newest value is, in days since its period ended."""
    if value.freshness_days is None:
        return NONE
    return _("%s d") % value.freshness_days


def late(value: DataAge) -> str:
    """Late by 21 d, or nothing. Lateness is about the due date, not about age."""
    return _("Late by %s d") % value.late_days if value.is_late else ""


def next_due(value: DataAge) -> str:
    return _("next due %s") % day(value.due) if value.due else _("no due date set")


# --- sentences ------------------------------------------------------------------------------------


def headline(*, goals: int, close: int, measured: int, late_sets: int) -> str:
    """The answer first: how many goals are on or close to their trajectory, how many data are late.

    `measured` counts goals that have a band. It is a finding, never a rating.
    """
    if not goals:
        return _("There are no priority goals to show yet.")
    sentences = (_standing(goals, close, measured), _lateness(late_sets))
    return " ".join(sentence for sentence in sentences if sentence)


def _standing(goals: int, close: int, measured: int) -> str:
    if not measured:
        return _("No goal can be measured against a trajectory yet.")
    if goals == 1 or measured == 1:
        on = _("The one goal measured against a trajectory is on or close to it.")
        off = _("The one goal measured against a trajectory is behind it.")
        return on if close else off
    if close == measured == 2:
        return _("Both goals measured against a trajectory are on or close to it.")
    if close == measured:
        sentence = _("All %s goals measured against a trajectory are on or close to it.")
        return sentence % count(measured)
    sentence = ngettext(
        "%(close)s of %(measured)s goals measured against a trajectory is on or close to it.",
        "%(close)s of %(measured)s goals measured against a trajectory are on or close to it.",
        close or 2,  # "none of nine goals are"
    )
    return capfirst(sentence % {"close": count(close), "measured": count(measured)})


def _lateness(late_sets: int) -> str:
    if not late_sets:
        return ""
    sentence = ngettext("%s data set is late.", "%s data sets are late.", late_sets)
    return capfirst(sentence % count(late_sets))


def progress(
    *, name: str, value: Exact | None, on: date | None, scale: Scale, comparison: Comparison | None
) -> str:
    """One sentence under a chart: the value, its date, what was expected, and the gap."""
    if value is None or on is None:
        return _("%s: no value has been reported yet.") % name
    start = _("%(name)s was %(level)s at %(day)s") % {
        "name": name,
        "level": level(value, scale),
        "day": day(on),
    }
    if comparison is None or comparison.expected is None or comparison.variance is None:
        reason = why_no_band(comparison.reason if comparison else "no_approved_trajectory")
        return f"{start}. {reason}"
    if scale.direction == "range":  # the path is one of distances: no level is expected
        return f"{start}: {gap(comparison.variance, scale)}."
    return _("%(start)s against %(expected)s expected: %(gap)s.") % {
        "start": start,
        "expected": level(comparison.expected, scale),
        "gap": gap(comparison.variance, scale),
    }


def on_track(comparison: Comparison | None, on: date | None, scale: Scale) -> str:
    """The live answer to "Are we on track?" in one line."""
    if comparison is None or on is None:
        return capfirst(no_band("no_observation"))
    if comparison.variance is None:
        return capfirst(no_band(comparison.reason))
    words = gap_at(comparison.variance, on, scale)
    if comparison.band is None:
        return capfirst(f"{words}; {no_band(comparison.reason)}")
    return (
        capfirst(f"{band(comparison.band)}: {words}")
        if gap(comparison.variance, scale) != band(comparison.band)
        else capfirst(words)
    )


# --- how the comparison was worked out ------------------------------------------------------------


@dataclass(frozen=True)
class Working:
    """Every number behind a comparison."""

    value: Exact
    on: date
    scale: Scale
    comparison: Comparison
    version: int
    approved_on: date | None
    baseline: tuple[date, Exact]
    target: tuple[date, Exact]
    is_hold: bool = False


def worked_out(working: Working) -> list[str]:
    """The arithmetic of one comparison, step by step, in words."""
    outcome, scale = working.comparison, working.scale
    if outcome.expected is None or outcome.variance is None:
        return [why_no_band(outcome.reason)]
    steps = [_expected_step(working), _variance_step(working)]
    if outcome.share is not None:
        steps.append(_share_step(working))
    if outcome.tolerance is not None:
        steps.append(
            _("Up to %s behind counts as on the trajectory: that is the tolerance.")
            % difference(outcome.tolerance, scale)
        )
    if outcome.band is None:
        return [*steps, why_no_band(outcome.reason)]
    return [*steps, _cut_off_step(working), _band_step(working)]


def _expected_step(working: Working) -> str:
    approved = _(", approved %s,") % day(working.approved_on) if working.approved_on else ""
    expected = level(working.comparison.expected, working.scale)
    if working.scale.direction == "range":
        expected = _("at most %s outside the range") % expected
    return _("Version %(version)s of the trajectory%(approved)s expects %(level)s at %(day)s.") % {
        "version": working.version,
        "approved": approved,
        "level": expected,
        "day": day(working.on),
    }


def _variance_step(working: Working) -> str:
    words = {
        "value": level(working.value, working.scale),
        "expected": level(working.comparison.expected, working.scale),
        "gap": gap(working.comparison.variance, working.scale),
    }
    note = "" if _subtracts(working) else " " + _("The gap is worked out before rounding.")
    if working.scale.direction == "down":
        return _("The value is %(value)s and lower is better: %(gap)s.") % words + note
    if working.scale.direction == "range":
        return _("The value is %(value)s; its distance from the range counts: %(gap)s.") % words
    return _("The value is %(value)s against %(expected)s: %(gap)s.") % words + note


def _subtracts(working: Working) -> bool:
    """Whether a reader who subtracts the numbers as shown gets the gap as shown."""
    outcome, places = working.comparison, working.scale.decimals
    if outcome.expected is None or outcome.variance is None:
        return True
    value, expected, gap_shown = (
        rounding.round_half_up(each, places)
        for each in (working.value, outcome.expected, outcome.variance)
    )
    return abs(value - expected) == abs(gap_shown)


def _share_step(working: Working) -> str:
    outcome, scale = working.comparison, working.scale
    return _(
        "The planned change is %(change)s, from %(baseline)s (%(from)s) to %(target)s (%(to)s);"
        " the variance is %(share)s of it."
    ) % {
        "change": difference(outcome.movement or Fraction(0), scale),
        "baseline": level(working.baseline[1], scale),
        "from": day(working.baseline[0]),
        "target": level(working.target[1], scale),
        "to": day(working.target[0]),
        "share": percent(outcome.share or Fraction(0)),
    }


def _cut_off_step(working: Working) -> str:
    policy = DEFAULT_POLICY
    if working.is_hold or not working.comparison.movement:
        return _(
            "Slightly behind reaches to %(ag)s times the tolerance, behind to %(ar)s times."
        ) % {"ag": policy.hold_mult_ag, "ar": policy.hold_mult_ar}
    return _(
        "Beyond it, slightly behind reaches to %(ag)s of the planned change, behind to %(ar)s."
    ) % {"ag": percent(policy.cut_ag), "ar": percent(policy.cut_ar)}


def _band_step(working: Working) -> str:
    outcome = working.comparison
    result = _("So the value counts as: %s.") % band(outcome.band)
    if outcome.within_noise:
        result += " " + _("The gap is smaller than the chance variation of a count this small.")
    if outcome.provisional:
        result += " " + _("The value is provisional and may still change.")
    return result
