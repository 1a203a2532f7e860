"""The pace check and the turns once more, written from the formulas and not from the code.

Least squares by pairs of points, roots by integer arithmetic, plain lists instead of classes:
what both agree on was not made wrong in the same way twice.
"""

from fractions import Fraction
from itertools import combinations, pairwise
from math import isqrt

T90 = {3: Fraction("1.638"), 4: Fraction("1.533"), 5: Fraction("1.476"), 6: Fraction("1.440")}


def years(on):
    """Month ends only: a whole number of months is a whole number of twelfths."""
    return Fraction(12 * on.year + on.month, 12)


def slope(points):
    """The weighted mean of the slopes of all pairs, each weighted by its squared width."""
    pairs = [((x2 - x1) ** 2, (y2 - y1) / (x2 - x1)) for (x1, y1), (x2, y2) in pairs_of(points)]
    return sum(w * m for w, m in pairs) / sum(w for w, _m in pairs)


def pairs_of(points):
    return list(combinations(points, 2))


def root(value):
    """Forty digits of a square root, by whole numbers."""
    shift = 10**40
    return Fraction(isqrt(value.numerator * shift**2 // value.denominator), shift)


def pace(rows, sign, baseline, target, decimals=1):
    """`rows` of (month end, value); at least three, the last before the target's date."""
    points = [(years(on), Fraction(value)) for on, value in sorted(rows)]
    (start, first), (end, goal) = ((years(on), Fraction(value)) for on, value in (baseline, target))
    at, value = points[-1]
    m = slope(points[-3:])
    change = abs(goal - first)
    least = change / (end - start) / 10 if change else Fraction(1, 2 * 10**decimals)
    need = sign * (goal - value) / (end - at)
    shortfall = sign * (goal - (value + m * (end - at)))
    told = {
        "slope_per_year": m,
        "direction": "improving"
        if sign * m > least
        else "worsening"
        if -sign * m > least
        else "flat",
        "required_per_year": need,
        "mode": "pursue" if need > 0 else "hold",
        "rho": sign * m / need if need > 0 else None,
        "projection": value + m * (end - at),
        "shortfall": shortfall,
    }
    if need > 0:
        cuts = [("G", 1), ("AG", Fraction(4, 5)), ("AR", Fraction(1, 2))]
        told["band"] = next((band for band, cut in cuts if sign * m >= cut * need), "R")
    else:
        told["band"] = "G" if shortfall <= 0 else "AG"
    return told, interval(points, end, decimals)


def interval(points, end, decimals):
    if len(points) < 5:
        return "too_few"
    window = points[-8:]
    if end - window[-1][0] > window[-1][0] - window[0][0]:
        return "horizon_beyond_data"
    n, m = len(window), slope(window)
    middle = sum(x for x, _y in window) / n
    level = sum(y for _x, y in window) / n
    left = sum((y - level - m * (x - middle)) ** 2 for x, y in window) / (n - 2)
    width = sum((x - middle) ** 2 for x, _y in window)
    spread = 1 + Fraction(1, n) + (end - middle) ** 2 / width
    half = T90[n - 2] * root(max(left, Fraction(1, 12 * 100**decimals)) * spread)
    centre = level + m * (end - middle)
    return centre - half, centre, centre + half


def turns(rows, newer, sign, path):
    """`rows` of finals in order, `newer` provisional ones after them; `path` from day to value."""
    values = [sign * Fraction(value) for _on, value in rows]
    steps = ["-" if b < a else "+" for a, b in pairwise(values)]
    if "".join(steps).endswith("--"):
        reversal = "alarm"
    elif steps[-1:] == ["-"] or (values and any(sign * v < values[-1] for _on, v in newer)):
        reversal = "watch"
    else:
        reversal = "none"
    if len(rows) < 3:
        return reversal, None, None, False
    last = sorted(values[-3:])
    rise = sign * (path(rows[-1][0]) - path(rows[-3][0]))
    spread, limit = last[2] - last[0], rise / 4
    reached = values[-1] >= sign * path(None)
    return reversal, spread, limit, rise > 0 and spread <= limit and not reached
