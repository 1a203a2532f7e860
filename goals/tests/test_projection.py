"""The fan: where it speaks, where it is silent, and what holds for every fan."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goals.data_age import DAYS, MONTHS, Frequency, next_period_end
from goals.fan_words import method_sentence, silence_sentence
from goals.projection import (
    FEWEST,
    FURTHEST,
    Silence,
    project,
)
from goals.series import DuplicatePeriodError
from goals.smoothing import seasonal_offsets
from goals.trajectory import Bounds, Point

PERCENT = Bounds(0, 100)
MOVING = [61, 63, 62, 66, 65, 69, 70, 68, 73, 74, 73, 77]
EVEN = 12  # decimals: enough that rounding does not blur what is compared


def series(values, frequency=Frequency.ANNUAL, start=date(2000, 12, 31)):
    """Points one period apart; None leaves a period out."""
    points, on = [], start
    for value in values:
        if value is not None:
            points.append(Point(on, Fraction(value)))
        on = next_period_end(frequency, on)
    return points


def annual(values, **options):
    return project(series(values), Frequency.ANNUAL, **options)


numbers = st.builds(Fraction, st.integers(0, 1000), st.just(10))
histories = st.lists(numbers, min_size=FEWEST, max_size=30)


def test_a_fan_has_eight_periods_each_at_its_end():
    fans = annual(MOVING).fans
    assert [fan.on for fan in fans] == [date(2012 + step, 12, 31) for step in range(8)]
    assert all(fan.low < fan.middle < fan.high for fan in fans)
    assert all(isinstance(n, Decimal) for fan in fans for n in (fan.low, fan.middle, fan.high))


@pytest.mark.parametrize("frequency", [*DAYS, *MONTHS])
def test_periods_follow_the_frequency(frequency):
    values = MOVING * 3
    points = series(values, frequency, date(2000, 1, 31))
    fans = project(points, frequency).fans
    ends = [points[-1].on, *(fan.on for fan in fans)]
    assert len(ends) > 1
    assert all(later == next_period_end(frequency, one) for one, later in pairwise(ends))


def test_a_steady_rise_goes_on():
    fans = annual([50, 52, 53, 56, 58, 60, 61, 64, 66, 68]).fans
    assert fans[0].low > 66
    assert fans[-1].middle > 72
    assert fans[-1].low < 84 < fans[-1].high


def test_a_season_is_seen_and_carried_on():
    shape = [9, 7, 4, 2, 0, -3, -6, -8, -5, -2, 1, 4]
    noise = [0.3, -0.2, 0.1, -0.4, 0.2, 0.0, -0.1]
    values = [100 + shape[at % 12] + Fraction(noise[at % 7]) for at in range(48)]
    found = project(series(values, Frequency.MONTHLY), Frequency.MONTHLY)
    assert found.is_seasonal
    for at, fan in enumerate(found.fans):
        assert abs(fan.middle - (100 + shape[at])) < 1
        assert fan.low <= 100 + shape[at] <= fan.high


def test_chance_is_not_taken_for_a_season():
    values = [5.0, 4.0, 6.0, 3.0, 3.0, 6.0, 4.0, 5.0, 4.0, 5.0, 3.0, 6.0]
    assert seasonal_offsets(values, 4) == [0.0] * 4


def test_a_step_up_is_followed_and_widens_the_fan():
    calm = annual([60, 61, 60, 61, 60, 61, 60, 61, 60, 61, 60, 61], decimals=3).fans
    stepped = annual([60, 61, 60, 61, 60, 61, 80, 81, 80, 81, 80, 81], decimals=3).fans
    assert stepped[0].middle > 75
    assert stepped[0].high - stepped[0].low > 3 * (calm[0].high - calm[0].low)


@pytest.mark.parametrize(
    ("values", "frequency", "silence"),
    [
        (MOVING[: FEWEST - 1], Frequency.ANNUAL, Silence.TOO_FEW),
        ([], Frequency.MONTHLY, Silence.TOO_FEW),
        ((MOVING * 2)[:23], Frequency.MONTHLY, Silence.LESS_THAN_TWO_SEASONS),
        ([88] * 20, Frequency.ANNUAL, Silence.NEVER_MOVED),
        ([v if at % 2 else None for at, v in enumerate(MOVING * 2)][1:], Frequency.ANNUAL,
         Silence.TOO_IRREGULAR),
        ([*MOVING, None, None, None, None, 75, 76], Frequency.ANNUAL, Silence.TOO_IRREGULAR),
    ],
)  # fmt: skip
def test_silence_has_its_reason(values, frequency, silence):
    found = project(series(values, frequency), frequency)
    assert not found
    assert found.silence is silence
    assert silence_sentence(found).startswith("No projection: ")
    assert method_sentence(found) == ""


def test_what_lies_before_a_break_is_left_out():
    values = [10, 90, 5, 80, *MOVING[:9]]
    since = series(values)[4].on
    found = annual(values, comparable_since=since)
    assert found.fans == project(series(values)[4:], Frequency.ANNUAL).fans
    assert (found.used, found.first) == (9, since)
    late = annual(values, comparable_since=series(values)[6].on)
    assert late.silence is Silence.TOO_FEW_SINCE_BREAK
    assert "there are 7 values since; it takes 8" in silence_sentence(late)


def test_a_range_that_leaves_almost_everything_open_is_not_drawn():
    wild = [2, 97, 4, 99, 1, 96, 3, 95, 98, 2, 97, 1]
    assert annual(wild, bounds=PERCENT).silence is Silence.TOO_WIDE


def test_a_fan_ends_where_it_stops_to_say_something():
    whole, cut = annual(MOVING), annual([41, 52, 43, 50, 45, 53, 41, 50, 44, 52])
    assert len(whole.fans) == FURTHEST
    assert not whole.ends_early
    assert 0 < len(cut.fans) < FURTHEST
    assert cut.ends_early
    assert "say" in method_sentence(cut)


def test_single_missing_periods_are_borne_and_told():
    values = [v if at not in (4, 9) else None for at, v in enumerate(MOVING)]
    found = annual(values)
    assert (len(found.fans), found.missing, found.used) == (FURTHEST, 2, 10)
    assert "2 periods in between have no value." in method_sentence(found)


def test_values_that_do_not_fit_the_frequency_are_refused():
    monthly = series(MOVING, Frequency.MONTHLY)
    assert project(monthly, Frequency.ANNUAL).silence is Silence.TOO_IRREGULAR


def test_two_values_of_one_day_are_an_error():
    with pytest.raises(DuplicatePeriodError):
        project([*series(MOVING), Point(date(2003, 12, 31), 1)], Frequency.ANNUAL)


def test_near_its_bound_a_percentage_stays_possible():
    found = annual([94, 95, 97, 96, 98, 98, 99, 98, 99, 99], bounds=PERCENT)
    assert max(fan.high for fan in found.fans) == 100


def test_rounding_does_not_lead_out_of_what_is_possible():
    found = annual([2, 4, 3, 5, 4, 6, 5, 4, 6, 5], bounds=Bounds(0, Fraction("6.6")), decimals=0)
    assert max(fan.high for fan in found.fans) == Decimal("6.6")


@given(histories)
@settings(deadline=None)
def test_nothing_impossible_is_drawn(values):
    for fan in annual(values, bounds=PERCENT).fans:
        assert 0 <= fan.low <= fan.middle <= fan.high <= 100


@given(histories)
@settings(deadline=None)
def test_the_fan_never_narrows(values):
    widths = [fan.high - fan.low for fan in annual(values, decimals=EVEN).fans]
    assert all(after >= before - Decimal("1e-11") for before, after in pairwise(widths))


@given(histories, st.integers(1, 500), st.integers(-10_000, 10_000))
@settings(deadline=None)
def test_the_unit_does_not_matter(values, factor, shift):
    plain = annual(values, decimals=EVEN)
    moved = annual([factor * value + shift for value in values], decimals=EVEN)
    assert plain.silence == moved.silence
    for one, other in zip(plain.fans, moved.fans, strict=False):
        for name in ("low", "middle", "high"):
            expected = factor * getattr(one, name) + shift
            assert abs(expected - getattr(other, name)) < Decimal("1e-8")


@given(histories, st.randoms())
@settings(deadline=None)
def test_the_order_of_rows_does_not_matter(values, random):
    points = series(values)
    mixed = points.copy()
    random.shuffle(mixed)
    assert project(mixed, Frequency.ANNUAL) == project(points, Frequency.ANNUAL)
