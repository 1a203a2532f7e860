"""The demonstrations: what they show, on whatever day they are loaded."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from accounts.models import AccountAssignment, Position, RoleAssignment, System
from accounts.roles import Role
from delivery_unit.demo import names
from delivery_unit.demo.profiles import PROFILES
from goals.models import Goal, Observation, Series, Standing, Trajectory
from goals.models.goals import GoalRole
from stocktakes.models import Pack, Stocktake

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]  # as every demonstration runs

# Leap day, both ends of a year, the days on which clocks change in both zones, ends of months.
DAYS = ("2028-02-29", "2027-01-01", "2026-12-31", "2026-03-08", "2026-11-01", "2026-08-31")


@pytest.fixture(scope="module")
def campus(django_db_setup, django_db_blocker):
    """Loaded once; each test works in a transaction of its own inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed("campus")
        yield
        transaction.set_rollback(True)


def seed(profile, on="2026-07-21"):
    with override_settings(DEMO=True):
        call_command("seed_demo", profile=profile, on=on, verbosity=0)


def where_goals_stand():
    now = {row.series_id: row for row in Standing.objects.current()}
    return {
        goal.code: now[goal.measures.get(kind="goal").series_id].band for goal in Goal.objects.all()
    }


def tables():
    return {
        model.__name__: list(model.objects.order_by("pk").values_list("pk", flat=True))
        for model in (Goal, Observation, Standing, Pack, Stocktake, RoleAssignment)
    }


# --- loaded by the test itself, into an empty database: before `campus` is there ---------------------


@pytest.mark.parametrize(
    ("profile", "on"), [*(("campus", on) for on in DAYS), *(("everly", on) for on in DAYS[:2])]
)
def test_a_demonstration_looks_alike_on_any_day(profile, on):
    seed(profile, on)
    usual = {
        "everly": "AG G AG AR AR G  G G AG",
        "campus": "AR G R G AG AG AG G G  G AR",
    }[profile]
    assert " ".join(where_goals_stand().values()) == usual
    assert Stocktake.objects.filter(state="held").count() == 2
    ahead = Stocktake.objects.get(state="planned")
    assert ahead.starts_at.date() > date.fromisoformat(on)
    known = Observation.objects.order_by("-known_from").first().known_from
    assert known.date() <= date.fromisoformat(on)


def test_a_pack_holds_a_number_that_was_corrected_afterwards():
    seed("campus", "2026-05-20")  # between the stocktake and the correction of North
    pack = Pack.objects.get(stocktake__title="First-year stocktake")
    assert "F2" in pack.text()
    corrected = Observation.objects.filter(reason="Summer credits had been counted twice.")
    assert {row.series.org_unit.code for row in corrected} == {"NORTH"}
    assert Observation.objects.filter(is_derived=True, revision=1).count() == 1


# --- `campus` as it is on one day --------------------------------------------------------------------


def test_the_names_are_those_of_the_profiles():
    assert set(names.NAMES) == set(PROFILES)


def test_campus_tells_its_story(campus):
    assert where_goals_stand() == {
        "G1": "AR", "GN": "G", "GS": "R", "GE": "G", "GW": "AG", "G2": "AG", "E1": "AG",
        "F1": "G", "F2": "G", "S1": "", "S2": "G", "R1": "AR",
    }  # fmt: skip
    assert System.objects.current().words["system_leader"] == "Chancellor"
    assert list(Goal.objects.filter(is_confidential=True).values_list("code", flat=True)) == ["R1"]
    assert Trajectory.objects.filter(method="hold", state="approved").count() == 1
    assert Trajectory.objects.filter(method="halve_distance", state="approved").count() == 1


def test_totals_of_campus_are_ratios_of_sums(campus):
    total = Series.objects.get(
        indicator__code="graduation-6", org_unit__code="CALDER", subgroup__code="all"
    )
    newest = total.observations.current().order_by("-period_end").first()
    parts = Observation.objects.current().filter(
        series__indicator=total.indicator, period_end=newest.period_end,
        series__org_unit__kind="campus",
    )  # fmt: skip
    assert newest.is_derived
    assert newest.numerator == sum(row.numerator for row in parts)
    assert newest.denominator == sum(row.denominator for row in parts) == 18570


def test_the_unit_of_campus_is_drawn_from_the_campuses(campus):
    unit = RoleAssignment.objects.filter(role=Role.CONSULTANT)
    assert all(row.fte_percent < 100 and row.home_unit for row in unit)
    leads = RoleAssignment.objects.filter(role=Role.DELIVERY_LEADER, is_co_lead=True)
    assert leads.count() == 2
    for row in AccountAssignment.objects.filter(goal_leader__email="east@campus.example"):
        above = Position.objects.filter(
            person=row.consultant, reports_to__person=row.goal_leader
        ).exists()
        assert above == bool(row.handover_note)
    led = GoalRole.objects.filter(role="leader", person__email="east@campus.example")
    assert {row.goal.code for row in led} == {"GE", "R1"}


def test_packs_say_what_was_known_then(campus):
    first, second = Pack.objects.filter(stocktake__title="Completion stocktake").order_by("version")
    late_question = "Should the programme review of South come before the new building?"
    assert late_question not in first.text()
    assert late_question in second.text()
    assert "second question" in second.change_note
    assert first.stocktake.starts_at > second.issued_at > first.issued_at


def test_a_second_time_changes_nothing_and_another_is_refused(campus, capsys):
    before = tables()
    seed("campus")
    assert "already here" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not empty"):
        seed("everly")
    assert tables() == before
