"""The benchmark of the projection fan: what it reads, and that it counts rightly.

statsmodels is there only for the command itself, so the scores here do without its column.
"""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from goals.data_age import Frequency
from tools import forecast
from tools.series import NoSeriesError, Series, read, series_of

CANONICAL = (
    "indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,numerator,"
    "denominator,status,published_on,source,note,revision\n"
)


def written(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_products_own_form(tmp_path):
    rows = "".join(
        f"READ,D1,,{y}-01-01,{y}-12-31,{y - 1950},,,final,,,,1\n" for y in range(2000, 2010)
    )
    rows += "READ,D1,,2003-01-01,2003-12-31,99.5,,,final,,,,2\n"
    rows += "READ,D2,,2003-01-01,2003-12-31,,3,4,final,,,,1\n"
    (one,) = series_of(written(tmp_path, "o.csv", CANONICAL + rows))
    assert one.name == "indicator_code READ; org_unit_code D1"
    assert one.frequency is Frequency.ANNUAL
    assert one.points[3] == (date(2003, 12, 31), Decimal("99.5"))  # the later revision
    assert len(one.points) == 10
    assert (one.low, one.high) == (0, None)


def test_a_publishers_table_with_titles_marks_and_school_years(tmp_path):
    text = "Absence by sex\n,\nYear,Sex,Unit measure,Observation status,Value\n"
    for year in range(2005, 2015):
        text += f"{year}/{(year + 1) % 100:02},,Percentage (%),Normal,{year - 1990}\n"
        text += f"{year}/{(year + 1) % 100:02},Female,Percentage (%),Normal,*\n"
    text += "2005/06,Male,Percentage (%),Normal,-9999\n"
    (one,) = series_of(written(tmp_path, "t.csv", text))
    assert one.points[0] == (date(2005, 12, 31), Decimal(15))
    assert (len(one.points), one.high) == (10, 100)


def test_months_of_a_provider_give_counts_and_a_share(tmp_path):
    text = "period,org_code,type,attendances,breaches\n"
    for month in range(1, 13):
        text += f"2017-{month:02}-01,RF4,1,200,{month}\n"
        text += f"2017-{month:02}-01,RF4,other,100,0\n"
    found = {one.name: one for one in series_of(written(tmp_path, "m.csv", text))}
    share = found["seen in time, percent; org_code RF4; type 1"]
    assert share.frequency is Frequency.MONTHLY
    assert share.points[1] == (date(2017, 2, 1), Decimal(99))  # any day stands for its period
    assert "attendances; org_code RF4; type other" in found


def test_two_values_that_contradict_each_other_count_as_none(tmp_path):
    text = "year,value\n" + "".join(f"{y},{y}\n" for y in range(2000, 2008)) + "2004,7\n2005,2005\n"
    (one,) = series_of(written(tmp_path, "d.csv", text))
    assert [on.year for on, _value in one.points] == [2000, 2001, 2002, 2003, 2005, 2006, 2007]


def test_what_holds_no_series_is_named(tmp_path):
    path = written(tmp_path, "n.csv", "name,price\na,1\nb,2\n")
    with pytest.raises(NoSeriesError, match="no column names the period"):
        series_of(path)
    assert read(tmp_path) == ([], [("n.csv", "no column names the period")])


def test_scores_are_of_the_future_and_in_steps_of_the_past(tmp_path, monkeypatch):
    monkeypatch.delitem(forecast.OTHERS, forecast.LIBRARY)
    values = [50, 52, 51, 55, 54, 58, 57, 60, 59, 63, 62, 66]
    text = "year,value\n" + "".join(f"{2000 + at},{v}\n" for at, v in enumerate(values))
    (one,) = series_of(written(tmp_path, "s.csv", text))
    refused = Counter()
    scores = list(forecast.scores_at(one, 9, refused))
    naive = [score for score in scores if score.method == forecast.NAIVE]
    scale = (2 + 1 + 4 + 1 + 4 + 1 + 3 + 1) / 8
    assert [score.error for score in naive] == [4 / scale, 3 / scale, 7 / scale]
    assert sum(score.method == forecast.OURS for score in scores) == 3
    assert not list(forecast.scores_at(one, 7, refused))
    assert refused == {"too_few": 1}


def test_the_interval_score_adds_what_was_missed():
    series = Series("f", "n", Frequency.ANNUAL, ())
    inside = forecast.scored("m", series, 1, (4.0, 5.0, 6.0), 5.5, 2.0)
    outside = forecast.scored("m", series, 1, (4.0, 5.0, 6.0), 7.0, 2.0)
    assert (inside.is_inside, inside.interval, inside.error) == (True, 1.0, 0.25)
    assert (outside.is_inside, outside.interval) == (False, (2 + 10 * 1) / 2)
