from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import make_person

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WORD = "a-long-enough-word"


@pytest.fixture
def ana():
    return make_person(Role.VIEWER, name="Ana", email="Ana.Müller@ÉCOLE.example", password=WORD)


def sign_in(client, email, password=WORD, **more):
    return client.post(LOGIN, {"username": email, "password": password, **more})


@pytest.mark.parametrize(
    "typed",
    [
        "ana.müller@école.example",
        "ANA.MÜLLER@ÉCOLE.EXAMPLE",
        "  Ana.Müller@École.example ",
        "ana.mu\u0308ller@e\u0301cole.example",  # the same letters, composed
    ],
)
def test_the_address_is_found_however_it_is_typed(client, ana, typed):
    assert sign_in(client, typed).status_code == 302
    assert authenticate(username=typed, password=WORD) == ana


def test_capital_letters_count_in_the_password(client, ana):
    response = sign_in(client, ana.email, WORD.upper())
    assert "do not go together" in response.content.decode()


@pytest.mark.parametrize("typed", ["nobody@example.test", "%", "ana.m_ller@école.example", "a\0b"])
def test_an_unknown_address_reads_like_a_wrong_password(client, ana, typed):
    response = sign_in(client, typed)
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_person_without_password_cannot_sign_in(client):
    person = make_person(Role.ADMINISTRATOR)
    for tried in ("", "!", person.password):
        assert sign_in(client, person.email, tried).status_code == 200


def test_who_has_left_cannot_sign_in_and_an_open_session_ends(client, ana):
    sign_in(client, ana.email)
    assert client.get("/goals/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/goals/").url == f"{LOGIN}?next=/goals/"
    assert "do not go together" in sign_in(Client(), ana.email).content.decode()


def test_a_new_password_ends_the_other_sessions(client, ana):
    sign_in(client, ana.email)
    ana.set_password("another-long-word")
    ana.save()
    assert client.get("/goals/").status_code == 302


@pytest.mark.parametrize(
    ("onward", "leads_to"),
    [
        ("/goals/", "/goals/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///elsewhere.example", "/"),
        ("\t//elsewhere.example", "/"),
    ],
)
def test_signing_in_leads_to_no_other_host(client, ana, onward, leads_to):
    assert sign_in(client, ana.email, next=onward).url == leads_to


def test_signing_out_takes_a_press_on_the_button(client, ana):
    sign_in(client, ana.email)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/goals/").status_code == 200
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get("/goals/").status_code == 302


# --- the first administrator ----------------------------------------------------------------------


def create_administrator(*arguments):
    out = StringIO()
    call_command("create_administrator", *arguments, stdout=out)
    return out.getvalue().split()[-1].removeprefix("http://localhost:8000")


def open_link(client, link):
    response = client.get(link, follow=True)
    return response, response.request["PATH_INFO"]


def set_password(client, link, one, other=None):
    _page, form = open_link(client, link)
    return client.post(form, {"new_password1": one, "new_password2": other or one})


def test_create_administrator_makes_a_person_who_sets_a_password_once(client):
    link = create_administrator("First@Example.test", "--name", "Joan First")
    person = User.objects.get()
    assert (person.email, person.name, person.is_staff) == (
        "first@example.test",
        "Joan First",
        True,
    )
    assert not person.has_usable_password()
    assert set_password(client, link, WORD).url == LOGIN
    assert sign_in(client, "first@example.test").status_code == 302
    assert client.get("/admin/").status_code == 200
    page, _form = open_link(Client(), link)
    assert "no longer good" in page.content.decode()
    assert sign_in(Client(), "first@example.test").status_code == 302


def test_create_administrator_takes_a_person_who_is_here_and_appoints_once():
    person = make_person(Role.VIEWER, email="here@example.test", name="Ana", password=WORD)
    for _again in range(2):
        create_administrator("HERE@example.test ")
    assert User.objects.get().check_password(WORD)
    roles = person.role_assignments.filter(role=Role.ADMINISTRATOR)
    assert [row.valid_from for row in roles] == [timezone.localdate() - timedelta(days=1)]


@pytest.mark.parametrize("wrong", ["", "no-address", "two@@example.test", "a b@example.test"])
def test_create_administrator_refuses_what_is_no_address(wrong):
    with pytest.raises(CommandError):
        create_administrator(wrong)
    assert not User.objects.exists()


def test_create_administrator_refuses_somebody_who_has_left():
    person = make_person(email="left@example.test")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="has left"):
        create_administrator("left@example.test")
    assert not person.role_assignments.exists()


def test_the_link_expires(client, time_machine):
    link = create_administrator("first@example.test")
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    page, _form = open_link(client, link)
    assert "no longer good" in page.content.decode()


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ("short", None, "too short"),
        ("1234567890123", None, "entirely numeric"),
        ("password", None, "too common"),
        ("first@example.test", None, "too similar"),
        (WORD, "another-long-word", "match"),
    ],
)
def test_the_link_takes_a_good_password_only(client, one, other, sentence):
    link = create_administrator("first@example.test")
    response = set_password(client, link, one, other)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not User.objects.get().has_usable_password()


def test_a_link_with_another_persons_key_does_not_work(client):
    link = create_administrator("first@example.test")
    other = create_administrator("second@example.test")
    *_rest, key, token, _end = link.split("/")
    forged = reverse("accounts:choose_password", args=[other.split("/")[-3], token])
    assert key != other.split("/")[-3]
    page, _form = open_link(client, forged)
    assert "no longer good" in page.content.decode()


def test_roles_hold_between_their_dates():
    today = timezone.localdate()
    for first, last, holds in (
        (today, None, True),
        (today, today, True),
        (date(2020, 1, 1), today - timedelta(days=1), False),
        (today + timedelta(days=1), None, False),
    ):
        person = make_person()
        person.role_assignments.create(
            role=Role.ADMINISTRATOR, valid_from=first, valid_to=last, fte_percent=0
        )
        assert User.objects.get(pk=person.pk).is_staff is holds
