"""How a finding came about, in words: movement, pace, plateau, reversal, target result, slips.

Values in, words out, as in goals/wording.py. Each finding has its line, and the steps behind it
with the numbers and settings that decided.
"""

from dataclasses import replace
from fractions import Fraction

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goals import rounding
from goals.milestones import CountedTo, Index, Material, Slip, State
from goals.pace import Confidence, Forecast, Mode, Movement, NoForecast, NoInterval
from goals.results import MeasuredOn, Result, TargetResult
from goals.trajectory import Direction
from goals.turns import NoPlateau, Reversal, Turns
from goals.variance import Band, Reading
from goals.vintages import Vintage
from goals.wording import Scale, count, day, difference, level, number, percent

# --- movement and pace ----------------------------------------------------------------------------


def pace(code: Band | None) -> str:
    """The pace check in a few words; these are not the words of the band against the path."""
    return {
        "G": _("fast enough"),
        "AG": _("nearly fast enough"),
        "AR": _("too slow"),
        "R": _("far too slow"),
    }.get(str(code or ""), "")


def no_forecast(forecast: Forecast) -> str:
    """Why nothing can be said about the pace."""
    if forecast.reason is NoForecast.TOO_EARLY:
        return _too_early(forecast)
    if forecast.reason is NoForecast.TARGET_DATE_REACHED:
        return _("The due date of the target is reached. Now the result counts, not the pace.")
    if forecast.reason is NoForecast.NO_SAME_SEASON_OBSERVATION:
        return _("No value is of the same month as the target, so nothing can be compared with it.")
    return ""


def _too_early(forecast: Forecast) -> str:
    policy = forecast.basis.policy
    if forecast.interval_reason is NoInterval.SEASONAL:
        sentence = _("Too early to forecast: that takes %s changes from one year to the next.")
        return sentence % count(policy.k_slope)
    sentence = _("Too early to forecast: that takes %s comparable final values.")
    return sentence % count(max(policy.min_n_forecast, 1))


def outlook(forecast: Forecast, scale: Scale) -> str:
    """Where the recent pace leads: words alone while the data cannot carry a number."""
    if forecast.confidence is Confidence.NONE:
        return no_forecast(forecast)
    if forecast.confidence is Confidence.NORMAL:
        return f"{_leads_to(forecast)} {_projected(forecast, scale)}"
    return _leads_to(forecast)


def _leads_to(forecast: Forecast) -> str:
    arrives = forecast.shortfall is not None and forecast.shortfall <= 0
    if forecast.mode is Mode.HOLD:
        if arrives:
            return _("The target is reached, and at the recent pace it would stay so.")
        return _("The target is reached, but at the recent pace it would slip away again.")
    if arrives:
        return _("At the recent pace it would reach the target.")
    return _("At the recent pace it would miss the target.")


def _projected(forecast: Forecast, scale: Scale) -> str:
    """The projection, and the interval, which rests on a line and a number of values of its own."""
    interval, target = forecast.interval, forecast.basis.target
    if interval is None or forecast.projection_shown is None:
        return ""
    words = {
        "level": _judged(forecast.projection_shown, scale),
        "day": day(target.on),
        "count": count(interval.n),
        "low": _judged(interval.low, scale),
        "high": _judged(interval.high, scale),
    }
    return _(
        "It leads to %(level)s at %(day)s. Going by a straight line through the last %(count)s"
        " values, four times in five it would lie between %(low)s and %(high)s."
    ) % (words)


def paced(forecast: Forecast, scale: Scale) -> list[str]:
    """Movement, required rate and pace check, step by step."""
    left_out = _left_out(len(forecast.basis.series.left_out))
    if forecast.confidence is Confidence.NONE:
        return [no_forecast(forecast), *left_out]
    steps = [moved(forecast, scale), required(forecast, scale)]
    if forecast.rho is not None:
        steps += [_share_of_need(forecast), _pace_cuts(forecast)]
    return [*steps, outlook(forecast, scale), *_no_number(forecast), *left_out]


def moved(forecast: Forecast, scale: Scale) -> str:
    """The movement a year, over which values, and what would count as none."""
    slope, threshold = forecast.slope_per_year, forecast.basis.threshold
    if slope is None or threshold is None:
        return ""
    words = {
        "rate": _rate(slope, scale),
        "span": _span(forecast),
        "threshold": _rate(threshold, scale),
    }
    if forecast.direction is Movement.IMPROVING:
        return _("Improving by %(rate)s a year%(span)s.") % words
    if forecast.direction is Movement.WORSENING:
        return _("Worsening by %(rate)s a year%(span)s.") % words
    if forecast.basis.threshold_by_plan:
        words["share"] = percent(forecast.basis.policy.movement_frac)
        return (
            _(
                "No clear movement: %(rate)s a year%(span)s, and up to %(threshold)s a year,"
                " %(share)s of the planned rate, counts as none."
            )
            % words
        )
    return (
        _(
            "No clear movement: %(rate)s a year%(span)s, and up to %(threshold)s a year counts"
            " as none."
        )
        % words
    )


def _rate(value: Fraction, scale: Scale) -> str:
    """A rate is worked out, not published: it has one decimal more than the values."""
    return difference(value, replace(scale, decimals=scale.decimals + 1))


def _span(forecast: Forecast) -> str:
    basis = forecast.basis
    if basis.differences:
        pairs = basis.differences
        return _(", the mean of the last %(count)s changes from one year to the next") % {
            "count": count(len(pairs)),
        } + _dates(pairs[0].before, pairs[-1].after)
    rows = basis.fitted
    return _(" over the last %s final values") % count(len(rows)) + _dates(rows[0], rows[-1])


def _dates(first: Reading, last: Reading) -> str:
    return _(" (%(first)s to %(last)s)") % {
        "first": day(first.period_end),
        "last": day(last.period_end),
    }


def required(forecast: Forecast, scale: Scale) -> str:
    """How fast it has to go from here."""
    base, target, rate = forecast.basis.base, forecast.basis.target, forecast.required_per_year
    if base is None or rate is None:
        return ""
    words = {
        "level": _judged(base.value, scale),
        "on": day(base.period_end),
        "target": _judged(target.value, scale),
        "due": day(target.on),
        "rate": _rate(rate, scale),
    }
    if forecast.mode is Mode.HOLD:
        return _(
            "With %(level)s at %(on)s the target, %(target)s, is reached; it is to hold until"
            " %(due)s."
        ) % (words)
    return _(
        "From %(level)s at %(on)s it takes %(rate)s a year to be at %(target)s by %(due)s."
    ) % (words)


def _judged(value: Fraction, scale: Scale) -> str:
    """A judged number; of a range it is the distance from it, which is not a level.

    A line that leads into the range goes on below zero, and that is still inside.
    """
    if scale.direction != Direction.RANGE:
        return level(value, scale)
    if value <= 0:
        return _("a value inside the range")
    return _("a value %s outside the range") % difference(value, scale)


def _share_of_need(forecast: Forecast) -> str:
    rho, policy = forecast.rho or Fraction(0), forecast.basis.policy
    if rho < 0:
        return _("The recent pace leads away from the target: %s.") % pace(forecast.band)
    return _("The recent pace is %(share)s%% of what it takes: %(words)s.") % {
        "share": _share(rho, (policy.rho_g, policy.rho_ag, policy.rho_ar)),
        "words": pace(forecast.band),
    }


def _share(value: Fraction, cuts: tuple[Fraction, ...]) -> str:
    """In percent, with as many decimals as it takes to stay on the same side of every cut-off."""
    for places in range(6):
        shown = rounding.round_half_up(value * 100, places)
        if all((value >= cut) == (shown >= cut * 100) for cut in cuts):
            return rounding.text(shown, places)
    return rounding.text(value * 100, 6)


def _pace_cuts(forecast: Forecast) -> str:
    policy = forecast.basis.policy
    return _(
        "From %(g)s on it counts as fast enough, from %(ag)s as nearly, from %(ar)s as too slow."
    ) % {"g": percent(policy.rho_g), "ag": percent(policy.rho_ag), "ar": percent(policy.rho_ar)}


def _no_number(forecast: Forecast) -> list[str]:
    """Why no number is projected, or what sets the width of the span."""
    if forecast.interval is None:
        values = count(forecast.basis.policy.interval_min_n)
        return [
            {
                NoInterval.SEASONAL: _("No number is projected for a seasonal indicator."),
                NoInterval.TOO_FEW: _("No number is projected: that takes %s final values.")
                % values,
                NoInterval.HORIZON_BEYOND_DATA: _(
                    "No number is projected: the target is further ahead than the values reach"
                    " back."
                ),
            }.get(forecast.interval_reason or NoInterval.TOO_EARLY, "")
        ]
    if forecast.interval.rounding_decides:
        return [_("The span is as wide as the rounding of the values makes it.")]
    return []


def _left_out(values: int) -> list[str]:
    if not values:
        return []
    sentence = ngettext(
        "%s earlier value is left out: it stands on a definition that cannot be compared.",
        "%s earlier values are left out: they stand on a definition that cannot be compared.",
        values,
    )
    return [capfirst(sentence % count(values))]


# --- plateau and reversal -------------------------------------------------------------------------


def turning(found: Turns, scale: Scale) -> list[str]:
    """What is to be noticed: a plateau, a reversal, both, or nothing."""
    sentences = [_plateau(found, scale)] if found.plateau else []
    if found.reversal is not Reversal.NONE:
        sentences.append(_reversal(found, scale))
    return sentences


def _plateau(found: Turns, scale: Scale) -> str:
    if not found.spread:
        return _(
            "Plateau: the last %(count)s %(what)s are the same, where the trajectory expected a gain"
            " of %(gain)s."
        ) % (_plateau_words(found, scale))
    return _(
        "Plateau: the last %(count)s %(what)s lie within %(spread)s, where the trajectory expected a"
        " gain of %(gain)s; up to %(limit)s counts as standing still."
    ) % (_plateau_words(found, scale))


def _plateau_words(found: Turns, scale: Scale) -> dict[str, str]:
    spread, limit = found.spread or Fraction(0), found.limit or Fraction(0)
    fine, is_range = _finer(scale, spread, limit), scale.direction == Direction.RANGE
    return {
        "count": count(len(found.window)),
        "what": _("distances from the range") if is_range else _("values"),
        "spread": difference(spread, fine),
        "gain": difference(found.expected_gain or Fraction(0), fine),
        "limit": difference(limit, fine),
    }


def _finer(scale: Scale, one: Fraction, other: Fraction) -> Scale:
    """With more decimals where two numbers that differ would be shown alike."""
    for places in range(scale.decimals, scale.decimals + 3):
        if one == other or rounding.text(one, places) != rounding.text(other, places):
            return replace(scale, decimals=places)
    return replace(scale, decimals=scale.decimals + 3)


def _reversal(found: Turns, scale: Scale) -> str:
    values = ", ".join(_dated(row, scale) for row in found.worse)
    if found.reversal is Reversal.ALARM:
        return _("Turned back: two steps in a row were worse (%s).") % values
    if found.is_provisional:
        return (
            _("Watch: a provisional value is worse than the newest final one (%s). It may change.")
            % values
        )
    return _("Watch: the newest value is worse than the one before (%s).") % values


def _dated(row: Reading, scale: Scale) -> str:
    value = _judged(row.value, scale)
    return _("%(level)s at %(day)s") % {"level": value, "day": day(row.period_end)}


def no_plateau(found: Turns, scale: Scale) -> str:
    """Why there is none."""
    if found.no_plateau is None:
        return ""
    if found.no_plateau is NoPlateau.MOVES:
        return _(
            "No plateau: the last %(count)s %(what)s lie within %(spread)s, and only up to %(limit)s"
            " counts as standing still."
        ) % (_plateau_words(found, scale))
    return {
        NoPlateau.NO_TRAJECTORY: _("Without a trajectory nobody can say what a plateau is."),
        NoPlateau.HOLD: _("The trajectory asks for no movement, so standing still is no plateau."),
        NoPlateau.TOO_FEW: _("A plateau is seen over three comparable final values."),
        NoPlateau.NO_RISE_EXPECTED: _("The trajectory expected no gain over these values."),
        NoPlateau.TARGET_REACHED: _("The target is reached, so standing still is no plateau."),
    }[found.no_plateau]


# --- the result of a target -----------------------------------------------------------------------


def result(code: Result) -> str:
    return {
        Result.NOT_DUE: _("not due yet"),
        Result.PENDING: _("waiting for the final value"),
        Result.NOT_MEASURABLE: _("cannot be measured"),
        Result.MET: _("met"),
        Result.MET_AT_PUBLISHED_PRECISION: _("met at the published precision"),
        Result.MISSED: _("missed"),
    }[code]


def result_line(found: TargetResult, scale: Scale) -> str:
    """The result as a sentence, with the value that decided in the digits as published."""
    due = day(found.aim.due_on)
    if found.used is None or found.variance is None:
        return {
            Result.NOT_DUE: _("Not due before %s."),
            Result.PENDING: _("Due at %s; the final value of that period is not published yet."),
            Result.NOT_MEASURABLE: _("Cannot be measured: no final value was published by %s."),
        }[found.result] % due
    fine = _digits(found.used, scale)
    words = {
        "value": level(found.used.value, fine),
        "on": day(found.used.period_end),
        "target": level(found.aim.level, replace(scale, decimals=found.aim.decimals)),
        "gap": difference(found.variance, fine),
    }
    if scale.direction == Direction.RANGE:
        words["target"] = _("the range")
    if found.result is Result.MET:
        if found.is_inside_range:
            return _("Met: %(value)s at %(on)s, inside the range.") % words
        if not found.variance:
            return _("Met: %(value)s at %(on)s, exactly the target.") % words
        return _("Met: %(value)s at %(on)s against %(target)s, %(gap)s better.") % words
    if found.result is Result.MET_AT_PUBLISHED_PRECISION:
        return (
            _(
                "Met at the published precision only: %(value)s at %(on)s against %(target)s is"
                " %(gap)s short, which rounding takes away."
            )
            % words
        )
    return _("Missed: %(value)s at %(on)s against %(target)s, %(gap)s short.") % words


def _digits(used: Vintage, scale: Scale) -> Scale:
    """The scale with at least the decimals in which the value was published."""
    places = len(used.text.partition(".")[2])
    return replace(scale, decimals=max(places, scale.decimals))


def result_rule(found: TargetResult) -> str:
    """Which value decides, by the rule that was set with the target."""
    words = {"due": day(found.aim.due_on), "read": day(found.read_on)}
    if found.aim.measured_on is MeasuredOn.PUBLICATION:
        return (
            _("The newest final value published by %(due)s decides; later revisions do not count.")
            % words
        )
    return _("The final value of the period that ended %(due)s decides, as known at %(read)s.") % (
        words
    )


def result_corrected(found: TargetResult, earlier: TargetResult, scale: Scale) -> str:
    """The line of a result that is issued again, or nothing."""
    if not found.corrects(earlier):
        return ""
    return _("Corrected: at %(day)s the result was: %(earlier)s") % {
        "day": day(earlier.read_on),
        "earlier": result_line(earlier, scale),
    }


# --- milestones -----------------------------------------------------------------------------------


def slipped(found: Slip) -> str:
    """How far a milestone has slipped, counted from the baseline date up to which day."""
    if found.state is State.CANCELLED:
        return _("Cancelled.")
    if not found.slip_days or found.until is None:
        return _("No slip: nothing is lost against the baseline date.")
    words = {
        CountedTo.COMPLETED: _("completed %s"),
        CountedTo.FORECAST: _("forecast for %s"),
        CountedTo.CURRENT_DUE: _("now due %s"),
        CountedTo.TODAY: _("not done by %s"),
    }[found.counted_to or CountedTo.TODAY] % day(found.until)
    sentence = ngettext(
        "Slipped by %(days)s day against the baseline date: %(until)s.",
        "Slipped by %(days)s days against the baseline date: %(until)s.",
        found.slip_days,
    )
    return sentence % {"days": f"{found.slip_days:,}", "until": words}


def material(found: Slip) -> str:
    """Why a slip counts as material, or from when on it would."""
    if found.allowed_days is None:
        return ""
    words = {"days": number(found.allowed_days, Scale("days", "", _places(found.allowed_days)))}
    if found.material_by is None:
        return _("A slip counts as material beyond %(days)s days.") % words
    return {
        Material.DAYS: _("Material: more than %(days)s days."),
        Material.SHARE_OF_PLAN: _(
            "Material: more than %(days)s days, the share of the planned time that may be lost."
        ),
        Material.CRITICAL: _("Material: critical, and more than %(days)s days."),
    }[found.material_by] % (words)


def _places(value: Fraction) -> int:
    return 0 if value.denominator == 1 else 1


def on_time(found: Index) -> str:
    """The milestone index with the counts behind it."""
    words = {
        "n": count(found.n),
        "on_time": count(found.on_time),
        "half": count(found.half_credit),
        "first": day(found.window[0]),
        "last": day(found.window[1]),
        "score": _share(found.score or Fraction(0), _index_cuts(found)),
    }
    if found.score is None:
        return (
            _("Too few milestones were due from %(first)s to %(last)s to say anything: %(n)s.")
            % words
        )
    if not found.half_credit:
        return (
            _(
                "Of %(n)s milestones due from %(first)s to %(last)s, %(on_time)s on time: %(score)s%%."
            )
            % words
        )
    return (
        _(
            "Of %(n)s milestones due from %(first)s to %(last)s, %(on_time)s on time and %(half)s a"
            " little late, which counts half: %(score)s%%."
        )
        % words
    )


def _index_cuts(found: Index) -> tuple[Fraction, ...]:
    return (found.policy.mpi_g, found.policy.mpi_ag, found.policy.mpi_ar)
