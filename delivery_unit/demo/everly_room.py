"""The demonstration `everly` as a whole: a fictional state department of education."""

from delivery_unit.demo.everly import AREAS, GOALS, SUBGROUPS
from delivery_unit.demo.everly_people import ACCOUNTS, ORG_UNITS, PEOPLE
from delivery_unit.demo.shapes import Demo, DemoAspiration, DemoMeeting, DemoSystem

STEM = (
    (
        "S1",
        "Grade 5 mathematics gains, but at half the pace that the path asks for.",
        (
            "Which of the 120 schools without a study group can start before spring?",
            "What would it take to give every school a mathematics lead?",
        ),
    ),
    ("S2", "Algebra I is ahead of its path; the second chance to sit the test works.", ()),
)
CCR = (
    (
        "C1",
        "Graduation stays close to its path, and the late returns are in.",
        ("What can the other goals learn from the early warning list?",),
    ),
    (
        "C3",
        "Absence falls every year, slowest in the two largest districts.",
        ("May bus data be used to find absent students?",),
    ),
)
LITERACY = (
    (
        "L1",
        "Reading improves every year, but the pace must rise. The method works where it is used.",
        (
            "Which of the 31 schools can have a coach this term, and what stops the others?",
            "Should time for coaching become a condition of next year's grant?",
        ),
    ),
    ("L2", "Grade 8 readers are on their path.", ()),
    (
        "L3",
        "More English learners reach fluency; the last two years were the best.",
        ("Can Harlan Valley's teachers coach three more districts?",),
    ),
)


def _meeting(title: str, days: int, leader: str, goals: tuple) -> DemoMeeting:
    consultant = f"consultant.{leader}"
    return DemoMeeting(
        title=title, days=days, place="Room 4", consultant=consultant, goals=goals,
        attendees=((leader, "goal leader"), ("delivery", ""), (consultant, "")),
    )  # fmt: skip


EVERLY = Demo(
    profile="everly",
    system=DemoSystem(
        name="Everly State Department of Education",
        zone="America/Denver",
        fiscal_year_start=7,
        words={"system_leader": "State Superintendent"},
        holidays=((1, 1, "New Year's Day"), (7, 4, "Independence Day"), (12, 25, "Christmas Day")),
    ),
    aspiration=DemoAspiration(
        "By the end of the decade every student in Everly leaves school able to read, reason and"
        " choose what comes next.",
        "A diploma should open a door for every child, whatever the home language or the county.",
        "the State Board",
    ),
    org_units=ORG_UNITS,
    people=PEOPLE,
    accounts=ACCOUNTS,
    areas=AREAS,
    subgroups=SUBGROUPS,
    goals=GOALS,
    meetings=(
        _meeting("STEM stocktake", -112, "stem", STEM),
        _meeting("College and career stocktake", -49, "ccr", CCR),
        _meeting("Literacy stocktake", 9, "literacy", LITERACY),
    ),
)
