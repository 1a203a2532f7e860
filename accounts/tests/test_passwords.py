"""Passwords lost, found and changed."""

import re
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.actions.passwords import make_one_time_link
from accounts.devices import Place
from accounts.models import Session, SignInEvent, User
from accounts.roles import Permission, Role
from accounts.tests.factories import make_person
from accounts.tests.test_door import PASSWORD, events, try_password

pytestmark = pytest.mark.django_db
FORGOTTEN = "/accounts/password/forgotten/"
NEW = "another-long-secret"


@pytest.fixture(autouse=True)
def _posted():
    """Mail is sent beside the answer; a test that ends waits for it."""
    yield
    wait_for_mail()


def wait_for_mail():
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name.startswith("security-mail"):
            thread.join(5)


def ask(client, email):
    response = client.post(FORGOTTEN, {"email": email})
    wait_for_mail()
    return response


def mailed_path():
    return re.search(r"http://localhost:8000(\S+)", mail.outbox[-1].body).group(1)


def choose(client, path, password=NEW):
    page = client.get(path, follow=True)
    here = page.redirect_chain[-1][0] if page.redirect_chain else path
    return client.post(here, {"new_password1": password, "new_password2": password})


def test_a_link_comes_by_mail_at_once_and_works_once(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    ask(client, "Ana@Example.test")
    assert mail.outbox[0].to == ["ana@example.test"]
    path = mailed_path()
    assert choose(client, path).url == "/accounts/login/"
    assert try_password(client, "ana@example.test", NEW).status_code == 302
    assert Client().get(path, follow=True).status_code == 410
    assert events(person)[::-1][:3] == ["link_mailed", "password_set", "lock_lifted"]


def test_the_token_leaves_the_address_line(client):
    make_person(email="ana@example.test", password=PASSWORD)
    ask(client, "ana@example.test")
    response = client.get(mailed_path())
    assert response.url.endswith("/choose/")


def test_the_page_does_not_tell_whether_an_address_is_known(client):
    make_person(email="ana@example.test", password=PASSWORD)
    make_person(email="bare@example.test")
    pages = [ask(client, f"{name}@example.test").content for name in ("ana", "bare", "nobody")]
    token = rb'name="csrfmiddlewaretoken" value="[^"]+"'
    assert len({re.sub(token, b"", page) for page in pages}) == 1
    assert [message.to for message in mail.outbox] == [["ana@example.test"]]


@pytest.mark.parametrize("email", ["ana@example.test", "nobody@example.test"])
def test_the_answer_takes_the_same_time(client, email):
    make_person(email="ana@example.test", password=PASSWORD)
    start = time.perf_counter()
    ask(client, email)
    assert time.perf_counter() - start >= 0.2


def test_a_link_expires(client):
    make_person(email="ana@example.test", password=PASSWORD)
    ask(client, "ana@example.test")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert client.get(mailed_path(), follow=True).status_code == 410


def test_signing_in_meanwhile_makes_a_link_worthless(client):
    make_person(email="ana@example.test", password=PASSWORD)
    ask(client, "ana@example.test")
    path = mailed_path()
    try_password(client, "ana@example.test")
    assert Client().get(path, follow=True).status_code == 410


def test_nobody_is_drowned_in_links(client):
    make_person(email="ana@example.test", password=PASSWORD)
    for _ in range(6):
        assert ask(client, "ana@example.test").status_code == 200
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    "path", ["x/y", "MQ/abc-def", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5/abc-def", "_w/abc-def"]
)
def test_a_broken_link_is_no_error_of_ours(client, path):
    assert client.get(f"/accounts/password/new/{path}/", follow=True).status_code == 410


def test_a_link_opens_a_locked_account_and_ends_every_session(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(person)
    for _ in range(6):
        try_password(client, "ana@example.test", "wrong")
    link = make_one_time_link(person=person, place=Place(), at=timezone.now(), by=None)
    choose(client, link.removeprefix("http://localhost:8000"))
    assert not Session.objects.filter(person=person).exists()
    assert try_password(client, "ana@example.test", NEW).status_code == 302
    assert elsewhere.get("/accounts/profile/").status_code == 302


def test_a_weak_password_is_refused_at_its_field(client):
    person = make_person(email="ana@example.test", name="Ana Example")
    link = make_one_time_link(person=person, place=Place(), at=timezone.now(), by=None)
    page = choose(client, link.removeprefix("http://localhost:8000"), "12345")
    assert page.status_code == 200
    assert "too short" in page.content.decode()
    assert not User.objects.get(pk=person.pk).has_usable_password()


def test_changing_the_password_ends_the_other_sessions_only(client):
    person = make_person(email="ana@example.test", password=PASSWORD)
    try_password(client, "ana@example.test")
    elsewhere = Client()
    elsewhere.force_login(person)
    fields = {"password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/", fields).url == "/accounts/profile/"
    assert Session.objects.filter(person=person).count() == 1
    assert client.get("/accounts/profile/").status_code == 200
    assert elsewhere.get("/accounts/profile/").status_code == 302
    assert "password_changed" in events(person)


def test_changing_the_password_tells_the_person_by_mail(client, django_capture_on_commit_callbacks):
    make_person(email="ana@example.test", password=PASSWORD)
    try_password(client, "ana@example.test")
    fields = {"password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/", fields)
    wait_for_mail()
    assert "Your password was changed." in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "not your password"),
        ({"new_password2": "something else entirely"}, "match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
    ],
)
def test_a_refused_change_changes_nothing(client, change, sentence):
    person = make_person(email="ana@example.test", password=PASSWORD)
    client.force_login(person)
    fields = {"password": PASSWORD, "new_password1": NEW, "new_password2": NEW, **change}
    response = client.post("/accounts/password/", fields)
    assert sentence in response.content.decode()
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_somebody_without_a_password_reads_why(client):
    client.force_login(make_person())
    assert "no password here" in client.get("/accounts/password/").content.decode()


def test_the_first_administrator_gets_a_link_that_works_once(client, capsys):
    call_command("create_administrator", "First@Example.test", name="First Person")
    path = capsys.readouterr().out.split("http://localhost:8000")[1].strip()
    person = User.objects.get(email="first@example.test")
    assert (person.name, person.may(Permission.ADMINISTER)) == ("First Person", True)
    choose(client, path)
    assert try_password(client, "first@example.test", NEW).status_code == 302
    assert SignInEvent.objects.filter(kind="link_made", person=person, by=None).count() == 1


def test_the_command_again_gives_a_new_link_and_no_second_role(capsys):
    call_command("create_administrator", "first@example.test")
    call_command("create_administrator", "FIRST@example.test")
    person = User.objects.get()
    assert person.role_assignments.count() == 1
    assert capsys.readouterr().out.count("/accounts/password/new/") == 2


def test_the_command_refuses_what_is_no_address_and_who_has_left():
    with pytest.raises(CommandError, match="valid email"):
        call_command("create_administrator", "first")
    left = make_person(email="left@example.test")
    User.objects.filter(pk=left.pk).update(is_active=False)
    with pytest.raises(CommandError, match="has left"):
        call_command("create_administrator", "left@example.test")
    assert not left.role_assignments.filter(role=Role.ADMINISTRATOR).exists()
