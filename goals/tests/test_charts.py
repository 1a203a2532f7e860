from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from goals.chart_data import ChartData, Dot, Labels, Line
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
