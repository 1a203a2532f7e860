"""Profile, theme, sessions, and what an administrator does for somebody at the door."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts.actions.sessions import forget_what_expired
from accounts.devices import address_of, device_of
from accounts.models import Position, Session, SharedCacheRow, SignInEvent, User
from accounts.roles import Role
from accounts.tests.factories import LONG_AGO, make_org_unit, make_person
from accounts.tests.test_door import FIREFOX, PASSWORD, events, try_password

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.fixture
def person(db):
    return make_person(
        Role.CONSULTANT, email="ana@example.test", name="Ana Example", password=PASSWORD
    )


def signed_in(person, agent=FIREFOX):
    client = Client(HTTP_USER_AGENT=agent)
    try_password(client, person.email)
    return client


def test_the_profile_shows_who_one_is(client, person):
    Position.objects.create(person=person, title="Consultant of Reading", valid_from=LONG_AGO)
    client.force_login(person)
    page = client.get("/accounts/profile/").content.decode()
    for words in ("Ana Example", "Consultant of Reading", "ana@example.test"):
        assert words in page


def test_the_profile_is_kept(client, person):
    client.force_login(person)
    fields = {"theme": "dark", "language": "en", "time_zone": "America/Denver"}
    assert client.post("/accounts/profile/", fields).status_code == 302
    kept = User.objects.get(pk=person.pk)
    assert (kept.theme, kept.language, kept.time_zone) == ("dark", "en", "America/Denver")
    assert kept.mail_wanted is False
    assert kept.name == "Ana Example"


@pytest.mark.parametrize(
    ("field", "value"), [("theme", "pink"), ("language", "xx"), ("time_zone", "Nowhere/Land")]
)
def test_what_is_not_offered_is_refused_at_its_field(client, person, field, value):
    client.force_login(person)
    fields = {"theme": "light", "language": "", "time_zone": "", field: value}
    response = client.post("/accounts/profile/", fields)
    assert response.status_code == 200
    assert "Nothing was saved yet" in response.content.decode()
    assert User.objects.get(pk=person.pk).theme == "system"


@pytest.mark.parametrize(
    ("theme", "first_paint"), [("dark", "dark"), ("light", "light"), ("system", "light")]
)
def test_the_first_paint_is_in_the_theme_of_the_person(client, person, theme, first_paint):
    User.objects.filter(pk=person.pk).update(theme=theme)
    client.force_login(person)
    head = client.get("/accounts/profile/").content.decode()[:600]
    assert f'data-bs-theme="{first_paint}"' in head
    assert f'data-theme="{theme}"' in head


def test_the_button_at_the_foot_works_without_a_script(client, person):
    client.force_login(person)
    here = {"referer": "http://testserver/goals/?q=reading"}
    assert client.post("/accounts/theme/", {"theme": "dark"}, headers=here).url == here["referer"]
    assert User.objects.get(pk=person.pk).theme == "dark"
    elsewhere = {"referer": "https://evil.example/"}
    away = client.post("/accounts/theme/", {"theme": "x"}, headers=elsewhere)
    assert away.url == "/accounts/profile/"
    assert User.objects.get(pk=person.pk).theme == "dark"
    assert client.get("/accounts/theme/").status_code == 405


def test_the_name_in_the_head_leads_to_the_profile(client, person):
    client.force_login(person)
    assert 'href="/accounts/profile/"' in client.get("/goals/").content.decode()


# --- sessions -------------------------------------------------------------------------------------


def test_sessions_are_told_apart_and_ended_one_by_one(person):
    here, there = signed_in(person), signed_in(person, CHROME)
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "Chrome on Windows" in page
    assert page.count("this one") == 1
    handle = re.search(r'name="session"\s+value="(\w+)"', page).group(1)
    here.post("/accounts/sessions/", {"session": handle})
    assert there.get("/accounts/profile/").status_code == 302
    assert here.get("/accounts/profile/").status_code == 200
    assert "sessions_ended" in events(person)


def test_no_page_gives_away_the_key_of_a_session(person):
    here, there = signed_in(person), signed_in(person, CHROME)
    page = here.get("/accounts/sessions/").content.decode()
    for client in (here, there):
        assert client.session.session_key not in page


def test_all_other_sessions_end_at_once(person):
    here, *others = [signed_in(person) for _ in range(3)]
    here.post("/accounts/sessions/", {"others": "1"})
    assert [client.get("/accounts/profile/").status_code for client in others] == [302, 302]
    assert here.get("/accounts/profile/").status_code == 200


def test_sessions_of_others_are_out_of_reach(person):
    stranger = signed_in(make_person(email="ben@example.test", password=PASSWORD))
    here = signed_in(person)
    handle = Session.objects.get(person=person).handle
    assert stranger.post("/accounts/sessions/", {"session": handle}).status_code == 404
    assert stranger.post("/accounts/sessions/", {}).status_code == 404
    assert here.get("/accounts/profile/").status_code == 200


def test_last_seen_moves_in_steps_of_five_minutes(person, django_assert_num_queries):
    client = signed_in(person)
    start = Session.objects.get().last_seen_at
    with time_machine.travel(start + timedelta(minutes=4)):
        client.get("/accounts/sessions/")
    assert Session.objects.get().last_seen_at == start
    with time_machine.travel(start + timedelta(minutes=6)):
        client.get("/accounts/sessions/")
    assert Session.objects.get().last_seen_at > start + timedelta(minutes=5)


def test_what_expired_is_forgotten_and_nothing_else(person):
    signed_in(person)
    try_password(Client(), person.email, "wrong")
    ends = Session.objects.get().expire_date
    assert forget_what_expired(at=timezone.now()) == 0
    assert forget_what_expired(at=ends - timedelta(minutes=1)) == SharedCacheRow.objects.count() + 2
    assert Session.objects.exists()
    assert forget_what_expired(at=ends + timedelta(minutes=1)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_however_many_sessions(person, django_assert_num_queries, count):
    clients = [signed_in(person) for _ in range(count)]
    with django_assert_num_queries(6):
        clients[0].get("/accounts/sessions/")


def test_the_profile_in_eight_queries(person, django_assert_max_num_queries):
    client = signed_in(person)
    with django_assert_max_num_queries(8):
        client.get("/accounts/profile/")


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Linux"), (CHROME, "Chrome on Windows"), ("curl/8", ""), ("", "")],
)
def test_devices_in_words(agent, words):
    assert device_of(agent) == words


@pytest.mark.parametrize(
    ("behind", "forwarded", "address"),
    [
        (True, "198.51.100.7, 203.0.113.5", "203.0.113.5"),
        (True, "rubbish", None),
        (False, "198.51.100.7", "10.0.0.1"),
    ],
)
def test_only_our_own_proxy_is_believed(rf, settings, behind, forwarded, address):
    settings.BEHIND_PROXY = behind
    request = rf.get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
    assert address_of(request) == address


# --- an administrator helps -----------------------------------------------------------------------


@pytest.fixture
def admin(db):
    return make_person(Role.ADMINISTRATOR, email="admin@example.test", name="Joan Admin")


def help_path(person, what=""):
    return f"/accounts/people/{person.pk}/sign-in/{what}"


def test_a_link_for_somebody_without_mail_is_shown_once(client, admin, person):
    client.force_login(admin)
    page = client.post(help_path(person, "link/")).content.decode()
    path = re.search(r"http://localhost:8000(/accounts/password/new/[^<\s]+/)", page).group(1)
    assert "/accounts/password/new/" not in client.get(help_path(person)).content.decode()
    assert Client().get(path, follow=True).status_code == 200
    event = SignInEvent.objects.get(kind="link_made")
    assert (event.person, event.by) == (person, admin)
    assert path.split("/")[-2] not in event.detail


def test_somebody_who_has_left_gets_no_link(client, admin, person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    client.force_login(admin)
    assert client.post(help_path(person, "link/")).status_code == 403
    assert "somebody who has left" in client.get(help_path(person)).content.decode()


def test_a_lock_is_seen_and_lifted(client, admin, person):
    for number in range(20):
        try_password(Client(), person.email, "wrong", REMOTE_ADDR=f"203.0.113.{number}")
    client.force_login(admin)
    assert "Locked until" in client.get(help_path(person)).content.decode()
    client.post(help_path(person, "lift/"))
    assert "Locked until" not in client.get(help_path(person)).content.decode()
    assert try_password(Client(), person.email).status_code == 302


def test_a_second_factor_is_reset_with_a_reason(client, admin, person):
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    there = Client()
    there.force_login(person)
    client.force_login(admin)
    page = client.post(help_path(person, "reset-second-factor/"), {"reason": " "})
    assert "Nothing was saved yet" in page.content.decode()
    assert Authenticator.objects.exists()
    client.post(help_path(person, "reset-second-factor/"), {"reason": "Phone lost in the river"})
    assert not Authenticator.objects.exists()
    assert there.get("/accounts/profile/").status_code == 302
    event = SignInEvent.objects.get(kind="factor_reset")
    assert (event.by, event.detail) == (admin, "Phone lost in the river")
    assert "Phone lost in the river" in client.get(help_path(person)).content.decode()


def test_an_administrator_ends_all_sessions(client, admin, person):
    there = signed_in(person)
    client.force_login(admin)
    client.post(help_path(person, "end/"))
    assert there.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize("what", ["", "link/", "lift/", "reset-second-factor/", "end/", "unlink/"])
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_help(client, person, role, what):
    unit = make_org_unit() if role == Role.LOCAL_LEADER else None
    client.force_login(make_person(role, org_unit=unit))
    method = client.post if what else client.get
    assert method(help_path(person, what)).status_code == 403
    assert not SignInEvent.objects.exclude(kind="signed_in").exists()


@pytest.mark.parametrize("events_there", [1, 3])
def test_the_help_page_costs_the_same_however_much_happened(
    client, admin, person, django_assert_num_queries, events_there
):
    for _ in range(events_there):
        SignInEvent.objects.create(kind="link_made", person=person, by=admin, at=timezone.now())
    client.force_login(admin)
    with django_assert_num_queries(12):
        client.get(help_path(person))
