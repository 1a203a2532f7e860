"""One-time codes and recovery codes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value

from accounts.models import Session, SignInEvent, System
from accounts.roles import Role
from accounts.tests.factories import make_person
from accounts.tests.test_door import PASSWORD, events, try_password

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PAGE, CODE = "/accounts/second-factor/", "/accounts/login/code/"


def code_of(secret, at):
    return f"{hotp_value(secret, int(at.timestamp()) // 30):06}"


def set_up(client, at=NOON, **fields):
    """Sets up one-time codes for whoever is signed in, as a person would; gives the secret."""
    secret = re.search(r'key-text">([A-Z2-7 ]+)<', client.get(PAGE).content.decode()).group(1)
    secret = secret.replace(" ", "")
    client.post(PAGE, {"code": code_of(secret, at), "password": PASSWORD, **fields})
    return secret


@pytest.fixture
def person(db):
    return make_person(Role.DELIVERY_LEADER, email="ana@example.test", password=PASSWORD)


@pytest.fixture
def secret(client, person):
    """Of somebody who has set up one-time codes and signed out again."""
    with time_machine.travel(NOON - timedelta(hours=1), tick=False):
        try_password(client, person.email)
        secret = set_up(client, NOON - timedelta(hours=1))
        client.post("/accounts/logout/")
    return secret


def codes_on(client):
    return re.findall(
        r"<li>(\d{8})</li>", client.get("/accounts/second-factor/codes/").content.decode()
    )


@time_machine.travel(NOON, tick=False)
def test_setting_up_needs_the_code_and_the_password(client, person):
    client.force_login(person)
    page = client.get(PAGE).content.decode()
    assert "<svg" in page
    assert "style=" not in page
    for fields in ({"code": "000000"}, {"password": "wrong"}, {"code": ""}, {"password": ""}):
        set_up(client, **fields)
        assert not Authenticator.objects.exists()
    set_up(client)
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert "factor_on" in events(person)


@time_machine.travel(NOON, tick=False)
def test_the_secret_is_kept_encrypted(client, person):
    client.force_login(person)
    secret = set_up(client)
    kept = Authenticator.objects.get(type="totp").data
    assert secret not in str(kept)
    assert secret not in "".join(SignInEvent.objects.values_list("detail", flat=True))


@time_machine.travel(NOON, tick=False)
def test_recovery_codes_are_shown_until_they_are_kept_and_never_again(client, person):
    client.force_login(person)
    set_up(client)
    codes = codes_on(client)
    assert len(codes) == 10
    text = client.get("/accounts/second-factor/codes.txt")
    assert "attachment" in text["Content-Disposition"]
    assert all(code in text.content.decode() for code in codes)
    client.post("/accounts/second-factor/codes/")
    assert codes_on(client) == []
    assert client.get("/accounts/second-factor/codes.txt").status_code == 302


def test_recovery_codes_are_shown_for_ten_minutes_at_most(client, person):
    client.force_login(person)
    with time_machine.travel(NOON, tick=False):
        set_up(client)
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        assert codes_on(client) == []


@time_machine.travel(NOON, tick=False)
def test_the_password_alone_no_longer_signs_in(client, person, secret):
    assert try_password(client, person.email).url == CODE
    assert client.get("/overview/").url.startswith("/accounts/login/")
    response = client.post(CODE, {"code": code_of(secret, NOON)})
    assert response.url == "/"
    assert client.get("/accounts/profile/").status_code == 200
    assert SignInEvent.objects.filter(kind="signed_in").first().detail == "password, totp"


@time_machine.travel(NOON, tick=False)
def test_next_survives_the_second_step(client, person, secret):
    fields = {"username": person.email, "password": PASSWORD, "next": "/goals/"}
    client.post("/accounts/login/", fields)
    assert client.post(CODE, {"code": code_of(secret, NOON)}).url == "/goals/"


@pytest.mark.parametrize(("seconds", "fits"), [(-30, True), (30, True), (-90, False), (90, False)])
@time_machine.travel(NOON, tick=False)
def test_a_clock_may_be_a_little_off(client, person, secret, seconds, fits):
    try_password(client, person.email)
    response = client.post(CODE, {"code": code_of(secret, NOON + timedelta(seconds=seconds))})
    assert (response.status_code == 302) is fits


def test_a_code_that_was_seen_over_a_shoulder_is_worthless(client, person, secret):
    code = code_of(secret, NOON + timedelta(seconds=30))
    with time_machine.travel(NOON, tick=False):
        try_password(client, person.email)
        assert client.post(CODE, {"code": code}).status_code == 302
        client.post("/accounts/logout/")
    with time_machine.travel(NOON + timedelta(seconds=59), tick=False):
        try_password(client, person.email)
        assert client.post(CODE, {"code": code}).status_code == 200
        assert "_auth_user_id" not in client.session


@time_machine.travel(NOON, tick=False)
def test_a_recovery_code_opens_once(client, person):
    try_password(client, person.email)
    set_up(client)
    code = codes_on(client)[3]
    for opens in (True, False):
        client.post("/accounts/logout/")
        try_password(client, person.email)
        response = client.post(CODE, {"code": f"{code[:4]} {code[4:]}"})
        assert (response.status_code == 302) is opens


@time_machine.travel(NOON, tick=False)
def test_wrong_codes_lock_and_say_until_when(client, person, secret):
    try_password(client, person.email)
    for _ in range(5):
        assert "not right" in client.post(CODE, {"code": "000000"}).content.decode()
    response = client.post(CODE, {"code": code_of(secret, NOON)})
    assert response.status_code == 429
    assert "try again at 12:15" in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert events(person)[:2] == ["locked", "code_refused"]


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"code": "x\0"}, {"code": "9" * 3000}])
@time_machine.travel(NOON, tick=False)
def test_nonsense_in_place_of_a_code_is_answered_calmly(client, person, secret, fields):
    try_password(client, person.email)
    response = client.post(CODE, fields)
    assert response.status_code == 200
    assert "You are not signed in yet" in response.content.decode()


@time_machine.travel(NOON, tick=False)
def test_the_code_page_lets_nobody_in_who_gave_no_password(client, person, secret):
    assert client.get(CODE).url.startswith("/accounts/login/")
    assert client.post(CODE, {"code": code_of(secret, NOON)}).url.startswith("/accounts/login/")


@time_machine.travel(NOON, tick=False)
def test_new_recovery_codes_need_a_code_and_replace_the_old(client, person, secret):
    client.force_login(person)
    new = "/accounts/second-factor/codes/new/"
    assert "not right" in client.post(new, {"code": "000000"}).content.decode()
    client.post(new, {"code": code_of(secret, NOON)})
    first = codes_on(client)
    client.post(new, {"code": first[0]})
    assert len(codes_on(client)) == 10
    assert not set(first) & set(codes_on(client))


@time_machine.travel(NOON, tick=False)
def test_turning_off_needs_a_code(client, person, secret):
    client.force_login(person)
    client.post("/accounts/second-factor/off/", {"code": "000000"})
    assert Authenticator.objects.exists()
    client.post("/accounts/second-factor/off/", {"code": code_of(secret, NOON)})
    assert not Authenticator.objects.exists()
    assert "factor_off" in events(person)


@time_machine.travel(NOON, tick=False)
def test_without_the_key_that_it_was_kept_with_no_code_fits(client, person, secret, settings):
    settings.SECRET_KEY = "another-key-" * 6
    try_password(client, person.email)
    assert client.post(CODE, {"code": code_of(secret, NOON)}).status_code == 200


# --- needed by role -------------------------------------------------------------------------------


@pytest.fixture
def _needed(db):
    System.objects.create(second_factor_roles=[Role.DELIVERY_LEADER])


@pytest.mark.usefixtures("_needed")
@time_machine.travel(NOON, tick=False)
def test_a_role_that_needs_it_opens_nothing_else_before(client, person):
    try_password(client, person.email)
    for path in ("/", "/overview/", "/goals/", "/accounts/profile/", "/accounts/password/"):
        assert client.get(path).url == PAGE
    assert "Your role needs them" in client.get(PAGE).content.decode()
    set_up(client)
    assert client.get("/accounts/profile/").status_code == 200
    assert client.post("/accounts/second-factor/off/", {"code": "1"}).status_code == 403


@pytest.mark.usefixtures("_needed")
def test_one_can_always_leave(client, person):
    try_password(client, person.email)
    assert client.post("/accounts/logout/").url == "/accounts/login/"


@pytest.mark.usefixtures("_needed")
def test_other_roles_are_not_asked(client):
    make_person(Role.CONSULTANT, email="ben@example.test", password=PASSWORD)
    try_password(client, "ben@example.test")
    assert client.get("/accounts/profile/").status_code == 200


@time_machine.travel(NOON, tick=False)
def test_setting_up_ends_the_other_sessions(client, person):
    other = type(client)()
    other.force_login(person)
    try_password(client, person.email)
    set_up(client)
    assert Session.objects.filter(person=person).count() == 1
    assert client.get("/accounts/profile/").status_code == 200
