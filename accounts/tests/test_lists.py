"""Lists of organisation units and of people: what is read, refused, entered, and left as it is."""

from datetime import UTC, date, datetime

import pytest

from accounts.actions import lists
from accounts.actions.lists import ListFile, confirm_list, open_list
from accounts.models import ListImport, OrgUnit, Position, RoleAssignment, User
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person
from accounts.tests.organisation import PEOPLE_HEAD, UNIT_HEAD, org_unit_list, people_list

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 21, 9, tzinfo=UTC)
TODAY = date(2026, 7, 21)
PEOPLE, UNITS = ListImport.Kind.PEOPLE, ListImport.Kind.ORG_UNITS


def nobody(_on):
    return frozenset()


def read(kind, content, teams=nobody):
    content = content if isinstance(content, bytes) else content.encode()
    return open_list(ListFile(kind, "list.csv", content, teams), by=None, at=AT)


def enter(kind, content, **options):
    row = read(kind, content)
    return confirm_list(row=row, on_goal_teams=nobody, by=None, at=AT, **options)


def refused(kind, *rows, teams=nobody):
    """Line, column and sentence of every row that is not right."""
    head = PEOPLE_HEAD if kind is PEOPLE else UNIT_HEAD
    file = ListFile(kind, "list.csv", "\n".join([head, *rows]).encode(), teams)
    return [
        (each.line, each.column, each.message) for each in lists.plan_list(file, TODAY).problems
    ]


def enter_forty():
    enter(UNITS, org_unit_list())
    enter(PEOPLE, people_list())


def test_forty_people_come_in_whatever_the_order_of_the_rows():
    enter_forty()
    assert (OrgUnit.objects.count(), User.objects.count(), Position.objects.count()) == (6, 40, 40)
    officer = Position.objects.get(person__email="officer4@forty.test")
    assert officer.reports_to.person.email == "chief2@forty.test"
    assert officer.reports_to.reports_to.person.name == "Lee Leader"
    assert officer.org_unit.parent.parent.code == "SYS"
    held = RoleAssignment.objects.get(person__email="consultant6@forty.test")
    assert (held.role, held.fte_percent, held.valid_from) == (Role.CONSULTANT, 60, TODAY)
    assert not User.objects.get(email="leader@forty.test").has_usable_password()


def test_every_row_that_came_in_has_a_history_with_the_file_as_reason():
    enter_forty()
    for model in (OrgUnit, User, Position, RoleAssignment):
        reasons = set(model.history.values_list("history_change_reason", flat=True))
        assert (model.history.count(), reasons) == (model.objects.count(), {"List list.csv"})


def test_the_same_list_again_changes_nothing():
    enter_forty()
    for kind, content, count in ((UNITS, org_unit_list(), 6), (PEOPLE, people_list(), 40)):
        before = (Position.history.count(), User.history.count(), OrgUnit.history.count())
        counts = enter(kind, content).counts
        assert counts == {"added": 0, "changed": 0, "unchanged": count, "rejected": 0}
        assert (Position.history.count(), User.history.count(), OrgUnit.history.count()) == before


def test_a_dry_run_changes_nothing_and_its_text_is_forgotten_once_decided():
    enter(UNITS, org_unit_list())
    row = read(PEOPLE, people_list())
    assert row.counts == {"added": 40, "changed": 0, "unchanged": 0, "rejected": 0}
    assert User.objects.count() == 0
    lists.discard_list(row=row, by=None, at=AT)
    assert {bytes(each.content) for each in ListImport.objects.all()} == {b""}
    with pytest.raises(lists.AlreadyDecided):
        confirm_list(row=row, on_goal_teams=nobody, by=None, at=AT)


def test_a_file_with_an_error_changes_nothing_unless_the_valid_rows_are_accepted():
    content = f"{PEOPLE_HEAD}\na@x.test,Ana,,,,,\nb@x.test,,,,,,"
    with pytest.raises(lists.RowsRejected):
        enter(PEOPLE, content)
    assert not User.objects.exists()
    enter(PEOPLE, content, accept_valid=True)
    assert [person.name for person in User.objects.all()] == ["Ana"]


def test_what_changed_since_the_dry_run_stops_it():
    row = read(PEOPLE, f"{PEOPLE_HEAD}\na@x.test,Ana,,,,,")
    make_person(email="a@x.test", name="Anna")
    with pytest.raises(lists.PlanChanged):
        confirm_list(row=row, on_goal_teams=nobody, by=None, at=AT)
    row.refresh_from_db()
    assert (row.state, row.counts["changed"]) == ("dry_run", 1)
    assert User.objects.get().name == "Anna"


# --- people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Ana,,,,,", "email"),
        ("no-address,Ana,,,,,", "email"),
        ("a@x.test,,,,,,", "name"),
        (f"a@x.test,{'x' * 121},,,,,", "name"),
        ("a@x.test,An\x07a,,,,,", "name"),
        ("a@x.test,Ana,Chief,NOWHERE,,,", "org_unit_code"),
        ("a@x.test,Ana,,UNIT,,,", "title"),
        ("a@x.test,Ana,Chief,,nobody@x.test,,", "reports_to_email"),
        ("a@x.test,Ana,Chief,,nobody,,", "reports_to_email"),
        ("a@x.test,Ana,Chief,,a@x.test,,", "reports_to_email"),
        ("a@x.test,Ana,,,,king,", "role"),
        ("a@x.test,Ana,,,,,50", "role"),
        ("a@x.test,Ana,,,,viewer,101", "fte_percent"),
        ("a@x.test,Ana,,,,viewer,-1", "fte_percent"),
        ("a@x.test,Ana,,,,viewer,5e1", "fte_percent"),
        ("a@x.test,Ana,,,,viewer,\u0665", "fte_percent"),
        ("a@x.test,Ana,,,,local_leader,", "org_unit_code"),
        ("gone@x.test,Gone,,,,,", "email"),
        ("a@x.test,Ana,,,,,,,more", ""),
    ],
)
def test_a_row_that_is_not_right_says_where_and_why(row, column):
    make_org_unit("UNIT")
    gone = make_person(email="gone@x.test")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    problems = refused(PEOPLE, row)
    assert [(line, where) for line, where, _message in problems] == [(2, column)]
    assert problems[0][2].endswith(".")


def test_a_reporting_line_in_a_circle_takes_all_its_rows_and_no_other():
    rows = ["a@x.test,Ana,A,,b@x.test,,", "b@x.test,Ben,B,,c@x.test,,", "c@x.test,Cy,C,,a@x.test,,"]
    problems = refused(PEOPLE, *rows, "d@x.test,Di,D,,,,")
    assert [line for line, _column, _message in problems] == [2, 3, 4]


def test_a_boss_whose_row_is_refused_takes_along_who_reports_there():
    problems = refused(PEOPLE, "a@x.test,Ana,A,,b@x.test,,", "b@x.test,Ben,B,NOWHERE,,,")
    assert {line for line, _column, _message in problems} == {2, 3}


def test_there_is_one_system_leader_whoever_comes_first():
    rows = ("a@x.test,Ana,,,,system_leader,", "b@x.test,Ben,,,,System leader,")
    assert [(line, column) for line, column, _ in refused(PEOPLE, *rows)] == [(3, "role")]
    make_person(Role.SYSTEM_LEADER)
    assert len(refused(PEOPLE, *rows)) == 2


def test_nobody_of_a_goal_team_comes_into_the_unit_by_list():
    person = make_person(email="a@x.test", name="Ana")

    def teams(_on):
        return frozenset({person.pk})

    assert [
        column for _, column, _ in refused(PEOPLE, "a@x.test,Ana,,,,consultant,", teams=teams)
    ] == ["role"]
    assert refused(PEOPLE, "a@x.test,Ana,,,,goal_team,", teams=teams) == []


def test_two_lines_of_one_person_agree_and_bring_two_roles():
    rows = ("a@x.test,Ana,Chief,,,viewer,0", "a@x.test,,,,,goal_leader,80")
    assert refused(PEOPLE, *rows) == []
    enter(PEOPLE, "\n".join([PEOPLE_HEAD, *rows]))
    assert sorted(RoleAssignment.objects.values_list("role", "fte_percent")) == [
        ("goal_leader", 80), ("viewer", 0),
    ]  # fmt: skip
    assert refused(PEOPLE, *rows, "a@x.test,Anna,,,,,")[0][:2] == (4, "name")
    assert refused(PEOPLE, *rows, "a@x.test,,,,,viewer,")[0][:2] == (4, "role")


def test_another_position_begins_today_and_those_who_report_follow():
    chief, officer = make_person(email="c@x.test"), make_person(email="o@x.test")
    old = Position.objects.create(person=chief, title="Chief", valid_from=LONG_AGO)
    Position.objects.create(person=officer, title="Officer", valid_from=LONG_AGO, reports_to=old)
    enter(PEOPLE, f"{PEOPLE_HEAD}\nc@x.test,,Director,,,,")
    old.refresh_from_db()
    new = Position.objects.newest_of(chief, TODAY)
    assert (old.title, old.valid_to, new.title) == ("Chief", date(2026, 7, 20), "Director")
    assert Position.objects.newest_of(officer, TODAY).reports_to == new
    assert Position.objects.newest_of(officer, date(2026, 7, 20)).reports_to == old


def test_another_share_of_time_holds_from_today_and_empty_cells_leave_what_is_here():
    person = make_person(Role.CONSULTANT, email="c@x.test", name="Cy")
    enter(PEOPLE, f"{PEOPLE_HEAD}\nc@x.test,,,,,consultant,60")
    first, second = person.role_assignments.order_by("valid_from")
    assert (first.fte_percent, first.valid_to) == (100, date(2026, 7, 20))
    assert (second.fte_percent, second.valid_from) == (60, TODAY)
    enter(PEOPLE, f"{PEOPLE_HEAD}\nc@x.test,,,,,consultant,50")
    assert [row.fte_percent for row in person.role_assignments.order_by("valid_from")] == [100, 50]


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",Name,office,,,", "code"),
        ("A,,office,,,", "name"),
        ("A,Name,office,NOWHERE,,", "parent_code"),
        ("A,Name,office,A,,", "parent_code"),
        ("A,Name,office,,31.07.2026,", "valid_from"),
        ("A,Name,office,,2026-07-31,2026-07-30", "valid_to"),
        (f"{'A' * 41},Name,office,,,", "code"),
    ],
)
def test_a_unit_that_is_not_right_says_where_and_why(row, column):
    problems = refused(UNITS, row)
    assert [(line, where) for line, where, _message in problems] == [(2, column)]


def test_units_lie_at_most_six_deep_also_below_a_unit_that_moves():
    parent = make_org_unit("H1")
    for n in range(2, 5):
        parent = make_org_unit(f"H{n}", parent=parent)
    rows = ["N1,One,office,,,", "N2,Two,office,N1,,"]
    assert refused(UNITS, *rows, "H1,Unit H1,district,N2,2020-01-01,") == []
    problems = refused(UNITS, *rows, "N3,Three,office,N2,,", "H1,Unit H1,district,N3,2020-01-01,")
    assert [(line, column) for line, column, _ in problems] == [(5, "parent_code")]


def test_a_unit_is_renamed_moved_and_ended_by_list():
    make_org_unit("A"), make_org_unit("B")
    row = enter(UNITS, f"{UNIT_HEAD}\nB,New name,office,A,2020-01-01,2026-12-31")
    unit = OrgUnit.objects.get(code="B")
    assert row.counts["changed"] == 1
    assert (unit.name, unit.parent.code, unit.valid_to) == ("New name", "A", date(2026, 12, 31))


# --- broken and hostile files ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"a\x00b",
        b"\xff\xfea",
        "näme".encode("latin-1"),
        b"<html><body>",
        b'email,name\n"open',
        b"email,name\na@x.test,Ana",
        PEOPLE_HEAD.encode() + b",extra\n",
        PEOPLE_HEAD.encode() + b",email\n",
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words_and_not_kept(content):
    row = read(PEOPLE, content)
    assert (row.state, bytes(row.content)) == ("refused", b"")
    assert row.problem


def test_a_mark_before_a_formula_is_no_part_of_the_name():
    enter(PEOPLE, f"{PEOPLE_HEAD}\na@x.test,'=Ana,,,,,")
    assert User.objects.get().name == "=Ana"


def test_rows_that_need_a_wrong_row_say_which_and_stand_below_it():
    """One mistyped cell of a boss must not read as if the boss were missing."""
    make_org_unit("LIT")
    need = "Line %s, which this row needs, is not right. Correct that line first."
    people = refused(
        PEOPLE,
        "low@x.test,Low,Officer,LIT,mid@x.test,,",
        "mid@x.test,Mid,Head,LIT,top@x.test,,",
        "top@x.test,Top,Chief,LITT,,goal_leader,",
        "lost@x.test,Lost,Officer,LIT,nobody@x.test,,",
    )
    assert people == [
        (4, "org_unit_code", "There is no unit with this code today."),
        (5, "reports_to_email", "Nobody here or in the file has this address and a position."),
        (2, "reports_to_email", need % 3),
        (3, "reports_to_email", need % 4),
    ]
    units = refused(
        UNITS, "A,Part of B,office,B,,", "B,Wrong day,office,LIT,1 May,", "C,Far,office,Q,,"
    )
    assert units == [
        (3, "valid_from", "Write the day like 2026-07-31."),
        (4, "parent_code", "There is no unit with this code, here or in the file."),
        (2, "parent_code", need % 3),
    ]
