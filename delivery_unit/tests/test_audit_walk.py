"""Every action that changes something leaves a line in the audit list, with whoever did it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import RoleAssignment
from accounts.tests.factories import make_org_unit
from delivery_unit.audit.reading import Asked, Reader
from delivery_unit.audit.telling import lines
from delivery_unit.tests.world import make_world
from goals.actions.answers import write_answer
from goals.actions.imports import Request, confirm_import, discard_import, open_import
from goals.actions.mappings import read_mapping, save_mapping, shipped_path
from goals.actions.observations import NewValue, record_observations
from goals.actions.trajectories import (
    Draft,
    approve_trajectory,
    draft_trajectory,
    submit_trajectory,
)
from goals.models import Goal, GoalIndicator, Observation, Trajectory
from stocktakes.actions.packs import issue_pack
from stocktakes.actions.stocktakes import (
    Plan,
    cancel_stocktake,
    change_stocktake,
    hold_stocktake,
    plan_stocktake,
    write_item,
)
from stocktakes.models import Job, Stocktake

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
TODAY = date(2026, 7, 21)
CSV = (
    "indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,numerator,"
    "denominator,status,published_on,source,note\n"
    "OPEN-i,NEW,all,2025-07-01,2026-06-30,61,,,final,2026-07-01,Test office,\n"
)


@pytest.fixture
def people():
    return make_world()


@pytest.fixture
def told(people):
    """What came into the list since the last time it was asked: (kind, verb, who)."""
    seen = set()

    def new():
        reader = Reader.of(people["adm"], Asked(), timezone.localdate())
        found = [
            (each.place, line)
            for entries in reader.batches()
            for each, line in zip(entries, lines(entries, reader), strict=True)
        ]
        fresh = [line for place, line in found if str(place) not in seen]
        seen.update(str(place) for place, _line in found)
        return {(line.kind, line.verb, line.who) for line in fresh}

    new()
    return new


def series_of(code):
    return GoalIndicator.objects.get(goal__code=code, kind="goal").series


def test_a_path_from_draft_to_approval(people, told):
    series = series_of("OPEN")
    draft = Draft(
        baseline=series.observations.first(),
        due_on=date(2028, 6, 30),
        level=Decimal(80),
        method=Trajectory.Method.CUSTOM,
        points=[(date(2025, 6, 30), Decimal(50)), (date(2028, 6, 30), Decimal(80))],
    )
    row = draft_trajectory(series=series, draft=draft, by=people["team"])
    added = {("Trajectory", "added", people["team"]), ("Target", "added", people["team"])}
    assert added | {("Point of a trajectory", "added", people["team"])} == told()
    row = submit_trajectory(trajectory=row, by=people["gl"])
    assert told() == {("Trajectory", "changed", people["gl"])}
    approve_trajectory(trajectory=row, by=people["dl"], at=NOW, on=TODAY)
    by = people["dl"]
    assert told() == {("Trajectory", "changed", by), ("Target", "changed", by)}
    superseded = Trajectory.objects.get(series=series, version=1)
    assert superseded.history.first().state == Trajectory.State.SUPERSEDED


def test_answers_and_numbers(people, told):
    goal = Goal.objects.get(code="OPEN")
    write_answer(goal=goal, question=1, text="To read", by=people["gl"], at=NOW)
    assert told() == {("Answer", "written", people["gl"])}
    value = NewValue(date(2024, 7, 1), date(2025, 6, 30), Decimal(52), status="revised")
    record_observations(
        series=series_of("OPEN"), values=[value], by=people["stew"], known_from=NOW, reason="Late"
    )
    assert told() == {("Value", "revised", people["stew"])}


def test_a_file_with_a_new_unit(people, told):
    parent = make_org_unit("SYS")
    request = Request("new.csv", CSV.encode(), people["adm"], create_units_under=parent.code)
    row = open_import(request, at=NOW)
    assert told() == set()  # a trial changes nothing
    confirm_import(data_import=row, by=people["adm"], at=NOW)
    by = people["adm"]
    assert told() == {
        ("File of numbers", "confirmed", by),
        ("Organisation unit", "added", by),
        ("Series", "added", by),
    }
    assert Observation.objects.filter(data_import=row).count() == 1
    again = open_import(Request("again.csv", CSV.encode(), people["adm"]), at=NOW)
    discard_import(data_import=again, by=people["adm"], at=NOW)
    assert told() == {("File of numbers", "discarded", by)}


def test_a_mapping_through_the_command_line(told):
    spec = read_mapping(shipped_path("nhs_ae"))
    save_mapping(name="ours", data=spec, by=None)
    assert ("How a file is read", "added", None) in told()


def plan(people, **fields):
    told = {
        "title": "A meeting",
        "starts_at": NOW + timedelta(days=9000),
        "minutes": 45,
        "place": "Room 1",
        "chair": people["lead"],
        "attendees": [people["gl"], people["team"]],
        "goals": [Goal.objects.get(code="OPEN"), Goal.objects.get(code="BOARD")],
    }
    return Plan(**{**told, **fields})


def test_a_meeting_from_plan_to_end(people, told):
    meeting = plan_stocktake(plan=plan(people), by=people["dl"])
    kinds = {kind for kind, verb, _who in told() if verb == "added"}
    assert kinds == {"Stocktake", "Agenda item", "Seat at a stocktake"}
    change_stocktake(
        stocktake=meeting,
        plan=plan(people, attendees=[], goals=[Goal.objects.get(code="OPEN")]),
    )
    removed = {kind for kind, verb, _who in told() if verb == "removed"}
    assert removed == {"Agenda item", "Seat at a stocktake"}
    write_item(item=meeting.agenda.get(), summary="All well", questions=["Why?"])
    assert {(kind, verb) for kind, verb, _who in told()} == {("Agenda item", "changed")}
    issue_pack(stocktake=meeting, by=people["dl"], at=NOW)
    assert told() == {("Pack", "issued", people["dl"])}
    hold_stocktake(stocktake=meeting, at=meeting.starts_at)
    assert {(kind, verb) for kind, verb, _who in told()} == {("Stocktake", "changed")}


def test_a_cancelled_meeting_says_why(people, told):
    cancel_stocktake(stocktake=Stocktake.objects.get(pk=1), reason="The chair is ill")
    reader = Reader.of(people["dl"], Asked(kind="stocktake"), timezone.localdate())
    line = lines(reader.page(None, 1)[0], reader)[0]
    assert line.reason == "The chair is ill"
    assert ("State", "planned", "cancelled") in {
        (each.name, each.before, each.after) for each in line.changes
    }


def test_a_job_that_was_asked_for_again(people, told):
    job = Job.objects.create(
        kind="draw_pack", key="9", created_at=NOW, due_at=NOW, state="failed", finished_at=NOW
    )
    client = Client()
    client.force_login(people["adm"])
    client.post(f"/settings/status/jobs/{job.pk}/again/")
    assert told() == {("Running the system", "Ran a job again", people["adm"])}


def test_a_role_given_in_the_administration(people, told):
    client = Client()
    client.force_login(people["adm"])
    typed = {"person": people["view"].pk, "role": "analyst", "fte_percent": 50}
    client.post("/admin/accounts/roleassignment/add/", {**typed, "valid_from": "2026-07-01"})
    assert RoleAssignment.objects.filter(person=people["view"], role="analyst").exists()
    assert told() == {("Role", "added", people["adm"])}
