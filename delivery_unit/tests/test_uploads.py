"""What comes in as a file: how much of it, and that nothing goes out without a check."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import make_person


@pytest.mark.django_db
def test_what_is_larger_than_any_file_is_refused_with_words(client, settings):
    settings.IMPORT_MAX_BYTES = 1_000_000
    client.force_login(make_person(Role.ANALYST))
    large = SimpleUploadedFile("large.csv", bytes(4_000_000), content_type="text/csv")
    answer = client.post("/data/", {"file": large})
    assert answer.status_code == 413
    assert "more than 1 MB. Nothing of it was kept." in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("announced", ["x", "-1", ""])
def test_a_length_that_is_no_number_is_no_fault_of_ours(announced):
    answer = Client(raise_request_exception=False).get("/accounts/login/", CONTENT_LENGTH=announced)
    assert answer.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST, None])
def test_no_address_leads_to_the_files_of_the_system(client, settings, tmp_path, role):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "proof.txt").write_text("for some eyes only")
    if role:
        client.force_login(make_person(role))
    for path in (
        "/media/proof.txt",
        "/proof.txt",
        "/static/../media/proof.txt",
        "/static/proof.txt",
    ):
        answer = client.get(path)
        assert answer.status_code in {302, 404}, path
        assert b"for some eyes only" not in answer.content


def test_files_do_not_lie_where_the_web_server_looks():
    assert settings.STATIC_ROOT not in {settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents}
    assert not settings.MEDIA_URL.strip("/")
