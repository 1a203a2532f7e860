"""The goals of the demonstration `campus`, in words. All of it is invented."""

from delivery_unit.demo import campus_measures as measures
from delivery_unit.demo.shapes import DemoGoal

AREAS = (  # code, name, chief
    ("CCR", "Completion and Careers", "ccr"),
    ("LIT", "First Year", "literacy"),
    ("STEM", "Courses, Access and Resources", "stem"),
)

SUBGROUPS = (
    ("first-generation", "First-generation students", "student group"),
    ("part-time", "Part-time students", "student group"),
)

_SYSTEM_GOALS = (
    DemoGoal(
        "G1",
        "More students graduate within six years",
        "Raise six-year graduation across the four campuses from 57.7% to 66.0%.",
        "CCR",
        "ccr",
        measures.GRADUATION_TOTAL,
        helpers=(("perverse", measures.MARKS),),
        others=(measures.FIRST_GENERATION, measures.PART_TIME),
        for_board=True,
        answers={
            1: "Two of three students leave Calder with a degree six years after they came, on"
            " every campus and whatever their parents do for a living.",
            2: "Degree maps for every programme, an adviser for each student, grants for the last"
            " two terms, and timetables that let people finish.",
            3: "We gain two points a year and need three. North and East are on their paths; South,"
            " with the most students, is far behind its own.",
            4: "South puts its programme review first; the other three lend it an associate dean"
            " each until summer.",
            5: "The Unit follows 300 students of South through their second year, and reports what"
            " stops them by the next stocktake.",
        },
    ),
    DemoGoal(
        "G2",
        "First-generation students graduate as often as others",
        "Halve the graduation gap of first-generation students from 14.2 points to 7.1.",
        "CCR",
        "ccr",
        measures.GAP_SERIES,
        for_board=True,
        answers={
            2: "Summer bridge on all campuses, family evenings in the first term, and emergency"
            " grants within two days.",
            3: "Nearly. The gap closes by more than a point a year, most at East.",
            4: "East writes down how its mentors work; North and West begin with it in autumn.",
        },
    ),
    DemoGoal(
        "E1",
        "Graduates are in work or study on within a year",
        "Raise the share of graduates in work or further study from 74.5% to 82.0%.",
        "CCR",
        "ccr",
        measures.WORK_SERIES,
        answers={
            2: "A paid placement in every programme, and employers who sit on programme boards.",
            3: "Slowly upward. The last survey has not come in.",
            4: "The survey office sends the missing quarter by text message instead of by mail.",
        },
    ),
    DemoGoal(
        "F1",
        "First-year students come back",
        "Raise first-year retention, counted for everybody, from 74.7% to 80.0%.",
        "LIT",
        "literacy",
        measures.RETENTION_TOTAL,
        helpers=measures.FIRST_YEAR_HELPERS,
        others=measures.RETENTION_OF,
        for_board=True,
        team=("team.literacy",),
        answers={
            1: "Whoever begins with us comes back in the second autumn, full-time or part-time.",
            2: "An adviser for at most 350 students, a call after the second missed week, and"
            " learning communities for all.",
            3: "Yes, since we count part-time students, too. East gained more than two points each"
            " year.",
            4: "Keep going: hire the last eleven advisers before autumn.",
            5: "The Unit checks whether the calls reach part-time students in the evening.",
        },
    ),
    DemoGoal(
        "F2",
        "First-year students earn their credits on time",
        "Raise the share who earn fifteen credits in the term from 49.8% to 66.0%.",
        "LIT",
        "literacy",
        measures.CREDITS_TOTAL,
        others=measures.CREDITS_OF,
        team=("team.literacy",),
        answers={
            2: "Enough places in the twenty courses that everybody needs, and timetables without"
            " clashes.",
            3: "Yes, even after North corrected its numbers of last term.",
            4: "Nothing to mend. East asks for two more evening courses.",
        },
    ),
    DemoGoal(
        "S1",
        "Every online course can be used by everybody",
        "Bring the share of online courses that pass the accessibility check to 95.0%.",
        "STEM",
        "stem",
        measures.ACCESSIBLE_SERIES,
        answers={
            2: "Check the 400 largest courses first, and give each department a day with a"
            " designer.",
        },
    ),
    DemoGoal(
        "S2",
        "Transfer students lose no credit",
        "Raise the share of transfer students who keep their credits to 85.0%, and hold it.",
        "STEM",
        "stem",
        measures.TRANSFER_SERIES,
        for_board=True,
        answers={
            2: "One agreement with all eleven community colleges instead of eighty.",
            3: "Reached two years ago, and held since.",
            4: "Watch nursing and engineering, where new rules could undo it.",
        },
    ),
)

_CAMPUS_WORDS = {
    "NORTH": (
        "north",
        "North",
        "62.9% to 70.0%",
        "Degree maps in all 48 programmes, checked with each student once a term.",
        "Yes. Degree maps work; engineering lags behind the rest.",
        "Give engineering its own adviser from January.",
    ),
    "SOUTH": (
        "south",
        "South",
        "55.9% to 64.0%",
        "Reorganise advising by school, and open evening sections of the needed courses.",
        "No. We gain half a point a year and promised more than three times as much.",
        "Stop the portal project, and move its six people to advising until summer.",
    ),
    "EAST": (
        "east",
        "East",
        "49.6% to 60.0%",
        "A mentor for every first-generation student, from the first day to the degree.",
        "Yes, and ahead: three good cohorts in a row.",
        "Keep the mentors when the grant ends; they cost less than the students we lost.",
    ),
    "WEST": (
        "west",
        "West",
        "59.4% to 66.5%",
        "Grants for students who lack fewer than 24 credits, and summer terms at half price.",
        "Slightly behind. Summer terms filled late.",
        "Announce summer courses in January instead of April.",
    ),
}


def _campus_goal(unit: str) -> DemoGoal:
    leader, name, aim, plan, progress, response = _CAMPUS_WORDS[unit]
    return DemoGoal(
        f"G{name[0]}",
        f"{name}: more students graduate within six years",
        f"The part of {name} in G1: from {aim}.",
        "CCR",
        leader,
        measures.GRADUATION_OF[unit],
        answers={2: plan, 3: progress, 4: response},
    )


_CONFIDENTIAL = DemoGoal(
    "R1",
    "Calder East balances its budget",
    "Bring the yearly deficit of East from 6.5 to 0.0 million dollars without closing a programme.",
    "STEM",
    "east",
    measures.DEFICIT_SERIES,
    is_confidential=True,
    answers={
        2: "Let two buildings, share payroll with West, and leave posts open that fall vacant.",
        3: "No. Savings came, but energy ate most of them.",
        4: "Share payroll one year earlier than planned.",
    },
)

GOALS = (
    _SYSTEM_GOALS[0],
    *(_campus_goal(unit) for unit in measures.CAMPUSES),
    *_SYSTEM_GOALS[1:],
    _CONFIDENTIAL,
)
