"""How good the projection fan is: `make bench FORECAST=PATH`, a folder or a file of published tables.

Each series is cut at several moments; what the model says from the past is held against what came,
one to eight periods on, beside the naive forecast (as the last value), the seasonal naive one (as a
season ago) and the damped trend of statsmodels. All are scored on the same moments: those where our
model speaks. Errors are in units of the mean step that the series made in the past.
"""

import argparse
import math
import statistics
import sys
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from goals.projection import FEWEST, FURTHEST, SEASONS, evenly_spaced, project
from goals.smoothing import filled
from goals.trajectory import Bounds, Point
from tools.series import path_of, read

OURS, NAIVE, SEASONAL, LIBRARY = "ours", "naive", "seasonal naive", "statsmodels damped trend"
OUTSIDE = 0.2  # the share that an 80 % interval leaves outside
NORMAL = 1.2816  # so many standard deviations hold 80 % of a normal distribution
MOST_SERIES = 24  # of one file, spread evenly over it, so that no file drowns the others
MOMENTS = 4
ENOUGH = 300
HELD = (0.75, 0.85)


def say(words=""):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


@dataclass(frozen=True)
class Score:
    method: str
    series: tuple[str, str]
    frequency: str
    step: int
    error: float
    interval: float
    is_inside: bool


@dataclass(frozen=True)
class Cut:
    """A series at a moment: what was known, and what came at which step."""

    past: list[float | None]
    came: dict[int, float]
    season: int
    bounds: Bounds

    def held(self, value):
        return float(self.bounds.clip(Fraction(value)))


def naive(cut, horizon):
    values = filled(cut.past)
    spread = deviation(b - a for a, b in pairwise(values))
    return [(values[-1], NORMAL * spread * math.sqrt(step)) for step in range(1, horizon + 1)]


def seasonal_naive(cut, horizon):
    values, season = filled(cut.past), cut.season
    if season < 2 or len(values) <= season:
        return naive(cut, horizon)
    spread = deviation(b - a for a, b in zip(values, values[season:], strict=False))
    return [
        (
            values[len(values) - season + (step - 1) % season],
            NORMAL * spread * math.sqrt(1 + (step - 1) // season),
        )
        for step in range(1, horizon + 1)
    ]


def deviation(values):
    squares = [value * value for value in values]
    return math.sqrt(sum(squares) / len(squares))


def damped_trend(cut, horizon):
    """By statsmodels, additive, with a season where two whole ones are there to fit it on."""
    import pandas as pd  # noqa: PLC0415 - with statsmodels, only for this command
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # noqa: PLC0415

    values = filled(cut.past)
    middle, spread = statistics.fmean(values), statistics.pstdev(values)
    seasonal = {"seasonal": "add", "seasonal_periods": cut.season}
    with_season = cut.season > 1 and len(values) >= 2 * cut.season
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ETSModel(
            pd.Series([(value - middle) / spread for value in values]),
            error="add", trend="add", damped_trend=True, **(seasonal if with_season else {}),
        )  # fmt: skip
        fitted = model.fit(disp=False, maxiter=200)
        found = fitted.get_prediction(start=len(values), end=len(values) + horizon - 1)
        table = found.summary_frame(alpha=OUTSIDE)
    return [
        (middle + spread * (low + high) / 2, spread * (high - low) / 2)
        for low, high in zip(table["pi_lower"], table["pi_upper"], strict=True)
    ]


OTHERS = {NAIVE: naive, SEASONAL: seasonal_naive, LIBRARY: damped_trend}


def spread_over(items, most):
    if len(items) <= most:
        return list(items)
    return [items[at * (len(items) - 1) // (most - 1)] for at in range(most)]


def chosen(series):
    by_file = defaultdict(list)
    for one in sorted(series, key=lambda s: (s.file, s.name)):
        if len(one.points) > FEWEST:
            by_file[one.file].append(one)
    return [one for found in by_file.values() for one in spread_over(found, MOST_SERIES)]


def scores_of(series, refused):
    """Every score of one series; `refused` counts the moments at which our model says nothing."""
    start = max(FEWEST, 2 * SEASONS.get(series.frequency, 1))
    moments = range(min(start, len(series.points) - 1), len(series.points))
    for moment in spread_over(moments, MOMENTS):
        yield from scores_at(series, moment, refused)


def scores_at(series, moment, refused):
    points = [Point(on, Fraction(value)) for on, value in series.points[:moment]]
    bounds = Bounds(series.low, series.high)
    places = max(2, 1 + max(-value.as_tuple().exponent for _on, value in series.points[:moment]))
    found = project(points, series.frequency, bounds=bounds, decimals=min(places, 12))
    if not found:
        refused[found.silence.value] += 1
        return
    came = dict(series.points[moment:])
    steps = {step: came[fan.on] for step, fan in enumerate(found.fans, 1) if fan.on in came}
    past = [None if v is None else float(v) for v in evenly_spaced(points, series.frequency)]
    cut = Cut(past, {k: float(v) for k, v in steps.items()},
              SEASONS.get(series.frequency, 1), bounds)  # fmt: skip
    scale = mean_step(cut.past)
    answers = {OURS: [(float(f.low), float(f.middle), float(f.high)) for f in found.fans]}
    for name, method in OTHERS.items():
        answers[name] = [
            (cut.held(middle - half), cut.held(middle), cut.held(middle + half))
            for middle, half in method(cut, len(found.fans))
        ]
    for name, answer in answers.items():
        for step, value in cut.came.items():
            yield scored(name, series, step, answer[step - 1], value, scale)


def mean_step(values):
    whole = filled(values)
    return statistics.fmean(abs(b - a) for a, b in pairwise(whole))


def scored(name, series, step, answer, value, scale):
    low, middle, high = answer
    missed = max(0.0, low - value) + max(0.0, value - high)
    return Score(
        method=name,
        series=(series.file, series.name),
        frequency=series.frequency.value,
        step=step,
        error=abs(value - middle) / scale,
        interval=(high - low + 2 / OUTSIDE * missed) / scale,
        is_inside=low <= value <= high,
    )


def table(title, scores):
    """One row for each method: error, how often nearer than naive, interval, share inside."""
    say(f"\n{title}: {sum(s.method == OURS for s in scores)} forecasts, "
        f"{len({s.series for s in scores})} series")  # fmt: skip
    say(f"{'method':<26} {'scaled error':>12} {'by series':>10} {'to naive':>9} "
        f"{'interval':>9} {'inside 80 %':>12}")  # fmt: skip
    base = by_series(scores, NAIVE)
    for method in (OURS, *OTHERS):
        rows = [score for score in scores if score.method == method]
        means = by_series(scores, method)
        say(
            f"{method:<26} {mean(s.error for s in rows):12.3f} {mean(means.values()):10.3f} "
            f"{to_naive(means, base):9.3f} {mean(s.interval for s in rows):9.2f} "
            f"{100 * mean(s.is_inside for s in rows):11.1f} %"
        )


def by_series(scores, method):
    found = defaultdict(list)
    for score in scores:
        if score.method == method:
            found[score.series].append(score.error)
    return {series: mean(errors) for series, errors in found.items()}


def to_naive(means, base):
    """The geometric mean, over series, of the error as a share of the naive error."""
    both = [math.log((means[name] + 0.001) / (base[name] + 0.001)) for name in means]
    return math.exp(mean(both))


def mean(values):
    return statistics.fmean(values)


def verdict(scores):
    """What was asked of the fan, in words; True if all of it holds."""
    error = {m: mean(s.error for s in scores if s.method == m) for m in (OURS, *OTHERS)}
    best = min(OTHERS, key=error.get)
    inside = mean(s.is_inside for s in scores if s.method == OURS)
    count = sum(s.method == OURS for s in scores)
    asked = {
        f"at least {ENOUGH} forecasts ({count})": count >= ENOUGH,
        f"not worse than the best other, {best} ({error[OURS]:.3f} against {error[best]:.3f})":
            error[OURS] <= error[best],
        f"80 % interval holds between 75 and 85 % ({100 * inside:.1f} %)":
            HELD[0] <= inside <= HELD[1],
    }  # fmt: skip
    say()
    for words, holds in asked.items():
        say(f"{'yes' if holds else 'NO':<4} {words}")
    return all(asked.values())


def main(arguments):
    parser = argparse.ArgumentParser(prog="make bench FORECAST=PATH")
    parser.add_argument("path")
    parser.add_argument("--files", action="store_true", help="a table for each file, too")
    options = parser.parse_args(arguments)
    series, left_out = read(path_of(options.path))
    for file, reason in left_out:
        say(f"left out: {file}: {reason}")
    refused, scores = Counter(), []
    for one in chosen(series):
        scores += scores_of(one, refused)
    for reason, count in refused.most_common():
        say(f"silent at {count} moments: {reason}")
    if not scores:
        say("No series here is long enough to be scored.")
        return False
    for title, part in parts(scores, with_files=options.files):
        table(title, part)
    table("all", scores)
    return verdict(scores)


def parts(scores, *, with_files):
    if with_files:
        for file in sorted({score.series[0] for score in scores}):
            yield file, [score for score in scores if score.series[0] == file]
    for frequency in sorted({score.frequency for score in scores}):
        yield frequency, [score for score in scores if score.frequency == frequency]
    for low, high in ((1, 2), (3, 5), (6, FURTHEST)):
        part = [score for score in scores if low <= score.step <= high]
        if part:
            yield f"{low} to {high} periods ahead", part


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
