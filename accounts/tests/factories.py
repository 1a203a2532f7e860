"""People for tests: plain functions, nothing happens that the call does not say."""

from datetime import date
from itertools import count

from accounts.models import AccountAssignment, OrgUnit, RoleAssignment, User
from accounts.roles import Role

LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def make_org_unit(code="EVR", *, parent=None, **fields):
    defaults = {"name": f"Unit {code}", "kind": "district", "valid_from": LONG_AGO}
    unit, _ = OrgUnit.objects.get_or_create(
        code=code, defaults={**defaults, "parent": parent, **fields}
    )
    return unit


def make_person(*roles: Role, name="", email="", org_unit=None, password=None):
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"person{number}@example.test", name or f"Person {number}", password
    )
    for role in roles:
        RoleAssignment.objects.create(
            person=user, role=role, valid_from=LONG_AGO, org_unit=org_unit
        )
    return user


def make_account(consultant, goal_leader, kind="primary", **fields):
    return AccountAssignment.objects.create(
        consultant=consultant,
        goal_leader=goal_leader,
        kind=kind,
        **{"valid_from": LONG_AGO, **fields},
    )
