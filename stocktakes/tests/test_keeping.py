"""A pack stays what was issued: one that was altered is reported, and two people issue once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_person
from goals.models import GoalIndicator, Indicator
from goals.tests.factories import make_indicator, make_series
from stocktakes.actions.packs import CannotIssue, issue_pack, keep_pdf
from stocktakes.models import Pack, PackDamaged, Stocktake
from stocktakes.snapshot import from_text
from stocktakes.tests.factories import make_measured_goal, make_stocktake

AT = datetime(2026, 7, 21, 13, 40, tzinfo=UTC)
LATER = AT + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return make_person(Role.DELIVERY_LEADER, name="Tomás Herrera")


@pytest.fixture
def stocktake(lead):
    System.objects.create(name="Everly", time_zone="America/Denver", weekend=[6, 7])
    return make_stocktake(make_measured_goal("L1"), title="Literacy", prepared_by=lead)


@pytest.fixture
def pack(stocktake, lead):
    return issue_pack(stocktake=stocktake, by=lead, at=AT)


def address(name, pack):
    return f"{reverse(f'stocktakes:{name}', args=[pack.stocktake_id])}?version={pack.version}"


def alter(pack):
    Pack.objects.filter(pk=pack.pk).update(snapshot=pack.snapshot.replace("59.9", "69.9"))


@pytest.mark.parametrize("name", ["pack_detail", "pack_pdf", "pack_styles"])
def test_a_pack_that_was_altered_is_reported_and_not_shown(client, lead, pack, name, caplog):
    alter(pack)
    client.force_login(lead)
    answer = client.get(address(name, pack))
    assert answer.status_code == 500
    assert "This pack is not what was issued" in answer.content.decode()
    assert "69.9" not in answer.content.decode()
    assert "Literacy, pack version 1: the text does not match its fingerprint." in caplog.text


def test_a_pdf_that_was_altered_is_not_handed_out(client, lead, pack):
    keep_pdf(pack_id=pack.pk)
    Pack.objects.update(pdf=b"%PDF-1.7 another")
    client.force_login(lead)
    answer = client.get(address("pack_pdf", pack))
    assert (answer.status_code, b"%PDF" in answer.content) == (500, False)


@pytest.mark.parametrize("ending", ["pdf", "html"])
def test_no_file_is_written_of_an_altered_pack(pack, tmp_path, ending):
    alter(pack)
    target = tmp_path / f"p.{ending}"
    with pytest.raises(CommandError, match="does not match its fingerprint"):
        call_command("render_pack", str(pack.stocktake_id), "--to", str(target))
    assert not target.exists()


def test_an_altered_pack_is_not_drawn(pack):
    alter(pack)
    with pytest.raises(PackDamaged):
        keep_pdf(pack_id=pack.pk)
    assert Pack.objects.get().pdf is None


def test_after_an_altered_pack_the_next_says_that_it_cannot_be_compared(pack, stocktake, lead):
    alter(pack)
    second = issue_pack(stocktake=stocktake, by=lead, at=LATER, change_note="Issued anew.")
    (only,) = from_text(second.snapshot).corrections
    assert (only.about, only.now) == ("version 1", "not compared")


def test_an_older_version_says_that_it_is_superseded(client, lead, pack, stocktake):
    second = issue_pack(stocktake=stocktake, by=lead, at=LATER, change_note="Room changed.")
    client.force_login(lead)
    old = client.get(address("pack_detail", pack)).content.decode()
    assert "Version 1 is superseded by version 2. Room changed." in " ".join(old.split())
    assert "superseded" not in client.get(address("pack_detail", second)).content.decode()
    page = client.get(stocktake.get_absolute_url()).content.decode()
    assert page.count("(superseded)") == 1


def test_after_the_meeting_no_version_is_issued(pack, stocktake, lead):
    Stocktake.objects.update(state=Stocktake.State.HELD)
    with pytest.raises(CannotIssue, match="was held"):
        issue_pack(stocktake=stocktake, by=lead, at=LATER, change_note="Afterwards.")
    assert Pack.objects.count() == 1


def test_the_days_of_a_pack_are_those_of_the_system(stocktake, lead):
    stocktake.prepared_by.positions.create(title="Deputy", valid_from="2026-07-22")
    evening = datetime(2026, 7, 22, 3, 0, tzinfo=UTC)  # still the 21st in Denver
    said = from_text(issue_pack(stocktake=stocktake, by=lead, at=evening).snapshot)
    assert said.issued_by.title == ""
    assert said.goals[0].measure.age.text == "21 d"


def test_the_next_version_lists_words_and_indicators_that_differ(pack, stocktake, lead):
    Indicator.objects.update(name="Reading well", description="Another definition.")
    goal = stocktake.goals.get()
    more = make_series(make_indicator("screening", name="Screening"))
    GoalIndicator.objects.create(goal=goal, series=more, kind=GoalIndicator.Kind.PROGRESS, rank=5)
    Stocktake.objects.update(place="Hall", chair=make_person(Role.SYSTEM_LEADER, name="Dr Osei"))
    second = issue_pack(stocktake=stocktake, by=lead, at=LATER, change_note="Much.")
    listed = {each.about: each.now for each in from_text(second.snapshot).corrections}
    assert listed == {
        "place": "Hall",
        "chair": "Dr Osei",
        "name of the indicator": "Reading well",
        "definition": "Another definition.",
        "indicator": "added",
    }


GOALS_TABLES = ("goals_", "accounts_holiday", "stocktakes_stocktakegoal")


def refuse_goals(execute, sql, params, many, context):
    """Permission asks which goals one may see; what is shown must not come from any of them."""
    selected = sql.partition(" FROM ")[0]
    assert not any(f'"{table}' in selected for table in GOALS_TABLES), sql
    return execute(sql, params, many, context)


@pytest.mark.parametrize("name", ["pack_detail", "pack_pdf", "pack_styles"])
def test_a_pack_is_shown_without_reading_any_number_anew(client, pack, name):
    chair = pack.stocktake.chair
    client.force_login(chair)
    with connection.execute_wrapper(refuse_goals):
        assert client.get(address(name, pack)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_issue_one_version(pack, stocktake, lead):
    people = [lead, *(make_person(Role.DELIVERY_LEADER) for _each in range(3))]

    def press(person):
        try:
            client = Client()
            client.force_login(person)
            form = {"change_note": f"From {person.pk}", "after": "1"}
            return client.post(address("pack_issue", pack), form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        assert list(pool.map(press, people)) == [302] * len(people)
    assert sorted(Pack.objects.values_list("version", flat=True)) == [1, 2]
