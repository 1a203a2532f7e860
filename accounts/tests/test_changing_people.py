"""Adding, inviting, moving, ending: a change has a date, and the past is corrected with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.actions import invitations, org_units, people, positions, roles
from accounts.actions.turns import ChangedMeanwhile, version_of
from accounts.models import AccessState, Invitation, OrgUnit, Position, RoleAssignment, User
from accounts.permissions import can_view_person
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person

pytestmark = pytest.mark.django_db

AT = datetime(2026, 7, 21, 9, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 7, 21), date(2026, 7, 20)


@pytest.fixture
def by():
    return make_person(Role.ADMINISTRATOR)


def refusal(act, **arguments):
    """The fields that the action refuses; none if it was done."""
    try:
        act(**arguments)
    except ValidationError as error:
        return sorted(getattr(error, "error_dict", {"__all__": 1}))
    return []


def loaded(person):
    return User.objects.with_invitation().get(pk=person.pk)


# --- coming ---------------------------------------------------------------------------------------


def test_somebody_new_cannot_sign_in_and_the_history_says_who_added_them(by):
    person = people.add_person(email=" Ana@X.test ", name="Ana", by=by, at=AT)
    assert (person.email, loaded(person).access_state(AT)) == ("ana@x.test", AccessState.NONE)
    assert [(row.history_user, row.history_date) for row in person.history.all()] == [(by, AT)]
    assert refusal(people.add_person, email="ANA@x.test", name="B", by=by, at=AT) == ["email"]


def test_signing_in_and_a_new_password_are_no_change_of_a_person():
    person = make_person()
    before = person.history.count()
    person.set_password("a new password")
    person.save(update_fields=["password"])
    person.last_login = AT
    person.save(update_fields=["last_login"])
    assert person.history.count() == before


@pytest.fixture
def mailing(settings):
    settings.EMAIL_BACKEND = settings.EMAIL_TRANSPORT = (
        "django.core.mail.backends.locmem.EmailBackend"
    )


def test_an_invitation_goes_by_mail_and_opens_until_a_password_is_chosen(client, by, mailing):
    person = people.add_person(email="ana@x.test", name="Ana", by=by, at=AT)
    now = datetime.now(UTC)
    assert invitations.invite(person=person, by=by, at=now) == ""
    [message] = mail.outbox
    assert message.to == ["ana@x.test"]
    link = next(word for word in message.body.split() if "/invitation/" in word)
    assert Invitation.objects.get().fingerprint not in link
    assert loaded(person).access_state(now) == AccessState.INVITED
    assert loaded(person).access_state(now + timedelta(days=15)) == AccessState.ENDED
    path = link.partition("8000")[2]
    for _look in range(2):  # a mail program looks ahead
        answer = client.get(path, follow=True)
        assert "new_password1" in answer.content.decode()
    words = {"new_password1": "quite-long-words", "new_password2": "quite-long-words"}
    client.post(answer.request["PATH_INFO"], words)
    assert client.get(path).status_code == 410
    assert loaded(person).access_state(now) == AccessState.ACTIVE
    assert refusal(invitations.invite, person=loaded(person), by=by, at=now) == ["__all__"]


def test_without_mail_the_administrator_gets_the_link_and_a_newer_one_ends_it(client, by):
    person = people.add_person(email="ana@x.test", name="Ana", by=by, at=AT)
    now = datetime.now(UTC)
    first = invitations.invite(person=person, by=by, at=now).partition("8000")[2]
    second = invitations.invite(person=person, by=by, at=now).partition("8000")[2]
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 302)
    people.change_person(
        person=person, fields={"name": "Ana", "email": "new@x.test"}, by=by, at=now
    )
    assert client.get(second).status_code == 410
    assert not any(Invitation.objects.values_list("was_mailed", flat=True))


def test_states_of_access_are_the_same_one_by_one_and_for_many(by):
    new = [people.add_person(email=f"{n}@x.test", name=str(n), by=by, at=AT) for n in range(3)]
    for person, days in ((new[0], 0), (new[1], -30)):
        invitations.invite(person=person, by=by, at=AT + timedelta(days=days))
    make_person(password="some words")
    User.objects.filter(pk=make_person().pk).update(is_active=False)
    for state in AccessState:
        one_by_one = {p.pk for p in User.objects.with_invitation() if p.access_state(AT) == state}
        assert set(User.objects.in_state(state, AT).values_list("pk", flat=True)) == one_by_one
        assert one_by_one


def test_a_stale_form_about_a_person_is_refused(by):
    person = make_person(name="Ana")
    seen = version_of(person)
    told = {"person": person, "by": by, "at": AT, "seen": seen}
    people.change_person(fields={"name": "Anna", "email": person.email}, **told)
    with pytest.raises(ChangedMeanwhile):
        people.change_person(fields={"name": "Anne", "email": person.email}, **told)
    assert User.objects.get(pk=person.pk).name == "Anna"


@pytest.mark.parametrize("role", [*Role, None])
def test_who_sees_whom_is_the_same_for_one_and_for_many(role):
    unit = make_org_unit("U")
    user = make_person(*([role] if role else []), org_unit=unit)
    others = [make_person(), make_person()]
    User.objects.filter(pk=others[1].pk).update(is_active=False)
    seen = set(User.objects.visible_to(user).values_list("pk", flat=True))
    assert seen == {p.pk for p in User.objects.all() if can_view_person(user, p)}
    assert user.pk in seen


# --- leaving --------------------------------------------------------------------------------------


def leave(person, day, by):
    people.deactivate(person=person, last_day=day, reason="Retires", by=by, at=AT)


def test_leaving_ends_roles_and_positions_on_the_day_and_keeps_the_past(by):
    person = make_person(Role.VIEWER)
    past = Position.objects.create(
        person=person, title="Old", valid_from=LONG_AGO, valid_to=date(2021, 1, 1)
    )
    held = Position.objects.create(person=person, title="Now", valid_from=date(2021, 1, 2))
    RoleAssignment.objects.create(person=person, role=Role.ANALYST, valid_from=date(2026, 9, 1))
    leave(person, YESTERDAY, by)
    held.refresh_from_db(), past.refresh_from_db()
    assert (held.valid_to, past.valid_to) == (YESTERDAY, date(2021, 1, 1))
    assert [row.valid_to for row in person.role_assignments.all()] == [YESTERDAY]
    assert not User.objects.get(pk=person.pk).is_active
    assert refusal(people.deactivate, person=person, last_day=TODAY, reason="x", by=by, at=AT) == [
        "__all__"
    ]


def test_a_last_day_ahead_closes_the_door_when_it_is_over(client, by, time_machine):
    time_machine.move_to(AT)
    person = make_person(Role.VIEWER)
    leave(person, date(2026, 7, 31), by)
    person.refresh_from_db()
    client.force_login(person)
    assert person.is_active
    assert client.get("/goals/").status_code == 200
    time_machine.move_to(datetime(2026, 8, 1, 9, tzinfo=UTC))
    assert client.get("/goals/").status_code == 302
    assert people.close_for_those_who_left(on=date(2026, 7, 31), at=AT) == 0
    assert people.close_for_those_who_left(on=date(2026, 8, 1), at=AT) == 1
    assert not User.objects.get(pk=person.pk).is_active


def test_who_comes_back_holds_no_role(by):
    person = make_person(Role.VIEWER)
    leave(person, YESTERDAY, by)
    people.reactivate(person=person, reason="Is back", by=by, at=AT)
    person = User.objects.get(pk=person.pk)
    assert (person.is_active, person.last_day, person.access.roles) == (True, None, frozenset())


def test_the_only_administrator_neither_leaves_nor_loses_the_role(by):
    row = by.role_assignments.get()
    told = {
        "row": row,
        "last_day": TODAY,
        "by": by,
        "at": AT,
        "reason": "x",
        "seen": version_of(row),
    }
    assert refusal(roles.end_role, **told) == ["__all__"]
    assert refusal(people.deactivate, person=by, last_day=TODAY, reason="x", by=by, at=AT) == [
        "__all__"
    ]
    make_person(Role.ADMINISTRATOR)
    assert refusal(roles.end_role, **told) == []


# --- roles and positions --------------------------------------------------------------------------


def test_a_role_in_the_past_needs_a_reason_and_a_future_one_does_not(by):
    person = make_person()
    fields = {"role": Role.VIEWER, "valid_from": YESTERDAY}
    assert refusal(roles.give_role, person=person, fields=fields, by=by, at=AT) == ["reason"]
    assert refusal(roles.give_role, person=person, fields=fields, by=by, at=AT, reason="Late") == []
    assert refusal(roles.give_role, person=person, fields=fields, by=by, at=AT, reason="x") == [
        "role"
    ]
    row = person.role_assignments.get()
    assert row.history.get().history_change_reason == "Late"


def test_a_stale_or_second_end_of_a_role_is_refused(by):
    row = make_person(Role.VIEWER).role_assignments.get()
    told = {
        "row": row,
        "last_day": TODAY,
        "by": by,
        "at": AT,
        "reason": "",
        "seen": version_of(row),
    }
    roles.end_role(**told)
    with pytest.raises(ChangedMeanwhile):
        roles.end_role(**told)


def test_a_role_is_corrected_with_its_history(by):
    row = make_person(Role.CONSULTANT).role_assignments.get()
    told = {"row": row, "by": by, "at": AT, "reason": "Typed wrongly", "seen": version_of(row)}
    roles.correct_role(fields={"fte_percent": 60}, **told)
    told = set(row.history.values_list("fte_percent", "history_change_reason"))
    assert told == {(60, "Typed wrongly"), (100, None)}


def change(person, by, *, above=None, first=TODAY, reason="", seen=0, title="Next"):
    return positions.change_position(
        person=person, fields={"title": title, "reports_to": above, "valid_from": first},
        by=by, at=AT, reason=reason, seen=seen,
    )  # fmt: skip


def test_a_new_position_ends_the_old_one_and_who_reports_there_follows(by):
    boss, officer, clerk = make_person(), make_person(), make_person()
    old = Position.objects.create(person=boss, title="Chief", valid_from=LONG_AGO)
    middle = Position.objects.create(
        person=officer, title="Officer", valid_from=LONG_AGO, reports_to=old
    )
    Position.objects.create(person=clerk, title="Clerk", valid_from=LONG_AGO, reports_to=middle)
    new = change(boss, by)
    old.refresh_from_db()
    assert old.valid_to == YESTERDAY
    lines = Position.objects.boss_of(TODAY)
    assert lines == {officer.pk: boss.pk, clerk.pk: officer.pk}
    held = Position.objects.newest_of(clerk, TODAY)
    assert held.reports_to.reports_to == new
    assert Position.objects.boss_of(YESTERDAY) == lines


def test_lines_run_in_no_circle_also_over_positions_that_have_ended(by):
    boss, officer = make_person(), make_person()
    top = Position.objects.create(person=boss, title="Chief", valid_from=LONG_AGO)
    Position.objects.create(person=officer, title="Officer", valid_from=LONG_AGO, reports_to=top)
    below = Position.objects.newest_of(officer, TODAY)
    with pytest.raises(ValidationError) as refused:
        change(boss, by, above=below)
    assert list(refused.value.message_dict) == ["reports_to"]


def test_a_position_from_a_day_before_the_one_held_is_a_correction(by):
    person = make_person()
    row = Position.objects.create(person=person, title="Chief", valid_from=TODAY)
    told = {"person": person, "by": by, "at": AT}
    fields = {"title": "Director", "valid_from": TODAY}
    assert refusal(positions.change_position, fields=fields, **told) == ["valid_from"]
    positions.correct_position(
        row=row, fields={"title": "Director"}, by=by, at=AT, reason="Typo", seen=version_of(row)
    )
    assert person.positions.get().title == "Director"


# --- offices --------------------------------------------------------------------------------------


def test_a_unit_is_renamed_since_a_day_and_the_history_keeps_the_name(by):
    unit = org_units.add_org_unit(
        fields={"code": "A", "name": "Old", "kind": "office", "parent": None, "valid_from": LONG_AGO},
        by=by, at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    fields = {"name": "New", "kind": "office", "parent": None}
    told = {"unit": unit, "fields": fields, "by": by, "at": AT, "seen": version_of(unit)}
    assert refusal(org_units.change_org_unit, on=YESTERDAY, reason="", **told) == ["reason"]
    assert refusal(org_units.change_org_unit, on=date(2026, 7, 22), reason="", **told) == ["on"]
    org_units.change_org_unit(on=date(2026, 7, 1), reason="By decree", **told)
    assert unit.history.as_of(datetime(2026, 6, 30, tzinfo=UTC)).name == "Old"
    assert unit.history.as_of(datetime(2026, 7, 2, tzinfo=UTC)).name == "New"


def test_a_unit_ends_when_nobody_and_no_part_is_left(by):
    top, part = make_org_unit("A"), make_org_unit("B", parent=make_org_unit("A"))
    held = Position.objects.create(
        person=make_person(), title="Clerk", org_unit=part, valid_from=LONG_AGO
    )

    def end(unit):
        told = {"unit": unit, "last_day": TODAY, "by": by, "at": AT, "reason": ""}
        return refusal(org_units.end_org_unit, seen=version_of(unit), **told)

    assert (end(top), end(part)) == (["valid_to"], ["valid_to"])
    Position.objects.filter(pk=held.pk).update(valid_to=TODAY)
    assert (end(part), end(top)) == ([], [])
    assert OrgUnit.objects.get(code="A").valid_to == TODAY
