"""What rows of people refuse, each with a sentence at its field."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import AccountAssignment, OrgUnit, Position, RoleAssignment, System, User
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_account, make_org_unit, make_person

pytestmark = pytest.mark.django_db

JAN, JUNE, JULY, DEC = (
    date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31),
)  # fmt: skip


def refusal(row):
    """The sentences by field that the row gets; none if it may be saved."""
    try:
        row.full_clean()
    except ValidationError as error:
        return error.message_dict
    return {}


@pytest.fixture
def pair():
    return make_person(Role.CONSULTANT), make_person(Role.GOAL_LEADER)


def account(pair, first, last=None, kind="primary", consultant=None):
    return AccountAssignment(
        consultant=consultant or pair[0], goal_leader=pair[1], kind=kind,
        valid_from=first, valid_to=last,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "is_free"),
    [
        (JAN, None, False),
        (JAN, JUNE, True),
        (JAN, JULY, False),
        (JULY, DEC, False),
        (DEC, None, False),
        (date(2027, 1, 1), None, True),
    ],
)
def test_a_goal_leader_has_one_primary_consultant_at_a_time(pair, first, last, is_free):
    make_account(*pair, valid_from=JULY, valid_to=DEC)
    other = make_person(Role.CONSULTANT)
    said = refusal(account(pair, first, last, consultant=other))
    assert said == (
        {}
        if is_free
        else {"kind": ["This goal leader already has a primary consultant in this time."]}
    )
    assert refusal(account(pair, first, last, "backup", other)) == {}


def test_the_database_refuses_a_second_open_primary(pair):
    make_account(*pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        account(pair, JAN, consultant=make_person(Role.CONSULTANT)).save()


def test_an_account_is_kept_by_a_consultant_and_not_by_oneself(pair):
    leader = pair[1]
    said = refusal(account(pair, JAN, consultant=make_person(Role.ANALYST)))
    assert said == {"consultant": ["This person holds no consulting role in the Unit on that day."]}
    RoleAssignment.objects.create(person=leader, role=Role.CONSULTANT, valid_from=LONG_AGO)
    said = refusal(account(pair, JAN, consultant=leader))
    assert said == {"__all__": ["Nobody can be their own consultant."]}


def test_nobody_keeps_an_account_twice(pair):
    make_account(*pair, "backup")
    assert list(refusal(account(pair, JAN, kind="backup"))) == ["consultant"]


def test_there_is_one_system_leader_at_a_time():
    make_person(Role.SYSTEM_LEADER)
    row = RoleAssignment(person=make_person(), role=Role.SYSTEM_LEADER, valid_from=JAN)
    assert list(refusal(row)) == ["role"]
    RoleAssignment.objects.update(valid_to=date(2025, 12, 31))
    assert refusal(row) == {}


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"fte_percent": 0}, []),
        ({"fte_percent": 100}, []),
        ({"fte_percent": 101}, ["__all__"]),
        ({"fte_percent": -1}, ["fte_percent"]),
        ({"valid_to": date(2019, 12, 31)}, ["__all__"]),
        ({"role": Role.LOCAL_LEADER}, ["__all__"]),
        ({"role": "king"}, ["role"]),
    ],
)
def test_a_role_is_held_for_part_of_the_time_between_two_dates(fields, where):
    home = make_org_unit("LIT")
    row = RoleAssignment(
        **{
            "person": make_person(), "role": Role.CONSULTANT, "valid_from": LONG_AGO,
            "home_unit": home, **fields,
        }
    )  # fmt: skip
    assert list(refusal(row)) == where


def test_nobody_holds_one_role_twice_at_a_time():
    person = make_person(Role.VIEWER)
    row = RoleAssignment(person=person, role=Role.VIEWER, valid_from=JAN)
    assert list(refusal(row)) == ["role"]


# --- trees ----------------------------------------------------------------------------------------


def make_position(title, boss=None):
    return Position.objects.create(
        person=make_person(name=title), title=title, reports_to=boss, valid_from=LONG_AGO
    )


def test_reporting_lines_run_in_no_circle():
    chief = make_position("Chief")
    head = make_position("Head", chief)
    officer = make_position("Officer", head)
    for boss in (chief, head, officer):
        chief.reports_to = boss
        assert list(refusal(chief)) == ["reports_to"]
    officer.reports_to = Position.objects.get(pk=chief.pk)
    assert refusal(officer) == {}


def make_tree(depth, code="A"):
    units = [make_org_unit(f"{code}1")]
    for level in range(2, depth + 1):
        units.append(make_org_unit(f"{code}{level}", parent=units[-1]))
    return units


def test_a_unit_is_no_part_of_itself():
    top, middle, low = make_tree(3)
    for part in (top, middle, low):
        top.parent = part
        assert refusal(top) == {"parent": ["A unit cannot be a part of itself."]}


def test_units_lie_at_most_six_levels_deep_with_all_their_parts():
    deep = make_tree(6)
    assert [unit.can_have_parts for unit in deep] == [True] * 5 + [False]
    new = OrgUnit(code="N", name="N", parent=deep[4], valid_from=LONG_AGO)
    assert refusal(new) == {}
    new.parent = deep[5]
    assert refusal(new) == {"parent": ["Units lie at most six levels deep."]}
    moved = make_tree(3, "B")[0]
    moved.parent = deep[2]
    assert refusal(moved) == {}
    moved.parent = deep[3]
    assert list(refusal(moved)) == ["parent"]


# --- the rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"weekend": ["Saturday"]}, "weekend"),
        ({"weekend": {"6": 7}}, "weekend"),
        ({"weekend": [8]}, "weekend"),
        ({"words": ["x"]}, "words"),
        ({"words": {"board": 1}}, "words"),
        ({"fiscal_year_start": 13}, "fiscal_year_start"),
        ({"routine_hour": 24}, "routine_hour"),
    ],
)
def test_a_system_that_would_break_pages_is_not_saved(fields, where):
    assert where in refusal(System(**fields))


def test_a_system_without_days_off_and_words_is_fine():
    system = System(weekend=None, words=None)
    assert refusal(system) == {}
    assert (system.weekend, system.words) == ([], {})


def test_one_address_is_one_person():
    make_person(email="ana@example.test")
    other = User(email=" ANA@Example.test", name="Other", time_zone="Nowhere/At all")
    said = refusal(other)
    assert said["time_zone"] == ["No such time zone. Write it like America/Denver."]
    assert list(refusal(User(email=other.email, name="Other", password="!"))) == ["email"]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Ana@example.test", name="Other")
