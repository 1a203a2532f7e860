"""The stocktakes of `everly`: two behind, with packs that say what was known then, one ahead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.calendar import WorkingCalendar
from delivery_unit.demo.loader import Loader
from goals.models import Goal
from stocktakes.actions.packs import issue_pack
from stocktakes.models import Stocktake, StocktakeAttendee, StocktakeGoal

WEEKEND = (6, 7)


@dataclass(frozen=True)
class Meeting:
    """`issued_at` is when the pack was issued, if it was: three working days before."""

    title: str
    starts_at: datetime
    issued_at: datetime
    is_behind: bool
    leader: str
    consultant: str
    goals: tuple[tuple[str, str, tuple[str, ...]], ...]  # code, summary, questions


def plan_meetings(loader: Loader) -> list[Meeting]:
    """In the order in which their packs are issued; the one ahead last."""
    calendar = WorkingCalendar.of(WEEKEND, ())

    def meeting(days: int, **words: object) -> Meeting:
        on = calendar.shift(loader.on + timedelta(days=days), 0)
        while not calendar.is_working(on):
            on += timedelta(days=1)
        issued = loader.moment(calendar.shift(on, -3), hour=15)
        return Meeting(starts_at=loader.moment(on, hour=10), issued_at=issued, **words)  # type: ignore[arg-type]

    return [
        meeting(-112, title="STEM stocktake", is_behind=True, leader="stem",
                consultant="consultant.stem", goals=STEM),
        meeting(-49, title="College and career stocktake", is_behind=True, leader="ccr",
                consultant="consultant.ccr", goals=CCR),
        meeting(9, title="Literacy stocktake", is_behind=False, leader="literacy",
                consultant="consultant.literacy", goals=LITERACY),
    ]  # fmt: skip


def hold_meeting(loader: Loader, meeting: Meeting) -> Stocktake:
    """Plans the meeting and, if it is behind, issues its pack as of then and holds it."""
    consultant = loader.person(meeting.consultant)
    stocktake = Stocktake.objects.create(
        title=meeting.title, starts_at=meeting.starts_at, place="Room 4",
        chair=loader.person("leader"), prepared_by=consultant,
    )  # fmt: skip
    people = ((meeting.leader, "goal leader"), ("delivery", ""), (meeting.consultant, ""))
    for short, part in people:
        StocktakeAttendee.objects.create(
            stocktake=stocktake, person=loader.person(short), part=part
        )
    for rank, (code, summary, questions) in enumerate(meeting.goals):
        asked = {f"question_{place}": text for place, text in enumerate(questions, 1)}
        StocktakeGoal.objects.create(
            stocktake=stocktake, goal=Goal.objects.get(code=code), rank=rank, summary=summary,
            **asked,
        )  # fmt: skip
    if meeting.is_behind:
        issue_pack(stocktake=stocktake, by=consultant, at=meeting.issued_at, change_note="")
        stocktake.state = Stocktake.State.HELD
        stocktake.save()
    return stocktake


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
