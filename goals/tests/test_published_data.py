"""Publishers' files through their mappings: small ones of the same shapes, and the real ones.

The real ones lie outside the project. Where they are not, their tests say so and pass over.
"""

import csv
import re
from collections import defaultdict
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from goals.actions.imports import Request, confirm_import, open_import
from goals.actions.mappings import read_mapping, save_mapping, shipped_path
from goals.importing.rows import OPTIONAL, REQUIRED
from goals.models import Observation

pytestmark = pytest.mark.django_db

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
AT = datetime(2026, 7, 21, 12, tzinfo=UTC)
CT, NHS = DATA / "ct_chronic_absence", DATA / "nhs_ae"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the published data are not on this machine")


def enter(text, mapping=None, *, under="", name="file.csv", reason="published anew"):
    """Imports a file for good; the numbers of the dry run."""
    saved = None
    if mapping:
        saved = save_mapping(name=mapping, data=read_mapping(shipped_path(mapping)), by=None)
    content = text if isinstance(text, bytes) else text.encode()
    request = Request(name, content, None, saved, create_units_under=under)
    row = open_import(request, at=AT)
    assert row.problem == ""
    assert row.counts["rejected"] == 0, row.rows["problems"]
    return confirm_import(data_import=row, by=None, at=AT, reason=reason).counts


def held(indicator, **of_row):
    """(unit, subgroup, last day) and the newest revision, for every series of the indicator."""
    rows = Observation.objects.filter(series__indicator__code=indicator, **of_row).current()
    rows = rows.select_related("series__org_unit", "series__subgroup")
    return {
        (row.series.org_unit.code, row.series.subgroup.name, row.period_end): row for row in rows
    }


def enter_absence(text, **options):
    return enter(text, "ct_chronic_absence", under="CT", **options)


def enter_ae(*rows):
    return enter(
        "\n".join(["period,org_code,type,attendances,breaches,admissions", *rows]),
        "nhs_ae",
        under="NHS-ENGLAND",
    )


# --- Connecticut: one indicator, many shapes ------------------------------------------------------

OLD = (
    '"Chronic Absenteeism, 2016-17"\r\n"All Districts, Race/Ethnicity"\r\n\r\n'
    '"District","District Code","Race/Ethnicity","% Chronically Absent"\r\n'
    '"Harlan Valley District","=""0010011""","Asian","*"\r\n'
    '"Harlan Valley District","=""0010011""","White",27.0\r\n'
    '"State Level","=""0000000""","White",6.7\r\n\r\n'
)
NEW = (
    '"Chronic Absenteeism, 2018-19"\n"All Districts, Race/Ethnicity"\n\n'
    '"",,,"Chronically Absent",\n'
    '"District","District Code","Race/Ethnicity","Student Count","%"\n'
    '"Harlan Valley","=""0010011""","Asian","*","*"\n'
    '"Harlan Valley","=""0010011""","Two or More Races",11,"*"\n'
    '"Harlan Valley","=""0010011""","White",0,0.0\n'
    '"State Level","=""0000000""","White",17953,6.7\n\n'
)
STATE = (
    '"Chronic Absenteeism, 2016-17"\n"State of Connecticut, Race/Ethnicity"\n\n'
    '"Organization","Race/Ethnicity","% Chronically Absent"\n'
    '"State of Connecticut","White",6.7\n\n'
)
BY_CATEGORY = (
    '\ufeff"Chronic Absenteeism, 2015-2016"\n", Race/Ethnicity"\n\n'
    '"District","District Code","Category","% Chronically Absent"\n'
    '"Harlan Valley","=""0010011""","Grade   1",3.5\n'
    '"Harlan Valley","=""0010011""","District",8.1\n'
    '"State Level","=""0000000""","State",10.6\n'
)
TREND = (
    '"Chronic Absenteeism, Trend"\n", English Learner Status"\n\n'
    '"",,"% Chronically Absent",,\n'
    '"Organization","English Learner Status","2011-12","2012-13"\n'
    '"State of Connecticut","ELL",18.2,"N/A"\n\n'
)


def said(row):
    number = "" if row.value is None else str(row.value)
    return number, "" if row.numerator is None else str(row.numerator), row.missing_reason


def test_the_shape_of_one_year():
    enter_absence(OLD)
    assert {key: said(row) for key, row in held("ct-chronic-absence").items()} == {
        ("0010011", "Asian", date(2017, 6, 30)): ("", "", "suppressed"),
        ("0010011", "White", date(2017, 6, 30)): ("27.0", "", ""),
        ("CT", "White", date(2017, 6, 30)): ("6.7", "", ""),
    }


def test_a_later_shape_joins_by_code_and_keeps_the_counts():
    enter_absence(OLD)
    enter_absence(NEW)
    found = held("ct-chronic-absence", period_end=date(2019, 6, 30))
    assert {key[:2]: said(row) for key, row in found.items()} == {
        ("0010011", "Asian"): ("", "", "suppressed"),
        ("0010011", "Two or More Races"): ("", "11", "suppressed"),
        ("0010011", "White"): ("0.0", "0", ""),
        ("CT", "White"): ("6.7", "17953", ""),
    }


def test_the_state_is_one_unit_however_its_row_is_written():
    enter_absence(OLD)
    assert enter_absence(STATE)["unchanged"] == 1


def test_a_file_by_category_has_everybody_among_its_groups():
    enter_absence(BY_CATEGORY)
    found = {key[:2]: said(row)[0] for key, row in held("ct-chronic-absence").items()}
    assert found == {
        ("0010011", "Grade   1"): "3.5", ("0010011", "All"): "8.1", ("CT", "All"): "10.6",
    }  # fmt: skip


def test_a_file_with_a_column_for_each_year():
    enter_absence(TREND)
    found = {key[2].year: said(row) for key, row in held("ct-chronic-absence").items()}
    assert found == {2012: ("18.2", "", ""), 2013: ("", "", "not_applicable")}


# --- NHS England: rates that are summed, never averaged -------------------------------------------

MAY = date(2018, 5, 31)
FIRST = ("2018-05-01,RAA,1,300,100,5", "2018-05-01,RAA,other,3,0,0", "2018-05-01,RBB,1,100,0,1")


def test_totals_are_sums_of_counts_whatever_their_size():
    enter_ae(*FIRST, "2018-05-01,RCC,other,3,1,0")
    found = held("ae-within-four-hours")
    assert found["RAA", "All", MAY].value == Fraction(100 * 203, 303)
    assert found["RCC", "All", MAY].value == Fraction(200, 3)
    assert found["NHS-ENGLAND", "Type 1", MAY].value == 75
    total = found["NHS-ENGLAND", "All", MAY]
    assert (total.numerator, total.denominator) == (305, 406)
    assert ("RBB", "Type other", MAY) not in found


def test_a_later_file_revises_one_value_and_the_totals_above_it():
    enter_ae(*FIRST)
    assert enter_ae(*FIRST)["unchanged"] == 3
    counts = enter_ae("2018-05-01,RAA,1,300,90,5", *FIRST[1:])
    assert (counts["revised"], counts["unchanged"], counts["totals"]) == (1, 2, 3)
    found = held("ae-within-four-hours")
    assert found["RAA", "All", MAY].revision == 1
    assert found["RBB", "All", MAY].revision == 0
    assert found["NHS-ENGLAND", "Type 1", MAY].value == Fraction(100 * 310, 400)
    assert Observation.objects.filter(series=found["RAA", "All", MAY].series).count() == 2


LONG = ",".join(REQUIRED + OPTIONAL)


def test_a_part_that_is_withdrawn_by_hand_leaves_its_totals():
    enter_ae(*FIRST)
    enter(f"{LONG}\nae-within-four-hours,RBB,type-1,2018-05-01,2018-05-31,,,,withdrawn,,,,,,,,\n")
    found = held("ae-within-four-hours")
    assert found["RBB", "All", MAY].status == "withdrawn"
    assert found["NHS-ENGLAND", "All", MAY].denominator == 303


def test_a_provider_that_starts_or_stops_is_no_zero():
    enter_ae(*FIRST, "2018-06-01,RBB,1,0,0,0", "2018-06-01,RDD,1,50,5,1")
    found = held("ae-within-four-hours")
    june = date(2018, 6, 30)
    assert ("RAA", "Type 1", june) not in found
    assert found["NHS-ENGLAND", "All", june].denominator == 50
    assert found["RBB", "Type 1", june].missing_reason == "not_applicable"
    assert found["RBB", "All", june].missing_reason == "not_applicable"


# --- the real files -------------------------------------------------------------------------------


@real
@pytest.mark.on_sqlite
def test_every_cell_of_connecticut_is_as_published_and_as_others_read_it():
    wanted, codes = {}, {"Connecticut": "CT"}
    for path in sorted(CT.glob("chronic-absenteeism__*.csv")):
        enter_absence(path.read_bytes(), name=path.name)
        for name, key, text in published_absence(path):
            wanted[key] = text
            codes[name] = key[0]
    found = held("ct-chronic-absence")
    assert {key: said(row)[0] or "*" for key, row in found.items()} == wanted
    with (CT / "tidy_2012-2017.csv").open(newline="") as file:
        tidy = [row for row in csv.DictReader(file) if row["District"] in codes]
    assert len(tidy) > 8000
    assert [row for row in tidy if not agrees(row, codes, found)] == []


def published_absence(path):
    with path.open(newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    end = date(int(re.search(r"(\d{4})-\d\d", lines[0][0])[1]) + 1, 6, 30)
    for line in lines[3:]:
        code = line[1][2:-1] if line[1].startswith("=") else "0000000"
        yield line[0], ("CT" if code == "0000000" else code, line[-2], end), line[-1]


def agrees(row, codes, found):
    end = date(int(row["Year"][-4:]), 6, 30)
    ours = found.get((codes[row["District"]], row["Race/Ethnicity"], end))
    if row["Value"] == "-6666":
        return ours is None
    if row["Value"] == "-9999":
        return ours.missing_reason == "suppressed"
    return ours.value == Fraction(row["Value"])


@real
@pytest.mark.on_postgresql
def test_every_sum_and_rate_of_the_nhs_comes_out():
    path = NHS / "ae_attendances_2016-04_2018-03.csv"
    enter(path.read_bytes(), "nhs_ae", under="NHS-ENGLAND")
    sums = defaultdict(lambda: [0, 0])
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            for unit in (row["org_code"], "NHS-ENGLAND"):
                for group in (f"Type {row['type']}", "All"):
                    counts = sums[unit, group, row["period"]]
                    counts[0] += int(row["attendances"]) - int(row["breaches"])
                    counts[1] += int(row["attendances"])
    found = {
        (unit, group, row.period_start.isoformat()): (row.value, row.numerator, row.denominator)
        for (unit, group, _end), row in held("ae-within-four-hours").items()
    }
    assert found == {
        key: (Fraction(100 * seen, all_), seen, all_) for key, (seen, all_) in sums.items()
    }
