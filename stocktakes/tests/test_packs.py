"""Issuing: what is frozen, what is refused, and that nothing later reaches an issued pack."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.actions.answers import write_answer
from goals.actions.observations import NewValue, record_observations
from goals.models import Answer, Goal, GoalRole, Indicator, Observation, Series
from goals.tests.factories import make_goal
from stocktakes.actions.packs import CannotIssue, NothingChanged, issue_pack, keep_pdf
from stocktakes.jobs import KINDS
from stocktakes.models import Job, Pack, Stocktake, StocktakeGoal
from stocktakes.pdf import pdf
from stocktakes.sheets import page_rules, sheets
from stocktakes.snapshot import Correction, Person, from_text, sha256, to_text
from stocktakes.tests.factories import ANSWERS, QUESTIONS, make_measured_goal, make_stocktake

AT = datetime(2026, 7, 21, 13, 40, tzinfo=UTC)
LATER = AT + timedelta(days=1)


@pytest.fixture
def consultant(db):
    return make_person(Role.DELIVERY_LEADER, name="Hannah Lindqvist")


@pytest.fixture
def stocktake(consultant):
    System.objects.create(name="Everly", time_zone="America/Denver", weekend=[6, 7])
    leader = make_person(Role.GOAL_LEADER, name="Yolanda Freeman")
    return make_stocktake(
        make_measured_goal("L1", leader=leader),
        chair=make_person(Role.SYSTEM_LEADER, name="Dr Osei"),
        prepared_by=consultant,
        questions=QUESTIONS,
    )


@pytest.fixture
def pack(stocktake, consultant):
    return issue_pack(stocktake=stocktake, by=consultant, at=AT)


def revise(code="L1", value="58.4", at=LATER):
    series = Series.objects.get(goal_uses__goal__code=code)
    change = NewValue(
        date(2026, 1, 1), date(2026, 6, 30), Decimal(value), status="revised", source="The office"
    )
    record_observations(series=series, values=[change], by=None, known_from=at)


def test_a_pack_freezes_every_number_with_its_date_status_source_and_revision(pack):
    content = from_text(pack.snapshot)
    measure = content.goals[0].measure
    assert [
        (number.on.year, str(number.value), number.status, number.source, number.revision)
        for number in measure.numbers
        if number.revision is not None
    ] == [
        (2022, "50.8", "final", "Test office", 0),
        (2023, "52.4", "final", "Test office", 0),
        (2024, "54.6", "final", "Test office", 0),
        (2025, "57.1", "final", "Test office", 0),
        (2026, "59.9", "provisional", "Test office", 0),
    ]
    assert measure.newest.known_from == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert measure.newest.expected_text == "63.0%"
    assert measure.path.target == (date(2028, 6, 30), Decimal(70))
    assert measure.outcome.band == "AR"
    assert (measure.words.latest, measure.words.variance) == ("59.9%", "3.1 pp behind")


def test_a_pack_freezes_people_answers_and_questions(pack):
    content = from_text(pack.snapshot)
    goal = content.goals[0]
    assert (content.meeting.chair.name, content.issued_by) == (
        "Dr Osei",
        Person("Hannah Lindqvist"),
    )
    assert goal.leader == Person("Yolanda Freeman")
    assert goal.questions == QUESTIONS
    assert [answer.text for answer in goal.answers] == list(ANSWERS)
    assert {answer.by for answer in goal.answers} == {"Yolanda Freeman"}


def test_a_pack_is_signed_by_the_hash_of_its_text(pack):
    assert pack.sha256 == sha256(pack.snapshot)
    assert to_text(from_text(pack.snapshot)) == pack.snapshot
    assert list(pack.goals.values_list("code", flat=True)) == ["L1"]


def change_everything(stocktake):
    revise()
    Observation.objects.update(note="changed", source="changed", status="estimated")
    Goal.objects.update(title="Another title", aim="", is_confidential=True)
    Indicator.objects.update(name="Another indicator", decimals=3, unit="count", description="")
    GoalRole.objects.update(person=make_person(Role.GOAL_LEADER, name="Somebody Else"))
    Answer.objects.update(text="Another answer")
    StocktakeGoal.objects.update(question_1="Another question?", summary="Another summary")
    Stocktake.objects.update(title="Another meeting", place="Elsewhere", minutes=5)
    System.objects.update(name="Another system", time_zone="Asia/Tokyo")


@pytest.mark.usefixtures("pdf_engine")
def test_a_pack_drawn_again_after_everything_changed_says_the_same(pack, stocktake):
    before = sheets(pack.snapshot), page_rules(pack.snapshot), pdf(pack.snapshot)
    change_everything(stocktake)
    again = Pack.objects.get(pk=pack.pk)
    assert (sheets(again.snapshot), page_rules(again.snapshot), pdf(again.snapshot)) == before
    assert "Yolanda Freeman" in before[0]
    assert "59.9%" in before[0]


@pytest.mark.usefixtures("pdf_engine")
def test_drawing_asks_the_database_nothing(pack, django_assert_num_queries):
    with django_assert_num_queries(0):
        sheets(pack.snapshot)
        page_rules(pack.snapshot)
        pdf(pack.snapshot)


def test_the_draft_is_read_in_as_many_queries_for_three_goals_as_for_one(consultant):
    def queries(*goals):
        stocktake = make_stocktake(*goals, prepared_by=consultant)
        with CaptureQueriesContext(connection) as captured:
            issue_pack(stocktake=stocktake, by=consultant, at=AT)
        return len(captured)

    one = queries(make_measured_goal("A1"))
    three = queries(*(make_measured_goal(f"B{number}") for number in range(3)))
    assert one == three


def test_issuing_again_needs_a_note_and_lists_what_differs(pack, stocktake, consultant):
    revise()
    with pytest.raises(CannotIssue, match="Say what has changed"):
        issue_pack(stocktake=stocktake, by=consultant, at=LATER)
    second = issue_pack(
        stocktake=stocktake, by=consultant, at=LATER, change_note="The office revised 2026."
    )
    content = from_text(second.snapshot)
    assert (second.version, content.version, content.change_note) == (
        2,
        2,
        "The office revised 2026.",
    )
    assert content.corrections == (
        Correction(
            "L1",
            "Grade 3 reading proficiency",
            "30 Jun 2026",
            "59.9% (provisional)",
            "58.4% (revised 22 Jul 2026 from 59.9%)",
            LATER,
        ),
    )
    assert "30 Jun 2026" in sheets(second.snapshot).split("What differs from the version before")[1]
    first = Pack.objects.get(version=1)
    assert (first.snapshot, first.sha256) == (pack.snapshot, pack.sha256)


def test_pressing_twice_issues_once(pack, stocktake, consultant):
    with pytest.raises(NothingChanged, match="Nothing has changed since version 1"):
        issue_pack(stocktake=stocktake, by=consultant, at=AT + timedelta(seconds=1))
    with pytest.raises(NothingChanged, match="Version 1 was issued in the meantime"):
        issue_pack(stocktake=stocktake, by=consultant, at=LATER, after=0, change_note="Again.")
    assert Pack.objects.count() == 1


def test_waiting_a_day_is_no_change(pack, stocktake, consultant):
    with pytest.raises(NothingChanged):
        issue_pack(stocktake=stocktake, by=consultant, at=LATER)


def test_a_note_insists_once(pack, stocktake, consultant):
    issue_pack(stocktake=stocktake, by=consultant, at=LATER, change_note="Once more, please.")
    with pytest.raises(NothingChanged):
        issue_pack(stocktake=stocktake, by=consultant, at=LATER, change_note="Once more, please.")
    assert Pack.objects.count() == 2


def test_an_empty_agenda_is_refused(consultant):
    with pytest.raises(CannotIssue, match="No goal is on the agenda yet"):
        issue_pack(stocktake=make_stocktake(), by=consultant, at=AT)
    assert not Pack.objects.exists()


def test_a_cancelled_stocktake_has_no_new_pack(stocktake, consultant):
    Stocktake.objects.update(state="cancelled", state_reason="Storm")
    with pytest.raises(CannotIssue, match="cancelled"):
        issue_pack(stocktake=stocktake, by=consultant, at=AT)


@pytest.mark.usefixtures("pdf_engine")
def test_a_goal_without_any_number_is_in_the_pack(consultant):
    pack = issue_pack(stocktake=make_stocktake(make_goal("N1")), by=consultant, at=AT)
    assert from_text(pack.snapshot).goals[0].measure is None
    assert "No goal indicator has been chosen yet" in sheets(pack.snapshot)
    assert pdf(pack.snapshot).startswith(b"%PDF")


@pytest.mark.usefixtures("pdf_engine")
def test_hostile_words_stay_words(stocktake, consultant):
    bad = '<script>alert(1)</script>"} @import url(https://example.org/x.css); \\'
    StocktakeGoal.objects.update(summary=bad)
    Goal.objects.update(title=bad)
    Stocktake.objects.update(title=bad)
    write_answer(goal=Goal.objects.get(), question=1, text=bad, by=consultant, at=AT)
    text = issue_pack(stocktake=stocktake, by=consultant, at=AT).snapshot
    assert "<script" not in sheets(text)
    assert "@import" not in page_rules(text)
    assert "example.org" in page_rules(text)  # inside a quoted string
    assert pdf(text).startswith(b"%PDF")


@pytest.mark.usefixtures("pdf_engine")
def test_the_job_keeps_the_pdf_once(pack):
    job = Job.objects.get(kind="draw_pack")
    assert (job.key, job.payload) == (str(pack.pk), {"pack": pack.pk})
    result = KINDS["draw_pack"](job, AT)
    kept = Pack.objects.get()
    assert result == {"drawn": True, "sha256": kept.pdf_sha256}
    assert bytes(kept.pdf) == pdf(pack.snapshot)
    assert keep_pdf(pack_id=pack.pk).pdf_sha256 == kept.pdf_sha256


def test_two_packs_of_one_version_cannot_be(pack):
    pack.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        pack.save(force_insert=True)
