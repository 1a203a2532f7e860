"""The door: password, limits, and what it tells to whom."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session as DjangoSession
from django.urls import NoReverseMatch, reverse

from accounts import limits
from accounts.actions import sign_in as door
from accounts.devices import Place
from accounts.models import Session, SignInEvent
from accounts.roles import Role
from accounts.tests.factories import make_person

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-secret"
LOGIN = "/accounts/login/"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def try_password(client, email, password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": email, "password": password}, **extra)


def events(person):
    return list(SignInEvent.objects.filter(person=person).values_list("kind", flat=True))


def errors(response):
    """The sentences of refusal on the sign-in page."""
    found = re.search(r'id="login-errors">(.*?)</div>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub("<[^>]+>", " ", found.group(1)).split())


@pytest.mark.parametrize("typed", ["ana@example.test", "ANA@Example.Test", " ana@example.test "])
def test_signing_in_ignores_the_case_of_the_address(client, typed):
    person = make_person(Role.DELIVERY_LEADER, email="ana@example.test", password=PASSWORD)
    response = try_password(client, typed, HTTP_USER_AGENT=FIREFOX)
    assert response.status_code == 302
    assert response.url == "/"
    session = Session.objects.get()
    assert (session.person, session.device) == (person, "Firefox on Linux")
    assert session.address == "127.0.0.1"
    assert events(person) == ["signed_in"]
    assert not DjangoSession.objects.exists()


def test_the_password_counts_exactly(client):
    make_person(email="ana@example.test", password=PASSWORD)
    assert try_password(client, "ana@example.test", PASSWORD.upper()).status_code == 200
    assert "_auth_user_id" not in client.session


def test_unknown_inactive_and_wrong_are_refused_in_the_same_words(client):
    make_person(email="ana@example.test", password=PASSWORD)
    left = make_person(email="left@example.test", password=PASSWORD)
    left.is_active = False
    left.save()
    make_person(email="no-login@example.test")
    answers = {
        errors(try_password(client, "ana@example.test", "wrong")),
        errors(try_password(client, "nobody@example.test")),
        errors(try_password(client, "left@example.test")),
        errors(try_password(client, "no-login@example.test")),
    }
    assert len(answers) == 1
    assert "do not go together" in answers.pop()


@pytest.mark.parametrize("email", ["ana@example.test", "nobody@example.test", "bare@example.test"])
def test_every_refusal_costs_one_hash(client, monkeypatch, email):
    make_person(email="ana@example.test", password=PASSWORD)
    make_person(email="bare@example.test")
    hasher, made = hashers.get_hasher(), []
    encode = type(hasher).encode
    monkeypatch.setattr(type(hasher), "encode", lambda *args: made.append(1) or encode(*args))
    try_password(client, email, "wrong")
    assert len(made) == 1


@pytest.mark.parametrize("next_url", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_next_stays_on_this_host(client, next_url):
    make_person(email="ana@example.test", password=PASSWORD)
    fields = {"username": "ana@example.test", "password": PASSWORD, "next": next_url}
    assert client.post(LOGIN, fields).url == "/"


def test_next_within_this_host_is_followed(client):
    make_person(email="ana@example.test", password=PASSWORD)
    page = client.get(LOGIN, {"next": "/goals/"})
    assert 'value="/goals/"' in page.content.decode()
    fields = {"username": "ana@example.test", "password": PASSWORD, "next": "/goals/"}
    assert client.post(LOGIN, fields).url == "/goals/"


def test_signing_out_needs_a_post(client):
    client.force_login(make_person())
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").url == LOGIN
    assert client.get("/accounts/profile/").status_code == 302
    assert Session.objects.filter(person__isnull=False).count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "", "password": ""},
        {"username": "no address", "password": "x"},
        {"username": "a\0@example.test", "password": "x\0"},
        {"username": f"{'a' * 3000}@example.test", "password": "x" * 20000},
    ],
)
def test_nonsense_is_answered_calmly(client, fields):
    response = client.post(LOGIN, fields)
    assert response.status_code == 200
    assert errors(response)


# --- limits ---------------------------------------------------------------------------------------


def test_five_mistakes_lock_the_account_for_this_address_and_say_until_when(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            assert try_password(client, "ana@example.test", "wrong").status_code == 200
        response = try_password(client, "ana@example.test")
        assert response.status_code == 429
        assert "12:15" in errors(response)
        assert "in 15 minutes" in errors(response)
        assert "_auth_user_id" not in client.session
    assert events(person) == ["locked", *["refused"] * 4]
    with time_machine.travel(NOON + timedelta(minutes=15, seconds=1), tick=False):
        assert try_password(client, "ana@example.test").status_code == 302


def test_an_unknown_address_locks_in_the_same_words(client):
    make_person(email="ana@example.test", password=PASSWORD)
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            try_password(client, "ana@example.test", "wrong")
            try_password(client, "nobody@example.test", "wrong")
        known = try_password(client, "ana@example.test")
        unknown = try_password(client, "nobody@example.test")
    assert errors(known) == errors(unknown)
    assert known.status_code == unknown.status_code == 429


def test_an_office_is_not_locked_out_by_the_mistakes_of_one(client):
    make_person(email="ana@example.test", password=PASSWORD)
    make_person(email="ben@example.test", password=PASSWORD)
    for _ in range(12):
        try_password(client, "ana@example.test", "wrong")
    assert try_password(client, "ben@example.test").status_code == 302


def test_the_owner_elsewhere_still_gets_in(client):
    make_person(email="ana@example.test", password=PASSWORD)
    for _ in range(6):
        try_password(client, "ana@example.test", "wrong", REMOTE_ADDR="203.0.113.9")
    assert try_password(client, "ana@example.test").status_code == 302


def test_twenty_mistakes_from_many_addresses_lock_the_account(client):
    make_person(email="ana@example.test", password=PASSWORD)
    for number in range(20):
        place = f"203.0.113.{number // 4}"
        assert (
            try_password(client, "ana@example.test", "wrong", REMOTE_ADDR=place).status_code == 200
        )
    assert try_password(client, "ana@example.test").status_code == 429


def test_success_forgets_the_mistakes_of_this_address_but_not_those_of_others(client):
    make_person(email="ana@example.test", password=PASSWORD)
    for number in range(4):
        for _ in range(4):
            try_password(client, "ana@example.test", "wrong", REMOTE_ADDR=f"203.0.113.{number}")
    for _ in range(3):
        try_password(client, "ana@example.test", "wrong")
    assert try_password(client, "ana@example.test").status_code == 302
    client.logout()
    assert try_password(client, "ana@example.test", "wrong").status_code == 200  # the twentieth
    assert try_password(client, "ana@example.test").status_code == 429


def test_attempts_are_counted_before_their_outcome_is_known():
    """A hundred guesses at once are five guesses."""
    taken = [limits.take("password", "ana@example.test", "203.0.113.1", NOON) for _ in range(5)]
    assert taken[-1].is_last
    with pytest.raises(limits.TooManyAttempts):
        limits.take("password", "ana@example.test", "203.0.113.1", NOON)


def test_lifting_a_lock_opens_the_account_from_everywhere(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    admin = make_person(Role.ADMINISTRATOR)
    for number in range(21):
        try_password(client, "ana@example.test", "wrong", REMOTE_ADDR=f"203.0.113.{number}")
    assert try_password(client, "ana@example.test").status_code == 429
    door.lift_lock(person=person, place=Place(), at=NOON, by=admin)
    assert try_password(client, "ana@example.test").status_code == 302


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["signup/", "email/", "confirm-email/", "reauthenticate/", "2fa/", "social/connections/"],
)
def test_pages_of_the_library_that_nobody_wants_are_not_there(client, path):
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert client.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_email", "mfa_index"])
def test_their_names_are_not_there_either(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_admin_has_no_door_of_its_own(client):
    assert client.get("/admin/login/").url == "/accounts/login/?next=%2Fadmin%2F"
    client.force_login(make_person(Role.ADMINISTRATOR))
    assert client.get("/admin/password_change/").url == "/accounts/password/"


def test_the_second_table_of_addresses_stays_empty(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    try_password(client, "ana@example.test")
    client.post("/accounts/password/forgotten/", {"email": person.email})
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_a_script_that_asks_for_json_gets_past_nothing(client, password):
    make_person(email="ana@example.test", password=PASSWORD)
    accept = {"accept": "application/json"}
    for _ in range(6):
        response = client.post(
            LOGIN, {"username": "ana@example.test", "password": password}, headers=accept
        )
        assert response.status_code < 500
    assert ("_auth_user_id" in client.session) is (password == PASSWORD)
    assert limits.locked_until(door.PASSWORD, "ana@example.test", NOON) is None


def test_asking_for_the_head_of_the_page_is_enough(client):
    assert client.head(LOGIN).status_code == 200
