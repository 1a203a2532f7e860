"""What the goals of the demonstration `campus` are measured by. All numbers are invented."""

from delivery_unit.demo.shapes import DemoIndicator, DemoPath, DemoSeries, seasonal, total_values

CAMPUSES = ("NORTH", "SOUTH", "EAST", "WEST")

GRADUATION = DemoIndicator(
    "graduation-6",
    "Graduated within six years",
    "Share of each entering cohort that holds a degree after six years.",
    frequency="cohort",
    end_month=8,
    lag=75,
    grace=14,
)
RETENTION = DemoIndicator(
    "first-year-retention",
    "First-year students who return",
    "Share of first-year students who are enrolled again in their second autumn.",
    end_month=9,
    lag=40,
    definitions=(
        (1, None, True, "Full-time first-year students who return to the same campus."),
        (2, 4, False, "All first-year students, part-time included, who return to any campus."),
    ),
    why_redefined="Part-time students count, too, and a change of campus is no loss.",
)
CREDITS = DemoIndicator(
    "credits-on-time",
    "Fifteen credits earned in the term",
    "Share of first-year students who earn at least fifteen credits in the term.",
    frequency="half_yearly",
    lag=35,
    grace=10,
)
GAP = DemoIndicator(
    "first-generation-gap",
    "Graduation gap of first-generation students",
    "Six-year graduation of students whose parents hold a degree, less that of first-generation"
    " students.",
    frequency="cohort",
    end_month=8,
    lag=75,
    unit="index",
    unit_label="points",
    direction="down",
)
WORK = DemoIndicator(
    "in-work-or-study",
    "Graduates in work or further study",
    "Share of graduates who answer, a year after their degree, that they work or study on.",
    frequency="quarterly",
    lag=45,
    grace=10,
)
ACCESSIBLE = DemoIndicator(
    "accessible-courses",
    "Online courses that everybody can use",
    "Share of online courses that pass all points of the accessibility check.",
    frequency="quarterly",
    lag=25,
)
TRANSFER = DemoIndicator(
    "transfer-credit",
    "Transfer students who keep their credits",
    "Share of students from community colleges whose credits all count towards their degree.",
    end_month=9,
    lag=60,
)
DEFICIT = DemoIndicator(
    "east-deficit",
    "Operating deficit of Calder East",
    "Spending above income over the four quarters that end with the period.",
    frequency="quarterly",
    lag=40,
    unit="currency",
    unit_label="$m",
    direction="down",
    steward="colead",
)
ACTIVE = DemoIndicator(
    "active-in-class",
    "First-year students active in class",
    "Share of first-year students who handed in work in three weeks out of four.",
    frequency="monthly",
    lag=12,
    grace=5,
    seasonal=True,
)
ADVISERS = DemoIndicator(
    "students-per-adviser",
    "First-year students per adviser",
    "Below 250 money is wasted, above 350 nobody is known by name.",
    frequency="half_yearly",
    lag=30,
    unit="count",
    unit_label="students",
    decimals=0,
    direction="range",
    within=(250, 350),
)
GRADES = DemoIndicator(
    "average-grade",
    "Average grade of first-year courses",
    "Watched so that credits are not bought with easier marks.",
    frequency="half_yearly",
    lag=35,
    unit="index",
    unit_label="grade points",
    decimals=2,
)

# --- graduation: six cohorts, four campuses, the system as the sum ------------------------------

_GRADUATION = {
    "NORTH": (("61.2", "62.0", "62.9", "64.1", "65.8", "67.2"), 4210),
    "SOUTH": (("54.8", "55.1", "55.9", "56.2", "57.1", "57.6"), 6890),
    "EAST": (("47.9", "48.8", "49.6", "52.2", "54.9", "57.7"), 2350),
    "WEST": (("58.0", "58.9", "59.4", "60.8", "62.0", "63.1"), 5120),
}
_GRADUATION_TARGETS = {"NORTH": "70.0", "SOUTH": "64.0", "EAST": "60.0", "WEST": "66.5"}

GRADUATION_OF = {
    unit: DemoSeries(
        GRADUATION,
        values,
        unit=unit,
        counted=counted,
        newest_status="provisional",
        paths=(DemoPath(3, 2, _GRADUATION_TARGETS[unit]),),
    )
    for unit, (values, counted) in _GRADUATION.items()
}
GRADUATION_TOTAL = DemoSeries(
    GRADUATION,
    total_values(tuple(GRADUATION_OF.values())),
    is_total=True,
    paths=(
        DemoPath(
            3,
            2,
            "66.0",
            assumptions="Each campus reaches its own target; South carries a third of the gain.",
        ),
    ),
)

# --- first year -----------------------------------------------------------------------------------

_RETENTION = {
    "NORTH": (("82.1", "82.4", "82.9", "83.0", "80.2", "81.1", "82.3", "83.5"), 4480),
    "SOUTH": (("74.0", "74.2", "74.9", "75.0", "71.9", "72.6", "73.8", "75.0"), 7310),
    "EAST": (("70.3", "70.9", "71.4", "71.8", "68.4", "70.7", "72.8", "74.9"), 2620),
    "WEST": (("78.8", "79.1", "79.0", "79.6", "76.9", "77.5", "78.0", "78.4"), 5390),
}
RETENTION_OF = tuple(
    DemoSeries(RETENTION, values, unit=unit, counted=counted)
    for unit, (values, counted) in _RETENTION.items()
)
RETENTION_TOTAL = DemoSeries(
    RETENTION, total_values(RETENTION_OF), is_total=True, paths=(DemoPath(3, 3, "80.0"),)
)

_CREDITS = {
    "NORTH": (("57.8", "58.4", "59.6", "60.9", "62.0", "63.8", "64.9", "66.3"), 4480),
    "SOUTH": (("43.1", "43.0", "44.2", "45.0", "46.8", "48.1", "50.6", "52.4"), 7310),
    "EAST": (("40.4", "41.2", "42.0", "43.9", "45.5", "47.2", "48.0", "49.6"), 2620),
    "WEST": (("52.0", "52.7", "53.1", "54.4", "55.0", "56.3", "57.2", "58.1"), 5390),
}
# The registrar of North found credits of summer courses that had been counted twice.
_CORRECTED = {"NORTH": ((1, "66.7", "Summer credits had been counted twice."),)}
CREDITS_OF = tuple(
    DemoSeries(
        CREDITS, values, unit=unit, counted=counted, revised=_CORRECTED.get(unit, ()),
        newest_status="provisional",
    )
    for unit, (values, counted) in _CREDITS.items()
)  # fmt: skip
CREDITS_TOTAL = DemoSeries(
    CREDITS,
    total_values(CREDITS_OF),
    is_total=True,
    paths=(
        DemoPath(
            5,
            5,
            "66.0",
            "custom",
            (
                "49.8", "50.2", "51.2", "52.6", "54.2", "56.0", "58.0", "60.0", "62.0", "64.0",
                "66.0",
            ),
            assumptions="Timetables without clashes from the second year; summer grants after.",
        ),
    ),
)  # fmt: skip

# The same shape every year, a little higher each time; the newest month is the last of the shape.
_ACTIVE = seasonal(
    "76.0",
    "0.07",
    ("1.1", "1.8", "1.1", "-0.9", "-2.6", "0.9", "1.6", "0.8", "-0.4", "-1.9", "-1.4", "-0.1"),
    months=60,
)

FIRST_YEAR_HELPERS = (
    ("progress", DemoSeries(ACTIVE, _ACTIVE, paths=(DemoPath(12, 24, "82.0", "seasonal"),))),
    (
        "implementation",
        DemoSeries(
            ADVISERS,
            ("448", "431", "412", "390", "371", "358"),
            paths=(DemoPath(4, 2, "320"),),
        ),
    ),
)
MARKS = DemoSeries(GRADES, ("2.91", "2.92", "2.90", "2.93", "2.94", "2.93"))

# --- the others -----------------------------------------------------------------------------------

GAP_SERIES = DemoSeries(
    GAP,
    ("14.6", "14.8", "14.2", "13.1", "11.9", "10.6"),
    newest_status="provisional",
    paths=(
        DemoPath(
            3,
            2,
            "",
            "halve_distance",
            kind="halve_distance",
            derivation="Half of the gap of the baseline cohort.",
        ),
    ),
)
FIRST_GENERATION = DemoSeries(
    GRADUATION,
    ("48.1", "48.6", "49.8", "51.6", "53.7", "55.2"),
    subgroup="first-generation",
    counted=6420,
    newest_status="provisional",
)
PART_TIME = DemoSeries(
    GRADUATION,
    ("31.0", "31.4", "32.8", "33.1", "34.9", "35.6"),
    subgroup="part-time",
    counted=2980,
    newest_status="provisional",
)
WORK_SERIES = DemoSeries(
    WORK,
    ("73.8", "74.0", "74.5", "74.9", "75.1", "75.8", "76.2", "76.9", "77.3"),
    counted=3650,
    is_late=True,
    paths=(DemoPath(6, 6, "82.0"),),
)
ACCESSIBLE_SERIES = DemoSeries(
    ACCESSIBLE, ("46.5", "49.0"), counted=2210, paths=(DemoPath(1, 8, "95.0", state="proposed"),)
)
TRANSFER_SERIES = DemoSeries(
    TRANSFER,
    ("58.4", "63.0", "70.9", "78.8", "86.1", "86.9", "86.4"),
    counted=5400,
    paths=(
        DemoPath(6, -2, "85.0"),
        DemoPath(
            2,
            4,
            "",
            "hold",
            kind="maintain",
            derivation="Hold the level that was reached.",
            reason="The target was reached; now it has to stay.",
        ),
    ),
)
DEFICIT_SERIES = DemoSeries(
    DEFICIT,
    ("6.8", "6.9", "6.5", "6.1", "5.7", "5.5", "5.4", "5.3"),
    unit="EAST",
    paths=(DemoPath(5, 6, "0.0", assumptions="Two empty buildings are let from next autumn."),),
)
