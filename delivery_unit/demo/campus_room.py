"""The demonstration `campus` as a whole: a fictional university system of four campuses."""

from typing import Any

from delivery_unit.demo.campus import AREAS, GOALS, SUBGROUPS
from delivery_unit.demo.campus_people import ACCOUNTS, ORG_UNITS, PEOPLE
from delivery_unit.demo.shapes import (
    Demo,
    DemoAspiration,
    DemoMeeting,
    DemoSecondVersion,
    DemoSystem,
)

HOLIDAYS = (
    (1, 1, "New Year's Day"),
    (1, 2, "Winter recess"),
    (4, 22, "Founders' Day"),
    (6, 19, "Juneteenth"),
    (7, 4, "Independence Day"),
    (11, 11, "Veterans Day"),
    (12, 24, "Winter recess"),
    (12, 25, "Christmas Day"),
    (12, 26, "Winter recess"),
    (12, 31, "Winter recess"),
)

MEETINGS = (
    DemoMeeting(
        title="First-year stocktake",
        days=-98,
        place="Regents' Room, and by video",
        consultant="consultant.literacy",
        attendees=(
            ("literacy", "goal leader"), ("delivery", ""), ("consultant.literacy", ""),
            ("team.literacy", "first-year advising"),
        ),
        goals=(
            (
                "F1",
                "Retention is on its path since everybody counts, and East leads the gain.",
                (
                    "Which campus can take over the mentors of East next?",
                    "What would it cost to have an adviser for 350 students everywhere?",
                ),
            ),
            ("F2", "Credits on time rise at every campus.", ()),
        ),
    ),
    DemoMeeting(
        title="Completion stocktake",
        days=-42,
        place="Regents' Room, and by video",
        consultant="consultant.ccr",
        attendees=(
            ("ccr", "goal leader"), ("colead", ""), ("consultant.ccr", ""),
            ("south", "campus president"), ("north", "campus president"),
        ),
        goals=(
            (
                "G1",
                "The system gains, but two thirds as fast as promised; South decides the rest.",
                ("What can the other campuses lend to South, and for how long?",),
            ),
            ("GS", "Half a point a year, where more than one and a half were promised.", ()),
            ("G2", "The gap closes, a little slower than the path asks.", ()),
        ),
        again=DemoSecondVersion(
            change_note="The Chancellor asked for a second question on graduation.",
            question="Should the programme review of South come before the new building?",
        ),
    ),
    DemoMeeting(
        title="Campus stocktake",
        days=12,
        place="Millrace, Hall of Calder East",
        consultant="consultant.stem",
        attendees=(
            ("north", "campus president"), ("south", "campus president"),
            ("east", "campus president"), ("west", "campus president"), ("colead", ""),
            ("consultant.stem", ""),
        ),
        goals=(
            (
                "GS",
                "Six people moved to advising; the first term with them ends before the meeting.",
                (
                    "Did the move to advising reach second-year students?",
                    "Which evening sections are full, and which stay empty?",
                ),
            ),
            ("GW", "Slightly behind; summer courses are announced three months earlier.", ()),
            ("GE", "Ahead of its path for the third cohort.", ()),
            ("GN", "On its path.", ()),
        ),
    ),
)  # fmt: skip


def _registrar(code: str, title: str, kind: str) -> tuple[str, dict[str, Any]]:
    """How the file of the four registrars is read, and that the system is the sum of them."""
    return code, {
        "title": title,
        "header": ["campus", "period", "reached", "counted"],
        "indicator": code,
        "org_unit": {"column": "campus"},
        "period": {"column": "period", "kind": kind, "start_month": 9},
        "numerator": {"column": "reached"},
        "denominator": {"column": "counted"},
        "scale": 100,
        "source": "Registrars of the four campuses",
        "totals": [{"over": ["org_unit"], "at": "CALDER"}],
    }


CAMPUS = Demo(
    profile="campus",
    system=DemoSystem(
        name="Calder University System",
        zone="America/Chicago",
        fiscal_year_start=9,
        words={
            "system_leader": "Chancellor",
            "local_leader": "Campus President",
            "goal_leader": "Goal leader",
            "board": "Regent",
        },
        holidays=HOLIDAYS,
    ),
    aspiration=DemoAspiration(
        "Whoever comes to Calder to earn a degree leaves with one, on any campus, in good time.",
        "A term too many costs a family eight thousand dollars; a degree not finished costs a"
        " student years of what they could have earned.",
        "the Board of Regents",
    ),
    org_units=ORG_UNITS,
    people=PEOPLE,
    accounts=ACCOUNTS,
    areas=AREAS,
    subgroups=SUBGROUPS,
    goals=GOALS,
    meetings=MEETINGS,
    mappings=(
        _registrar("graduation-6", "Graduation by campus, from the registrars", "school_year"),
        _registrar(
            "first-year-retention", "Retention by campus, from the registrars", "school_year"
        ),
        _registrar("credits-on-time", "Credits on time by campus, from the registrars", "quarter"),
    ),
)
