"""What holds for every path, value and part, whatever the numbers are."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from goals.aggregation import Part, Shown, total_rate
from goals.data_age import Frequency, Schedule, data_age, next_period_end
from goals.policy import DEFAULT_POLICY
from goals.rounding import round_half_up, sum_text, text
from goals.targets import halve_distance, interim_points
from goals.trajectory import Direction, Method, Point, TimeAxis, Trajectory
from goals.variance import Reading, Yardstick, compare

ORDER = ["G", "AG", "AR", "R"]
values = st.builds(Fraction, st.integers(-10_000, 10_000), st.integers(1, 60))
days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
axes = st.sampled_from(TimeAxis)
decimals = st.integers(0, 6)


@st.composite
def paths(draw, method=None):
    method = method or draw(st.sampled_from([Method.LINEAR, Method.CUSTOM, Method.STEP]))
    ends = sorted(draw(st.sets(days, min_size=2, max_size=6)))
    points = tuple(Point(on, draw(values)) for on in ends)
    if method is Method.LINEAR:
        return Trajectory(method, time_axis=draw(axes), baseline=points[0], target=points[-1])
    return Trajectory(method, time_axis=draw(axes), points=points)


def judged(value, on, path, direction, **fields):
    return compare(Reading(on, value), path, Yardstick(direction, **fields))


@given(paths())
def test_a_path_starts_at_its_baseline_and_ends_at_its_target(path):
    assert path.expected(path.first.on) == path.expected(date.min) == path.first.value
    assert path.expected(path.last.on) == path.expected(date.max) == path.last.value


@given(paths(Method.LINEAR), days, days)
def test_a_straight_line_never_turns_back(path, one, other):
    one, other = sorted((one, other))
    way = path.last.value - path.first.value
    assert (path.expected(other) - path.expected(one)) * way >= 0


@given(paths(Method.CUSTOM), days)
def test_a_path_through_points_makes_no_jump(path, on):
    """From one day to the next it moves by no more than the steepest of its pieces."""
    steepest = max(
        abs(after.value - before.value)
        / (path.time_axis.tau(after.on) - path.time_axis.tau(before.on))
        for before, after in pairwise(path.points)
    )
    day = path.time_axis.tau(on + timedelta(1)) - path.time_axis.tau(on)
    assert abs(path.expected(on + timedelta(1)) - path.expected(on)) <= steepest * day


@given(paths(Method.STEP), days)
def test_steps_take_only_the_values_that_were_set(path, on):
    assert path.expected(on) in {point.value for point in path.points}


@settings(max_examples=25)
@given(
    st.sampled_from([4, 12]),
    st.lists(values, min_size=24, max_size=30),
    st.dates(date(2020, 1, 1), date(2025, 12, 31)),
)
def test_seasons_add_nothing_over_a_year(length, history, on):
    ends = [date(2000, 1, 31)]
    frequency = Frequency.MONTHLY if length == 12 else Frequency.QUARTERLY
    while len(ends) < len(history):
        ends.append(next_period_end(frequency, ends[-1]))
    level = Point(date(2020, 1, 31), Fraction(0)), Point(date(2026, 1, 31), Fraction(0))
    path = Trajectory(
        Method.SEASONAL,
        baseline=level[0],
        target=level[1],
        season_length=length,
        history=tuple(Point(*pair) for pair in zip(ends, history, strict=True)),
    )
    assert sum(path.seasons.values()) == 0
    year = [on]
    while len(year) < length:
        year.append(next_period_end(frequency, year[-1]))
    assert sum(path.expected(each) for each in year) == 0


@given(paths(), values, days)
def test_the_other_direction_turns_the_sign_and_nothing_else(path, value, on):
    up, down = (judged(value, on, path, each) for each in (Direction.UP, Direction.DOWN))
    assert up.variance == -down.variance
    assert (up.expected, up.tolerance, up.movement) == (
        down.expected,
        down.tolerance,
        down.movement,
    )
    assert up.reason == down.reason


@given(paths(), values, values, days)
def test_a_better_value_never_has_a_worse_band(path, one, other, on):
    worse, better = sorted((one, other))
    bands = [judged(each, on, path, Direction.UP).band for each in (worse, better)]
    if None not in bands:
        assert ORDER.index(bands[0]) >= ORDER.index(bands[1])


@given(paths(), days, st.sampled_from([DEFAULT_POLICY.cut_ag, DEFAULT_POLICY.cut_ar]))
def test_a_value_exactly_on_a_cut_off_is_on_its_better_side(path, on, cut):
    value = path.expected(on) + cut * path.movement
    outcome = judged(value, on, path, Direction.UP, decimals=6)
    if outcome.band and outcome.variance < -outcome.tolerance and path.movement:
        assert outcome.band == ("AG" if cut == DEFAULT_POLICY.cut_ag else "AR")


@given(values, decimals)
def test_rounding_twice_is_rounding_once_and_signs_do_not_matter(value, places):
    rounded = round_half_up(value, places)
    assert round_half_up(rounded, places) == rounded == -round_half_up(-value, places)
    assert abs(rounded - value) <= Fraction(1, 2 * 10**places)
    assert Fraction(text(value, places)) == rounded
    assert not text(value, places).startswith("-") or rounded < 0


@given(st.integers(-10_000, 10_000), decimals)
def test_a_half_is_rounded_away_from_zero(units, places):
    half = Fraction(2 * units + 1, 2 * 10**places)
    assert abs(round_half_up(half, places)) > abs(half)


@given(st.lists(values, max_size=8), decimals)
def test_a_total_is_rounded_once(parts, places):
    assert sum_text(parts, places) == text(sum(parts, Fraction(0)), places)


@st.composite
def parts(draw):
    found = []
    for number in range(draw(st.integers(0, 8))):
        whole = draw(st.one_of(st.none(), st.integers(0, 40)))
        count = None if whole is None else draw(st.integers(0, whole))
        found.append(
            Part(
                f"u{number}",
                None if count is None else Fraction(count),
                None if whole is None else Fraction(whole),
            )
        )
    return found


@given(parts())
def test_a_total_is_the_ratio_of_sums_of_what_was_counted(units):
    total = total_rate(units)
    known = [each for each in units if not each.is_missing]
    counts = sum(each.numerator for each in known), sum(each.denominator for each in known)
    assert total.missing == len(units) - len(known)
    if total.status is Shown.SHOWN:
        assert total.rate == 100 * counts[0] / counts[1]
    else:
        assert total.rate is None


@given(parts())
def test_no_hidden_unit_can_be_found_by_subtraction(units):
    total = total_rate(units)
    hidden = [each.status for each in total.parts if each.status.startswith("suppressed")]
    shown = [each for each in total.parts if each.status is Shown.SHOWN]
    assert len(hidden) != 1 or not shown
    assert all(part.rate is None for part in total.parts if part.status is not Shown.SHOWN)


@given(values, values, st.integers(1, 12), decimals)
def test_halving_goes_half_the_way_and_its_steps_end_on_the_target(baseline, limit, steps, places):
    level = halve_distance(baseline, limit=limit, decimals=places)
    assert level.raw - baseline == limit - level.raw
    assert interim_points(baseline, level.stored, steps, places)[-1] == level.stored


@given(st.sampled_from(Frequency), days, st.integers(0, 400), st.integers(0, 40), days)
def test_data_are_late_from_the_day_after_they_were_due(frequency, last, lag, grace, today):
    age = data_age(Schedule(frequency, lag, grace), last, today)
    assert age.is_late == (today > age.due)
    assert (age.cap is not None) == age.is_late
    assert data_age(Schedule(frequency, lag, grace), last, age.due).late_days == 0
    assert data_age(Schedule(frequency, lag, grace), last, age.due + timedelta(1)).late_days == 1
