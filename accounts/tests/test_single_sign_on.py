"""Single sign-on, against a real provider process."""

from itertools import count

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured

from accounts.models import SignInEvent, System, User
from accounts.roles import Role
from accounts.tests.factories import make_person
from accounts.tests.provider import read_settings
from accounts.tests.test_door import PASSWORD, try_password
from accounts.tests.test_second_factor import PAGE

pytestmark = pytest.mark.django_db
_numbers = count(1)


def subject():
    """Nobody else's: the provider lives longer than one test."""
    return f"subject-{next(_numbers)}"


def sign_on(client, provider, sub, next_url=""):
    """As a browser does it: over to the provider, sign in there, and back."""
    away = client.get("/accounts/sso/", {"next": next_url} if next_url else {})
    assert away.status_code == 302, away.content
    return client.get(provider.authorise(away.url, sub=sub))


def is_in(client):
    return client.get("/accounts/profile/").status_code == 200


def refusal():
    event = SignInEvent.objects.filter(kind="sso_refused").first()
    return event and event.detail


@pytest.fixture
def person(db):
    return make_person(Role.CONSULTANT, email="ana@example.test", password=PASSWORD)


def test_the_sign_in_page_offers_it_only_where_it_is_set_up(client, settings, sso_settings):
    assert "Continue with" not in client.get("/accounts/login/").content.decode()
    assert client.get("/accounts/sso/").status_code == 404
    assert client.get("/accounts/sso/callback/").status_code == 404
    sso_settings("http://localhost:1")
    assert "Continue with your Everly account" in client.get("/accounts/login/").content.decode()


def test_a_verified_address_on_record_signs_in(client, provider, person):
    sub = subject()
    provider.knows(sub, email="ANA@example.test", email_verified=True)
    assert sign_on(client, provider, sub).url == "/"
    assert is_in(client)
    assert SocialAccount.objects.get().user == person
    kinds = list(SignInEvent.objects.values_list("kind", flat=True))
    assert kinds == ["signed_in", "sso_linked"]
    assert SignInEvent.objects.first().detail == "socialaccount"
    assert not EmailAddress.objects.exists()
    assert User.objects.get(pk=person.pk).check_password(PASSWORD)


def test_next_is_followed_within_this_host_only(client, provider, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    assert sign_on(client, provider, sub, "/goals/").url == "/goals/"
    client.logout()
    assert sign_on(client, provider, sub, "https://evil.example/").url == "/"


def test_later_the_subject_counts_and_not_the_address(client, provider, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    sign_on(client, provider, sub)
    client.logout()
    provider.knows(sub, email="new-name@example.test", email_verified=False)
    sign_on(client, provider, sub)
    assert is_in(client)
    assert User.objects.get(pk=person.pk).email == "ana@example.test"


def test_somebody_unknown_is_told_so_and_not_created(client, provider):
    sub = subject()
    provider.knows(sub, email="stranger@example.test", email_verified=True)
    response = sign_on(client, provider, sub)
    assert response.status_code == 403
    assert "not on record here" in response.content.decode()
    assert not is_in(client)
    assert not User.objects.exists()
    assert refusal() == "unknown"


def test_a_first_sign_in_may_create_a_person_without_any_role(client, provider, settings):
    settings.OIDC_CREATE_PEOPLE = True
    sub = subject()
    provider.knows(sub, email="New@example.test", email_verified=True, name="New Person")
    sign_on(client, provider, sub)
    person = User.objects.get(email="new@example.test")
    assert (person.name, person.access.roles) == ("New Person", frozenset())
    assert not person.has_usable_password()
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("claims", [{"email_verified": False}, {}, {"email_verified": "false"}])
def test_an_address_that_is_not_verified_opens_nothing(client, provider, person, claims):
    sub = subject()
    provider.knows(sub, email=person.email, **claims)
    response = sign_on(client, provider, sub)
    assert response.status_code == 403
    assert "does not vouch" in response.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_unless_the_installation_trusts_the_provider(client, provider, person, settings):
    settings.OIDC_TRUST_EMAIL = True
    sub = subject()
    provider.knows(sub, email=person.email)
    sign_on(client, provider, sub)
    assert is_in(client)


@pytest.mark.parametrize("was_linked", [True, False])
def test_somebody_who_has_left_is_told_so(client, provider, person, was_linked):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    if was_linked:
        sign_on(client, provider, sub)
        client.logout()
    User.objects.filter(pk=person.pk).update(is_active=False)
    response = sign_on(client, provider, sub)
    assert response.status_code == 403
    assert "somebody who has left" in response.content.decode()
    assert not is_in(client)
    assert SocialAccount.objects.exists() is was_linked


def test_a_second_subject_with_the_same_address_is_refused_until_the_link_is_removed(
    client, provider, person
):
    first, second = subject(), subject()
    for sub in (first, second):
        provider.knows(sub, email=person.email, email_verified=True)
    sign_on(client, provider, first)
    client.logout()
    assert "different account" in sign_on(client, provider, second).content.decode()
    client.force_login(make_person(Role.ADMINISTRATOR))
    client.post(f"/accounts/people/{person.pk}/sign-in/unlink/")
    client.logout()
    sign_on(client, provider, second)
    assert is_in(client)


@pytest.mark.parametrize("query", ["state=wrong&code=x", "code=x", ""])
def test_an_answer_that_was_not_asked_for_is_refused(client, provider, person, query):
    response = client.get(f"/accounts/sso/callback/?{query}")
    assert response.status_code == 403
    assert "did not fit" in response.content.decode()


def test_the_answer_to_another_browser_is_worthless(client, provider, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    away = type(client)().get("/accounts/sso/")
    back = provider.authorise(away.url, sub=sub)
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_an_answer_counts_once(client, provider, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    back = provider.authorise(client.get("/accounts/sso/").url, sub=sub)
    client.get(back)
    client.logout()
    assert client.get(back).status_code == 403


def test_a_wrong_code_is_refused(client, provider, person):
    away = client.get("/accounts/sso/").url
    state = away.split("state=")[1].split("&")[0]
    response = client.get(f"/accounts/sso/callback/?state={state}&code=made-up")
    assert response.status_code == 403
    assert refusal() == "failed"


def test_breaking_off_at_the_provider_is_no_fault(client, provider):
    away = client.get("/accounts/sso/").url
    state = away.split("state=")[1].split("&")[0]
    response = client.get(f"/accounts/sso/callback/?state={state}&error=access_denied")
    assert "You broke off" in response.content.decode()


def test_a_provider_that_is_away_is_told_and_nothing_falls_over(client, sso_settings):
    sso_settings("http://localhost:9")
    response = client.get("/accounts/sso/")
    assert response.status_code == 503
    assert "could not be reached" in response.content.decode()
    assert refusal() == "away"


def test_a_provider_that_goes_away_in_between_is_told_too(client, provider, sso_settings, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    back = provider.authorise(client.get("/accounts/sso/").url, sub=sub)
    sso_settings("http://localhost:9")
    response = client.get(back)
    assert response.status_code == 503
    assert not is_in(client)


def test_a_second_factor_is_asked_for_behind_this_door_too(client, provider, person):
    System.objects.create(second_factor_roles=[Role.CONSULTANT])
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    sign_on(client, provider, sub)
    assert client.get("/goals/").url == PAGE


def test_mistakes_with_the_password_do_not_close_the_other_door(client, provider, person):
    sub = subject()
    provider.knows(sub, email=person.email, email_verified=True)
    for _ in range(6):
        try_password(client, person.email, "wrong")
    assert try_password(client, person.email).status_code == 429
    sign_on(client, provider, sub)
    assert is_in(client)


def test_an_issuer_without_tls_is_refused_at_the_start(sso_settings):
    with pytest.raises(ImproperlyConfigured, match="https"):
        sso_settings("http://login.example.org")


def test_variables_of_single_sign_on_are_read_and_checked(monkeypatch):
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.org/staff/")
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_ID"):
        read_settings()
    monkeypatch.setenv("OIDC_CLIENT_ID", "delivery-unit")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "a-secret")
    module = read_settings()
    app = module.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    assert (app["client_id"], app["secret"]) == ("delivery-unit", "a-secret")
    assert app["settings"]["server_url"] == "https://login.example.org/staff"
    assert (module.OIDC_LABEL, module.OIDC_CREATE_PEOPLE) == ("your work account", False)
