"""The pages of people: who sees what, what is found, what forms say, and what leaves the house."""

import csv
import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions.lists import ListFile, plan_list
from accounts.models import ListImport, OrgUnit, Position, RoleAssignment, System, User
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person
from accounts.tests.organisation import PEOPLE_HEAD, org_unit_list, people_list
from goals.models import Answer, GoalRole
from goals.tests.factories import make_goal, make_indicator, make_steward
from stocktakes.models import Digest, MailRecord

pytestmark = pytest.mark.django_db

PEOPLE = "/unit/people/"


@pytest.fixture
def admin(client):
    System.objects.create(name="Everly")
    person = make_person(Role.ADMINISTRATOR, name="Joan Admin")
    client.force_login(person)
    return person


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def names(response):
    return [row.person.name for row in response.context["shown"].rows]


def position(person, title, unit=None, above=None):
    return Position.objects.create(
        person=person, title=title, org_unit=unit, reports_to=above, valid_from=LONG_AGO
    )


def rows_of(response):
    return list(csv.reader(io.StringIO(response.content.decode())))


# --- finding --------------------------------------------------------------------------------------


@pytest.fixture
def three(admin):
    part = make_org_unit("P", parent=make_org_unit("TOP"))
    ana = make_person(Role.GOAL_LEADER, name="Ana", email="first@x.test")
    ben = make_person(Role.CONSULTANT, name="Ben", email="second@x.test")
    left = make_person(Role.VIEWER, name="Lea")
    User.objects.filter(pk=left.pk).update(is_active=False)
    boss = position(ana, "Chief of Reading", part)
    position(ben, "Adviser", above=boss)
    make_goal("G1", leader=ana)
    make_account(ben, ana)
    return ana, ben, left


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana", "Ben", "Joan Admin"]),
        ("q=reading", ["Ana"]),
        ("q=SECOND%40", ["Ben"]),
        ("q=nobody", []),
        ("role=consultant", ["Ben"]),
        ("role=king", ["Ana", "Ben", "Joan Admin"]),
        ("access=none", ["Ana", "Ben"]),
        ("access=left", ["Lea"]),
        ("office=TOP", ["Ana"]),
        ("q=a&role=goal_leader", ["Ana"]),
    ],
)
def test_people_are_found_by_words_and_filters(client, three, query, found):
    query = query.replace("TOP", str(OrgUnit.objects.get(code="TOP").pk))
    response = client.get(f"{PEOPLE}?{query}")
    assert names(response) == found
    lines = rows_of(client.get(f"/unit/people.csv?{query}"))
    assert [line[0] for line in lines[1:]] == found


def test_the_list_says_what_people_do_for_goals(client, three):
    words = text_of(client.get(PEOPLE))
    assert "<h1>3 people.</h1>" in words
    assert "Goal leader: G1" in words
    assert "Delivery Unit consultant: G1" in words


def test_a_confidential_goal_is_not_told_to_who_may_not_see_it(client, three):
    make_goal("SECRET", leader=three[0], is_confidential=True)
    for role, is_told in ((Role.ANALYST, False), (Role.DELIVERY_LEADER, True)):
        client.force_login(make_person(role))
        for path in (PEOPLE, "/unit/people.csv", f"{PEOPLE}{three[0].pk}/"):
            assert ("SECRET" in text_of(client.get(path))) is is_told


def test_the_directory_shows_neither_addresses_nor_access_nor_dates(client, three):
    _ana, ben, left = three
    client.force_login(make_person(Role.VIEWER, name="Vi"))
    ended = RoleAssignment.objects.create(
        person=ben, role=Role.BOARD, valid_from=LONG_AGO, valid_to=date(2021, 1, 1)
    )
    listed, one = client.get(PEOPLE), client.get(f"{PEOPLE}{ben.pk}/")
    assert names(listed) == ["Ana", "Ben", "Joan Admin", "Vi"]
    for page in (listed, one, client.get("/unit/people.csv")):
        assert "@x.test" not in text_of(page)
    assert ended.get_role_display() not in [
        row.get_role_display() for row in one.context["chosen"].roles
    ]
    assert names(client.get(f"{PEOPLE}?q=second%40x.test")) == []
    assert client.get(f"{PEOPLE}{left.pk}/").status_code == 404
    assert client.get("/unit/people/export.csv").status_code == 403


def test_a_board_member_sees_their_own_page_and_no_list(client, three):
    me = make_person(Role.BOARD)
    client.force_login(me)
    assert client.get(PEOPLE).status_code == 403
    assert client.get(f"{PEOPLE}{three[0].pk}/").status_code == 404
    assert me.email in text_of(client.get(f"{PEOPLE}{me.pk}/"))


def test_the_page_says_what_follows_from_the_dates(client, three):
    ben, today = three[1], timezone.localdate()
    ben.role_assignments.update(fte_percent=60)
    RoleAssignment.objects.create(
        person=ben, role=Role.ANALYST, fte_percent=50, valid_from=today + timedelta(days=7)
    )
    words = text_of(client.get(f"{PEOPLE}{ben.pk}/"))
    assert "the shares add up to 110 %" in words
    assert "Data analyst begins." in words
    words = text_of(client.get(f"{PEOPLE}{three[0].pk}/"))
    assert "1 person reports here." in words


def test_a_look_as_somebody_else_is_offered_where_it_may_be(client, three):
    other = make_person(Role.ADMINISTRATOR, name="Otto")
    assert "See as Ana" in text_of(client.get(f"{PEOPLE}{three[0].pk}/"))
    assert "See as Otto" not in text_of(client.get(f"{PEOPLE}{other.pk}/"))
    client.force_login(make_person(Role.DELIVERY_LEADER))
    assert "See as Ana" not in text_of(client.get(f"{PEOPLE}{three[0].pk}/"))


@pytest.mark.parametrize("many", [1, 3, 60])
def test_the_list_asks_the_same_number_of_questions_for_any_number(
    client, admin, django_assert_max_num_queries, many
):
    leader = make_person(Role.GOAL_LEADER)
    for number in range(many):
        person = make_person(Role.CONSULTANT)
        position(person, "Adviser", make_org_unit("TOP"))
        make_account(person, leader, "backup")
        make_goal(f"G{number}", leader=person if number % 2 else leader)
    with django_assert_max_num_queries(15):
        assert client.get(PEOPLE).context["shown"].page.paginator.count == many + 2
    with django_assert_max_num_queries(25):
        client.get(f"{PEOPLE}{person.pk}/")


# --- changing -------------------------------------------------------------------------------------


def test_somebody_is_added_with_position_and_role_and_invited(client, admin):
    position(admin, "Head")
    form = {
        "name": "Ana", "email": "Ana@x.test", "title": "Chief", "reports_to": f"Joan <{admin.email}>",
        "role": "viewer", "fte_percent": "0", "valid_from": timezone.localdate().isoformat(),
        "invite": "on",
    }  # fmt: skip
    response = client.post("/unit/people/new/", form, follow=True)
    ana = User.objects.get(email="ana@x.test")
    assert (ana.positions.get().title, ana.role_assignments.get().role) == ("Chief", "viewer")
    assert ana.positions.get().reports_to.person == admin
    assert "could not be mailed" in text_of(response)
    again = client.post("/unit/people/new/", form)
    assert "already here" in text_of(again)
    assert again.context["form"]["title"].value() == "Chief"
    assert User.objects.filter(name="Ana").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "no"}, "email"),
        ({"name": ""}, "name"),
        ({"reports_to": "nobody@x.test", "title": "Chief"}, "reports_to"),
        ({"title": "", "reports_to": "Joan Admin"}, "title"),
        ({"fte_percent": "101"}, "fte_percent"),
        ({"valid_from": "2020-01-01", "title": "Chief"}, "reason"),
        ({"role": "local_leader"}, None),
        ({"role": "king"}, "role"),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field_and_nobody_is_added(
    client, admin, typed, field
):
    position(admin, "Head")
    form = {
        "name": "Ana", "email": "ana@x.test", "fte_percent": "0",
        "valid_from": timezone.localdate().isoformat(), **typed,
    }  # fmt: skip
    response = client.post("/unit/people/new/", form)
    assert list(response.context["form"].errors) == [field or "__all__"]
    assert not User.objects.filter(name="Ana").exists()


def test_a_stale_form_loses_nothing_and_the_second_press_is_about_what_is_here(client, admin):
    person = make_person(name="Ana")
    page = client.get(f"{PEOPLE}{person.pk}/edit/")
    seen = page.context["form"]["seen"].value()
    person.name = "Anna"
    person.save()
    form = {"name": "Anne", "email": person.email, "seen": seen}
    refused = client.post(f"{PEOPLE}{person.pk}/edit/", form)
    assert "in the meantime" in text_of(refused)
    assert refused.context["form"]["name"].value() == "Anne"
    form["seen"] = refused.context["form"]["seen"].value()
    assert client.post(f"{PEOPLE}{person.pk}/edit/", form).status_code == 302
    assert User.objects.get(pk=person.pk).name == "Anne"


def test_the_link_of_an_invitation_is_in_one_answer_only(client, admin):
    person = make_person()
    shown = client.post(f"{PEOPLE}{person.pk}/invite/")
    assert "/accounts/invitation/" in text_of(shown)
    assert "/accounts/invitation/" not in text_of(client.get(f"{PEOPLE}{person.pk}/"))


def test_nobody_on_a_goal_team_gets_a_role_in_the_unit(client, admin):
    person = make_person()
    make_goal("G1", team=[person])
    form = {
        "role": "consultant",
        "valid_from": timezone.localdate().isoformat(),
        "fte_percent": "50",
    }
    response = client.post(f"{PEOPLE}{person.pk}/roles/new/", form)
    assert list(response.context["form"].errors) == ["role"]
    assert not person.role_assignments.exists()
    assert (
        client.post(f"{PEOPLE}{person.pk}/roles/new/", {**form, "role": "viewer"}).status_code
        == 302
    )


def test_roles_and_positions_of_somebody_else_are_not_reached_by_changed_ids(client, admin):
    ana, ben = make_person(Role.VIEWER), make_person(Role.VIEWER)
    role, held = ben.role_assignments.get(), position(ben, "Clerk")
    for path in (f"roles/{role.pk}/edit/", f"roles/{role.pk}/end/", f"positions/{held.pk}/edit/"):
        assert client.get(f"{PEOPLE}{ana.pk}/{path}").status_code == 404
        assert client.get(f"{PEOPLE}{ben.pk}/{path}").status_code == 200


def test_who_leads_a_goal_names_the_next_and_a_team_member_just_leaves(client, admin):
    System.objects.create(name="Everly")
    leader, member = make_person(Role.GOAL_LEADER), make_person(Role.GOAL_TEAM)
    make_goal("G1", leader=leader, team=[member])
    today = timezone.localdate()
    form = {"last_day": today.isoformat(), "reason": "Retires"}
    page = client.get(f"{PEOPLE}{leader.pk}/")
    assert f'href="/unit/leaving/{leader.pk}/"' in page.text
    refused = client.post(f"/unit/leaving/{leader.pk}/", form)
    assert refused.context["form"].errors == {"leads_to": ["Choose somebody."]}
    assert User.objects.get(pk=leader.pk).last_day is None
    short = client.get(f"/unit/leaving/{member.pk}/")
    assert list(short.context["form"].fields) == ["last_day", "reason"]
    assert "Nobody has to take anything over." in text_of(short)
    done = client.post(f"/unit/leaving/{member.pk}/", form)
    assert done.url == f"{PEOPLE}{member.pk}/"
    assert GoalRole.objects.get(person=member).valid_to == today
    assert User.objects.get(pk=member.pk).last_day == today


# --- lists ----------------------------------------------------------------------------------------


def upload(client, path, content):
    file = SimpleUploadedFile("list.csv", content, "text/csv")
    return client.post(path, {"file": file}, follow=True)


def test_an_organisation_comes_in_through_the_pages_and_its_export_changes_nothing(client, admin):
    for path, content in (
        ("/unit/offices/import/", org_unit_list()),
        ("/unit/people/import/", people_list()),
    ):
        page = upload(client, path, content)
        assert "Nothing has been entered" in text_of(page)
        client.post(f"{page.request['PATH_INFO']}confirm/")
    assert User.objects.count() == 41
    for kind, path in (
        ("org_units", "/unit/offices/export.csv"),
        ("people", "/unit/people/export.csv"),
    ):
        content = client.get(path).content
        plan = plan_list(
            ListFile(kind, "x.csv", content, lambda _on: frozenset()), timezone.localdate()
        )
        assert (plan.problems, plan.changing) == ([], [])
        assert plan.counts["unchanged"] == {"org_units": 6, "people": 41}[kind]
    assert names(client.get(f"{PEOPLE}?q=officer&page=1"))[:2] == ["Officer 1", "Officer 10"]


def test_wrong_rows_are_shown_downloaded_and_left_out_only_if_one_says_so(client, admin):
    page = upload(
        client, "/unit/people/import/", f"{PEOPLE_HEAD}\na@x.test,Ana,,,,,\nb,B,,,,,".encode()
    )
    here = page.request["PATH_INFO"]
    assert rows_of(client.get(f"{here}problems.csv"))[1][:3] == ["3", "email", "b"]
    refused = client.post(f"{here}confirm/")
    assert refused.context["form"].errors
    assert not User.objects.filter(name="Ana").exists()
    client.post(f"{here}confirm/", {"accept_valid": "on"})
    again = client.post(f"{here}confirm/", {"accept_valid": "on"}, follow=True)
    assert "Nothing was entered twice" in text_of(again)
    assert User.objects.filter(name="Ana").count() == 1


def test_the_commands_read_the_same_lists(admin, tmp_path, capsys):
    units, people = tmp_path / "units.csv", tmp_path / "people.csv"
    units.write_bytes(org_unit_list()), people.write_bytes(people_list())
    call_command("import_org_units", str(units))
    call_command("import_people", str(people), dry_run=True)
    assert "40 added" in capsys.readouterr().out
    assert User.objects.count() == 1
    call_command("import_people", str(people))
    assert User.objects.count() == 41
    people.write_text(f"{PEOPLE_HEAD}\nx,X,,,,,")
    with pytest.raises(CommandError):
        call_command("import_people", str(people))
    assert "line 2 rejected: email" in capsys.readouterr().out
    assert not ListImport.objects.filter(state="dry_run").exists()


# --- data about a person --------------------------------------------------------------------------


def test_my_data_holds_all_about_me_and_nothing_of_others(client, admin):
    me, other = (
        make_person(Role.GOAL_LEADER, name="Mine"),
        make_person(Role.CONSULTANT, name="Otto Other"),
    )
    goal = make_goal("G1", leader=me)
    make_account(other, me)
    make_steward(make_indicator("i1"), me)
    position(me, "Chief", above=position(other, "Boss"))
    for who in (me, other):
        Answer.objects.create(
            goal=goal,
            question=1,
            text=f"Words of {who.name}",
            written_by=who,
            written_at=timezone.now(),
        )
    client.force_login(me)
    response = client.get("/unit/people/me/export/")
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    data = json.loads(archive.read("my-data.json"))
    assert data["person"]["email"] == me.email
    assert data["answers"][0]["text"] == "Words of Mine"
    assert [len(data[name]) for name in ("roles", "goals", "accounts", "stewardships")] == [
        1,
        1,
        1,
        1,
    ]
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "Otto Other" not in everything
    assert other.email not in everything
    assert "password" not in data["person"]


def test_a_person_who_asks_gets_a_pseudonym_everywhere_but_in_what_is_locked(client, admin):
    person = make_person(Role.VIEWER, name="Ana Gone", email="ana@x.test")
    reader = make_person()
    for who in (person, reader):
        Digest.objects.create(
            person=who, on=timezone.localdate(), counted_on=timezone.localdate(), subject="To Ana Gone", body="Ana Gone, ana@x.test, Ana Gonera",
            message_id=f"{who.pk}@x", written_at=timezone.now(),
        )  # fmt: skip
    MailRecord.objects.create(
        at=timezone.now(), recipient="ana@x.test", kind="x", subject="x", state="sent"
    )
    path = f"{PEOPLE}{person.pk}/pseudonym/"
    refused = client.post(path, {"reason": "Asked for it"})
    assert "Only somebody who has left" in text_of(refused)
    assert "packs that were issued" in text_of(refused)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.post(path, {"reason": "Asked for it"}).status_code == 302
    person.refresh_from_db()
    assert person.name == f"Person {person.pk}"
    kept = [
        *Digest.objects.values_list("subject", "body"),
        *User.history.values_list("name", "email"),
    ]
    kept += MailRecord.objects.values_list("recipient", "subject")
    assert str(kept).count("Ana Gonera") == 2
    assert "Ana Gone" not in str(kept).replace("Ana Gonera", "")
    assert "ana@x.test" not in str(kept)
    newest = person.history.first()
    assert (newest.history_change_reason, newest.history_user) == ("Asked for it", admin)
    assert client.get(f"{PEOPLE}{person.pk}/edit/").status_code == 403
    assert client.post(f"{PEOPLE}{person.pk}/return/", {"reason": "x"}).status_code == 403


# --- offices --------------------------------------------------------------------------------------


def test_offices_are_a_tree_with_its_people(client, admin):
    part = make_org_unit("P", parent=make_org_unit("TOP"))
    position(admin, "Head", part)
    branches = client.get("/unit/offices/").context["branches"]
    assert [(each.unit.code, each.level, each.people) for each in branches] == [
        ("TOP", 1, 0),
        ("P", 2, 1),
    ]


def test_an_office_is_added_renamed_and_ended_on_its_pages(client, admin):
    today = timezone.localdate().isoformat()
    form = {"code": "A", "name": "Office", "kind": "office", "valid_from": today}
    assert client.post("/unit/offices/new/", form).status_code == 302
    assert list(client.post("/unit/offices/new/", form).context["form"].errors) == ["code"]
    unit = OrgUnit.objects.get(code="A")
    here = f"/unit/offices/{unit.pk}"
    seen = client.get(f"{here}/edit/").context["form"]["seen"].value()
    renamed = {"name": "Bureau", "kind": "office", "on": today, "seen": seen}
    assert client.post(f"{here}/edit/", renamed).status_code == 302
    assert "in the meantime" in text_of(client.post(f"{here}/edit/", renamed))
    seen = client.get(f"{here}/end/").context["form"]["seen"].value()
    client.post(f"{here}/end/", {"last_day": today, "seen": seen})
    unit.refresh_from_db()
    assert (unit.name, unit.valid_to.isoformat()) == ("Bureau", today)


def test_an_empty_tree_shows_the_next_step(client, admin):
    assert "No office is here yet" in text_of(client.get("/unit/offices/"))
