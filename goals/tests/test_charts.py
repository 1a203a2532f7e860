import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from goals.chart_data import Break, ChartData, Dot, FanStep, Labels, Line, Replaced
from goals.charts import trajectory_figure
from goals.drawing import trajectory_chart

JUNE = {year: date(year, 6, 30) for year in range(2022, 2029)}
LABELS = Labels(
    title="Reading against its trajectory", latest="59.9%", latest_note="2.1 pp behind",
    expected="62.0 expected", target="Target 70.0%", target_note="30 Jun 2028",
    baseline="Baseline 50.0", old="Not comparable", unit="%",
)  # fmt: skip


@pytest.fixture
def data():
    """Two years of an old test, then 59.9 where 62 was expected."""
    return ChartData(
        LABELS,
        actual=(
            Dot(JUNE[2022], Decimal("71.5"), is_comparable=False),
            Dot(JUNE[2023], Decimal(50), has_gap_before=True),
            Dot(JUNE[2026], Decimal("59.9"), is_provisional=True),
        ),
        line=Line(((JUNE[2023], Decimal(50)), (JUNE[2028], Decimal(70))), Decimal("0.9")),
        target=(JUNE[2028], Decimal(70)),
        baseline=(JUNE[2023], Decimal(50)),
        expected=Decimal(62),
    )


def test_figure_says_at_its_lines_what_the_drawing_says(data):
    notes = {note["text"] for note in trajectory_figure(data)["layout"]["annotations"]}
    assert notes == {
        "59.9%<br>2.1 pp behind", "62.0 expected", "Target 70.0%<br>30 Jun 2028",
        "Baseline 50.0", "Not comparable",
    }  # fmt: skip
    drawing = trajectory_chart(data, chart_id="c", description="Said.")
    for words in ("59.9%", "2.1 pp behind", "62.0 expected", "Baseline 50.0", "Not comparable"):
        assert f">{words}</text>" in drawing


def test_words_keep_off_the_path(data):
    shifts = {
        note["name"]: note["yshift"]
        for note in trajectory_figure(data)["layout"]["annotations"]
        if "yshift" in note
    }
    assert shifts["Actual"] < 0 < shifts["Trajectory"]


def test_words_do_not_stretch_the_axes(data):
    layout = trajectory_figure(data)["layout"]
    first, last = layout["xaxis"]["range"]
    low, high = layout["yaxis"]["range"]
    assert first < "2022-06-30"
    assert "2028-06-30" < last < "2029"
    assert (low, high) == (45.0, 75.0)


def test_figure_without_anything_is_an_empty_frame():
    layout = trajectory_figure(ChartData(Labels(title="Nothing yet")))["layout"]
    assert "range" not in layout["xaxis"]
    assert not layout.get("annotations")


def test_baseline_is_named_on_the_side_that_the_path_leaves_free(data):
    falling = replace(data, baseline=(JUNE[2023], Decimal(80)))
    rising_note, falling_note = (
        next(n for n in trajectory_figure(each)["layout"]["annotations"] if n["name"] == "Baseline")
        for each in (data, falling)
    )
    assert rising_note["yshift"] < 0 < falling_note["yshift"]


def test_dates_on_the_axis_are_british_however_short_the_time(data):
    stops = trajectory_figure(data)["layout"]["xaxis"]["tickformatstops"]
    assert {stop["value"] for stop in stops} == {"%-d %b %Y", "%b %Y", "%Y"}


FAN = tuple(
    FanStep(JUNE[year], Decimal(low), Decimal(low) + 3, Decimal(low) + 6)
    for year, low in ((2027, 58), (2028, 55))
)


@pytest.fixture
def whole(data):
    """With the fan, the break of definition, and the path that was in force before."""
    old_path = Replaced("Version 1", ((JUNE[2023], Decimal(50)), (JUNE[2027], Decimal(74))))
    return replace(
        data,
        labels=replace(LABELS, fan="55.0 to 61.0%", fan_note="projected range"),
        fan=FAN,
        breaks=(Break(date(2022, 7, 1), "Definition 1", "Definition <2>"),),
        replaced=(old_path,),
    )


def test_the_fan_starts_at_the_newest_value_and_ends_where_it_was_worked_out(whole):
    traces = {trace["name"]: trace for trace in trajectory_figure(whole)["data"]}
    assert traces["Projection"]["x"] == ["2026-06-30", "2027-06-30", "2028-06-30"]
    assert traces["Projection"]["y"] == [59.9, 61.0, 58.0]
    assert traces["Fan"]["y"] == [59.9, 64.0, 61.0, 55.0, 58.0]
    drawing = trajectory_chart(whole, chart_id="c", description="Said.")
    for kind, points in (("c-fan", 5), ("c-fanline", 3), ("c-old", 2)):
        found = re.search(rf'class="{kind}" points="([^"]*)"', drawing)
        assert len(found[1].split()) == points
    for words in ("55.0 to 61.0%", "projected range", "Version 1", "Definition &lt;2&gt;"):
        assert f">{words}</text>" in drawing


def test_a_break_is_an_upright_line_between_its_two_definitions(whole):
    layout = trajectory_figure(whole)["layout"]
    assert [(shape["x0"], shape["x1"]) for shape in layout["shapes"]] == [("2022-07-01",) * 2]
    notes = [note["text"] for note in layout["annotations"] if note["name"] == "Break"]
    assert notes == ["Definition 1", "Definition &lt;2&gt;"]
    assert 'class="c-break"' in trajectory_chart(whole, chart_id="c", description="Said.")


def test_the_axes_hold_the_fan_and_the_replaced_path(whole):
    layout = trajectory_figure(replace(whole, line=None, target=None))["layout"]
    low, high = layout["yaxis"]["range"]
    assert low <= 50
    assert high >= 74
    assert layout["xaxis"]["range"][1] > "2028-06-30"


def test_what_lies_ahead_stands_apart_beside_the_plot(whole):
    notes = trajectory_figure(replace(whole, fan=(FAN[0], replace(FAN[1], middle=Decimal(70)))))
    beside = [n for n in notes["layout"]["annotations"] if n.get("xref") == "paper"]
    assert {note["name"] for note in beside} == {"Target", "Projection"}
    one, other = (note["y"] for note in beside)
    assert abs(one - other) > 0.08


def test_without_a_fan_nothing_speaks_of_one(data):
    assert not {"Fan", "Projection"} & {trace["name"] for trace in trajectory_figure(data)["data"]}
    assert "c-fan" not in trajectory_chart(data, chart_id="c", description="Said.")
