"""The numbers and words of the demonstration `everly`. All of it is invented."""

from delivery_unit.demo.shapes import DemoGoal, DemoIndicator, DemoPath, DemoSeries, seasonal

AREAS = (  # code, name, chief
    ("LIT", "Literacy", "literacy"),
    ("STEM", "STEM", "stem"),
    ("CCR", "College and Career Readiness", "ccr"),
)

_READING = DemoIndicator(
    "grade-3-reading",
    "Grade 3 reading proficiency",
    "Share of grade 3 students who reach the proficient level of the state reading test.",
    definitions=(
        (1, None, True, "Proficient or above on the test of 2014."),
        (2, 5, False, "Proficient or above on the new, harder test."),
    ),
    why_redefined="The state adopted a harder test.",
)
_ABSENCE = DemoIndicator(
    "chronic-absence",
    "Chronic absence",
    "Share of students who miss a tenth of their school days or more.",
    direction="down",
)

# The same shape every year, a little higher each time; the newest month is the last of the shape.
_ATTENDANCE = seasonal(
    "91.6",
    "0.03",
    ("-1.6", "-1.9", "-0.6", "0.2", "0.1", "-0.5", "0.9", "1.4", "1.5", "0.9", "0.1", "-0.5"),
    months=60,
)

_DISTRICTS_READING = {
    "D-HARLAN": (("49.0", "50.8", "54.1", "57.9", "61.7"), 2140),
    "D-PORT": (("50.2", "52.1", "54.0", "56.0", "58.2"), 18950),
    "D-SANY": (("44.9", "46.2", "48.8", "50.9", "52.6"), 9420),
    "D-WABASH": (("53.8", "55.0", "55.7", "57.2", "57.9"), 3310),
    "D-LAKE": (("60.1", "61.7", "63.5", "66.0", "68.8"), 5105),
    "D-MILL": ((None, None, "51.2", "50.4", "49.7"), 840),
}
_DISTRICTS_ABSENCE = {
    "D-HARLAN": (("24.4", "23.8", "21.0", "19.1", "17.2"), 26100),
    "D-PORT": (("31.0", "29.9", "28.4", "26.5", "24.6"), 231000),
    "D-SANY": (("33.2", "32.1", "30.8", "27.4", "25.9"), 115400),
}


def _district(
    indicator: DemoIndicator, unit: str, numbers: tuple[tuple[str | None, ...], int]
) -> DemoSeries:
    values, counted = numbers
    paths: tuple[DemoPath, ...] = ()
    if unit == "D-HARLAN":
        paths = (DemoPath(3, 2, "71.0" if indicator is _READING else "13.0"),)
    return DemoSeries(
        indicator,
        values,
        unit=unit,
        counted=counted,
        newest_status="provisional",
        paths=paths,
    )


GOALS = (
    DemoGoal(
        "L1",
        "Every child reads well by the end of grade 3",
        "Raise the share of grade 3 students who read proficiently from 52.4% to 70.0%.",
        "LIT",
        "literacy",
        team=("team.literacy",),
        main=DemoSeries(
            _READING,
            ("61.2", "60.4", "61.0", "61.9", "50.6", "52.4", "54.6", "57.1", "59.9"),
            newest_status="provisional",
            counted=71206,
            paths=(
                DemoPath(
                    3,
                    2,
                    "70.0",
                    "custom",
                    ("52.4", "54.0", "57.5", "62.0", "66.2", "70.0"),
                    assumptions="Coaches reach 214 schools in the second year; new books in the third.",
                ),
            ),
        ),
        helpers=(
            (
                "progress",
                DemoSeries(
                    DemoIndicator(
                        "grade-2-screening",
                        "Grade 2 students at benchmark in screening",
                        "Share of grade 2 students at benchmark in the autumn, winter and spring"
                        " screening.",
                        frequency="quarterly",
                        lag=20,
                        decimals=0,
                    ),
                    ("52", "54", "55", "57", "58", "60", "61", "62", "63"),
                    paths=(DemoPath(8, 8, "74"),),
                ),
            ),
            (
                "perverse",
                DemoSeries(
                    DemoIndicator(
                        "science-hours",
                        "Hours of science taught in grade 3",
                        "Watched so that reading does not grow at the price of science.",
                        unit="index",
                        unit_label="hours a week",
                        lag=45,
                    ),
                    ("3.0", "3.0", "2.9", "2.9"),
                ),
            ),
        ),
        others=(
            *(_district(_READING, unit, each) for unit, each in _DISTRICTS_READING.items()),
            DemoSeries(
                _READING,
                ("29.9", "31.8", "34.0", "36.1", "38.6"),
                subgroup="english-learners",
                newest_status="provisional",
                counted=9820,
            ),
            DemoSeries(
                _READING,
                ("38.2", "40.1", "42.5", "45.0", "47.2"),
                subgroup="low-income",
                newest_status="provisional",
                counted=33110,
            ),
            DemoSeries(
                _READING,
                ("24.0", "25.6", "27.1", "28.3", "29.8"),
                subgroup="disabilities",
                newest_status="provisional",
                counted=8460,
            ),
        ),
        for_board=True,
        answers={
            1: "Seven in ten children read well at the end of grade 3, whatever their home"
            " language or county, so that they can learn everything else.",
            2: "Reading coaches in 214 priority schools, tutoring for 9,000 students three times a"
            " week, new books in grades 1 to 3, and screening three times a year.",
            3: "We gain every year, but the pace has to rise: schools with a coach gained twice as"
            " much as the rest.",
            4: "Place a coach in the 31 schools that still have none, and lift tutoring attendance"
            " from 71% to 85%, starting with eight districts.",
            5: "The Unit gives two analyst days to match coach logs with results, and settles coach"
            " travel with the Budget Office.",
        },
    ),
    DemoGoal(
        "L2",
        "Grade 8 readers catch up",
        "Raise grade 8 reading proficiency from 46.9% to 58.0%.",
        "LIT",
        "literacy",
        team=("team.literacy",),
        main=DemoSeries(
            DemoIndicator(
                "grade-8-reading",
                "Grade 8 reading proficiency",
                "Share of grade 8 students who reach the proficient level of the state test.",
            ),
            ("46.1", "46.9", "49.4", "51.6", "53.9"),
            newest_status="provisional",
            counted=69870,
            paths=(DemoPath(3, 2, "58.0"),),
        ),
        for_board=True,
        answers={
            2: "Two hours of reading a week in every subject, and summer academies in 40 towns.",
            4: "Nothing to mend now: keep the academies, which carry half of the gain.",
        },
    ),
    DemoGoal(
        "L3",
        "English learners reach fluency within five years",
        "Raise the share of English learners fluent within five years from 41.0% to 60.0%.",
        "LIT",
        "literacy",
        team=("team.literacy",),
        main=DemoSeries(
            DemoIndicator(
                "fluent-in-five-years",
                "English learners fluent within five years",
                "Share of each entering cohort that tests as fluent within five years.",
                frequency="cohort",
                end_month=5,
                lag=45,
            ),
            ("40.2", "41.0", "43.2", "46.4", "50.2"),
            counted=10240,
            paths=(DemoPath(3, 2, "60.0"),),
        ),
        answers={
            2: "A specialist in every school with twenty learners, and one shared curriculum.",
            4: "Harlan Valley shows how: its teachers coach three neighbours from January.",
            5: "The Unit arranges the exchange and measures what it changes.",
        },
    ),
    DemoGoal(
        "L4",
        "Children start kindergarten ready to learn",
        "Raise the share of children who are ready for kindergarten from 49.0% to 62.0%.",
        "LIT",
        "literacy",
        team=("team.literacy",),
        main=DemoSeries(
            DemoIndicator(
                "kindergarten-readiness",
                "Kindergarten readiness",
                "Share of entering children assessed as ready in all four fields.",
                end_month=9,
                lag=75,
            ),
            ("48.3", "49.0", "51.3", "53.1", "54.2"),
            counted=64300,
            paths=(DemoPath(3, 2, "62.0"),),
        ),
        answers={4: "Open 60 more classes where the waiting lists are longest, by next autumn."},
    ),
    DemoGoal(
        "S1",
        "Grade 5 students are confident in mathematics",
        "Raise grade 5 mathematics proficiency from 44.7% to 60.0%.",
        "STEM",
        "stem",
        DemoSeries(
            DemoIndicator(
                "grade-5-mathematics",
                "Grade 5 mathematics proficiency",
                "Share of grade 5 students who reach the proficient level of the state test.",
            ),
            ("45.6", "44.7", "46.0", "48.5", "50.1"),
            newest_status="provisional",
            counted=70115,
            paths=(DemoPath(3, 2, "60.0"),),
        ),
        for_board=True,
        answers={
            2: "A common lesson plan, teacher study groups, and a mathematics lead in each school.",
            3: "No. Gains are half of what the path asks, and most study groups began late.",
            4: "Start study groups in the remaining 120 schools before the spring term.",
            5: "The Unit leads a short review in ten schools and reports in six weeks.",
        },
    ),
    DemoGoal(
        "S2",
        "Every student passes Algebra I by grade 9",
        "Raise the share who pass Algebra I by the end of grade 9 from 61.5% to 75.0%.",
        "STEM",
        "stem",
        DemoSeries(
            DemoIndicator(
                "algebra-1",
                "Algebra I passed by grade 9",
                "Share of students who have passed Algebra I by the end of grade 9.",
            ),
            ("60.3", "61.5", "64.9", "67.5", "70.4"),
            newest_status="provisional",
            counted=68422,
            paths=(DemoPath(3, 2, "75.0"),),
        ),
        answers={2: "Double lessons in the first term, and a second chance to sit the test."},
    ),
    DemoGoal(
        "S3",
        "Every high school teaches computing",
        "Every public high school offers a full computing course.",
        "STEM",
        "stem",
        DemoSeries(
            DemoIndicator(
                "computing-course",
                "High schools with a full computing course",
                "Share of public high schools that teach a full course, by the new definition.",
                frequency="quarterly",
                lag=30,
            ),
            ("70.9", "74.1"),
            paths=(DemoPath(1, 6, "100.0", state="proposed"),),
        ),
        answers={2: "Train 90 teachers a year, and share teachers between small schools."},
    ),
    DemoGoal(
        "C1",
        "More students graduate on time",
        "Raise the four-year graduation rate from 86.2% to 91.0%.",
        "CCR",
        "ccr",
        DemoSeries(
            DemoIndicator(
                "graduation-rate",
                "Four-year graduation rate",
                "Share of each cohort that graduates within four years.",
                frequency="cohort",
                end_month=8,
                lag=90,
            ),
            ("84.1", "84.9", "85.6", "86.2", "87.3", "88.3", "88.9"),
            counted=66980,
            paths=(DemoPath(3, 2, "91.0"),),
            revised=((1, "88.0", "Late returns from three districts."),),
        ),
        for_board=True,
        answers={
            2: "An early warning list in every high school, and a named adult for each student on"
            " it.",
            4: "On course: no change of plan.",
        },
    ),
    DemoGoal(
        "C2",
        "Graduates are ready for college or a career",
        "Raise the share of graduates who are ready for college or a career from 40.2% to 66.0%.",
        "CCR",
        "ccr",
        DemoSeries(
            DemoIndicator(
                "college-or-career-ready",
                "College- or career-ready graduates",
                "Share of graduates who meet one of the five marks of readiness.",
                frequency="half_yearly",
                lag=50,
                grace=10,
            ),
            ("38.8", "39.5", "40.2", "42.4", "45.4", "48.0", "50.9"),
            paths=(
                DemoPath(
                    4,
                    6,
                    "66.0",
                    "custom",
                    (
                        "40.2",
                        "42.0",
                        "45.0",
                        "48.2",
                        "51.0",
                        "53.0",
                        "55.5",
                        "58.0",
                        "60.5",
                        "63.0",
                        "66.0",
                    ),
                ),
            ),
            is_late=True,
        ),
        answers={
            2: "Career academies in every county, and college advisers shared by small schools.",
            4: "Ask the five late districts for their returns this week.",
        },
    ),
    DemoGoal(
        "C3",
        "Fewer students are chronically absent",
        "Bring chronic absence down from 27.7% to 15.0%.",
        "CCR",
        "ccr",
        DemoSeries(
            _ABSENCE,
            ("28.4", "27.7", "25.9", "24.2", "21.9"),
            counted=812400,
            paths=(DemoPath(3, 2, "15.0"),),
        ),
        helpers=(
            (
                "progress",
                DemoSeries(
                    DemoIndicator(
                        "attendance",
                        "Average daily attendance",
                        "Share of enrolled students present, average of the school days of a"
                        " month.",
                        frequency="monthly",
                        lag=15,
                        grace=5,
                        seasonal=True,
                    ),
                    _ATTENDANCE,
                    paths=(DemoPath(12, 24, "94.5", "seasonal"),),
                ),
            ),
        ),
        others=tuple(_district(_ABSENCE, unit, each) for unit, each in _DISTRICTS_ABSENCE.items()),
        answers={
            2: "A call on the second day of absence, bus routes checked each term, and health"
            " rooms in 80 schools.",
            3: "Better every year, and still behind: the largest districts move slowest.",
            4: "Weekly lists to the principals of Port Everly and San Ysidro from this month.",
            5: "The Unit asks whether bus data may be used to find absent students.",
        },
    ),
)

SUBGROUPS = (
    ("english-learners", "English learners", "student group"),
    ("low-income", "Students from low-income homes", "student group"),
    ("disabilities", "Students with disabilities", "student group"),
)
