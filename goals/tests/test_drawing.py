"""The drawing and the figure show the same values, and neither invents or loses one."""

import re
from datetime import date
from fractions import Fraction

import pytest

from goals.chart_data import ChartData, Dot, Labels, Line
from goals.charts import trajectory_figure
from goals.data_age import add_months
from goals.drawing import nice_ticks, sparkline, tick_text, trajectory_chart

WORDS = {
    "title": "Reading against its trajectory",
    "latest": "59.9%",
    "target": "Target 70.0%",
    "expected": "62.0% expected",
    "old": "Not comparable",
    "unit": "%",
}


def june(year):
    return date(year, 6, 30)


def dots(values, **fields):
    return tuple(Dot(june(2000 + year), Fraction(value), **fields) for year, value in values)


def made(actual, line=None, **words):
    target = line.dots[-1] if line else None
    return ChartData(Labels(**{**WORDS, **words}), tuple(actual), line, target)


PATH = Line(((june(2021), Fraction(50)), (june(2028), Fraction(70))), Fraction(1))


def draw(data, **options):
    return trajectory_chart(data, chart_id="c", description="In one sentence.", **options)


def lines(svg, kind):
    found = re.findall(rf'<polyline class="{kind}" points="([^"]*)"', svg)
    return [len(points.split()) for points in found]


def circles(svg, kind):
    return len(re.findall(rf'<circle class="{kind}"', svg))


def traces(data):
    return {trace["name"]: trace for trace in trajectory_figure(data)["data"]}


def test_drawing_and_figure_hold_the_same_values():
    actual = dots([(21, 50), (22, 53), (23, 57)])
    data = made(actual, PATH)
    assert lines(draw(data), "c-act") == [3]
    assert lines(draw(data), "c-traj") == [2]
    found = traces(data)
    assert found["Actual"]["x"] == [dot.on.isoformat() for dot in actual]
    assert list(found["Actual"]["y"]) == [50, 53, 57]
    assert (found["Target"]["x"], found["Target"]["y"]) == (["2028-06-30"], [70])
    assert list(found["Tolerance"]["y"]) == [51, 71, 69, 49]


def test_a_missing_period_parts_the_line_and_is_not_drawn_as_zero():
    actual = [*dots([(21, 50), (22, 53)]), *dots([(24, 57)], has_gap_before=True)]
    data = made(actual, PATH)
    assert lines(draw(data), "c-act") == [2]
    assert circles(draw(data), "c-pt") == 3
    assert list(traces(data)["Actual"]["y"]) == [50, 53, None, 57]
    assert traces(data)["Actual"]["connectgaps"] is False


def test_a_value_that_stands_alone_among_many_is_seen():
    months = [Dot(add_months(date(2015, 1, 31), step), Fraction(step)) for step in range(120)]
    alone = Dot(months[60].on, months[60].value, has_gap_before=True)
    after = Dot(months[61].on, months[61].value, has_gap_before=True)
    data = made([*months[:60], alone, after, *months[62:]])
    assert lines(draw(data), "c-act") == [60, 59]
    assert circles(draw(data), "c-pt") == 2  # the newest and the one alone
    assert circles(sparkline(data, "x"), "c-pt") == 2


def test_values_before_a_break_stand_apart_and_are_named():
    data = made([*dots([(18, 61), (19, 60)], is_comparable=False), *dots([(21, 50), (22, 53)])])
    assert lines(draw(data), "c-hist") == [2]
    assert lines(draw(data), "c-act") == [2]
    assert ">Not comparable</text>" in draw(data)
    assert list(traces(data)["Not comparable"]["y"]) == [61, 60]
    assert lines(sparkline(data, "x"), "c-act") == [2]


def test_a_provisional_value_is_an_open_circle():
    data = made([*dots([(21, 50)]), *dots([(22, 53)], is_provisional=True)])
    assert (circles(draw(data), "c-pt"), circles(draw(data), "c-prov")) == (1, 1)
    assert list(traces(data)["Actual"]["marker"]["symbol"]) == ["circle", "circle-open"]


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize(
    "data",
    [
        made([]),
        made([], PATH),
        made(dots([(21, 5)])),
        made(dots([(21, 0), (22, 0)])),
        made(dots([(21, 50), (22, 50)])),
        made(dots([(21, -8), (22, -3)]), PATH),
        made(dots([(21, 10**14), (22, 3 * 10**14)]), latest="300,000,000,000,000 pupils"),
        made(dots([(21, Fraction(1, 10**6)), (22, Fraction(2, 10**6))])),
    ],
)
def test_whatever_the_values_the_drawing_stays_inside_its_frame(data, wide):
    svg = draw(data, wide=wide)
    width, height = (860, 420) if wide else (360, 300)
    for x, y in re.findall(r'c?x="([^"]*)" c?y="([^"]*)"', svg):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    assert "nan" not in svg
    assert "In one sentence." in svg
    assert sparkline(data, "In one sentence.").startswith('<svg class="spark"')
    trajectory_figure(data)


def test_long_numbers_have_room_beside_the_axis():
    svg = draw(made(dots([(21, 10**14), (22, 3 * 10**14)])))
    left, words = re.search(r'<text x="([^"]*)"[^>]*text-anchor="end">([^<]*)<', svg).groups()
    assert float(left) >= 7 * len(words)


def test_words_that_do_not_fit_on_a_phone_stand_below_one_another():
    long = {"latest": "6.4 per 1,000 live births", "target": "Target 5.5 per 1,000 live births"}
    svg = draw(made(dots([(21, 7)]), PATH, **long), wide=False)
    heights = [re.search(rf'y="([^"]*)"[^>]*>{words}<', svg).group(1) for words in long.values()]
    assert heights[0] != heights[1]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (45, 70, [45, 50, 55, 60, 65, 70]),
        (-8, 5, [-10, -5, 0, 5]),
        (0, 0, [0, Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5), 1]),
        (5, 5, [Fraction(each, 10) for each in (44, 46, 48, 50, 52, 54, 56)]),
    ],
)
def test_ticks_are_round_and_hold_everything(low, high, ticks):
    assert nice_ticks(Fraction(low), Fraction(high)) == ticks


def test_tick_text_has_a_true_minus_sign_and_every_digit():
    assert tick_text(Fraction(-1234567), Fraction(1)) == "−1,234,567"
    assert tick_text(Fraction(12345678901234567890), Fraction(10)) == "12,345,678,901,234,567,890"
    assert tick_text(Fraction(1, 500), Fraction(1, 1000)) == "0.002"


def test_no_word_of_a_name_becomes_markup():
    svg = draw(made([], PATH, title="<b>&", target='"><script>'))
    assert "<b>" not in svg
    assert "<script>" not in svg
