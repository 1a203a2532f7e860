"""The status page and the mail page: what they show, whom, and what their buttons do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_org_unit, make_person
from delivery_unit.version import VERSION
from stocktakes.models import BackupRecord, Digest, Intervention, Job, MailRecord, RoutineRun
from stocktakes.tests.factories import make_job

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 21, 12, tzinfo=UTC)
PAGES = ("/settings/status/", "/settings/status/report.txt", "/settings/mail/")
BUTTONS = (
    "/settings/status/jobs/{job}/again/",
    "/settings/mail/digests/{digest}/arrived/",
    "/settings/mail/digests/{digest}/again/",
    "/settings/mail/test/",
    "/settings/mail/stop/",
    "/settings/mail/start/",
)


@pytest.fixture
def admin(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    System.objects.create(name="Everly", time_zone="UTC")
    person = make_person(Role.ADMINISTRATOR, name="Joan Admin", email="joan@everly.example")
    client.force_login(person)
    return person


@pytest.fixture
def well(admin):
    """Everything as it should be."""
    heard(NOW - timedelta(minutes=2))
    make_backup_record()
    return admin


def heard(at):
    RoutineRun.objects.create(routine="tick", on=at.date(), finished_at=at)


def make_backup_record(at=NOW - timedelta(hours=10), **fields):
    return BackupRecord.objects.create(
        name=f"{at:%Y-%m-%d}", place="/backups", started_at=at, finished_at=at,
        **{"size": 431_000_000, **fields},
    )  # fmt: skip


def make_digest(state="uncertain", **fields):
    person = make_person(Role.GOAL_LEADER, name="Beth Kowalczyk", email="beth@everly.example")
    return Digest.objects.create(
        person=person, on=date(2026, 7, 21), counted_on=date(2026, 7, 21), subject="Two things", body="A secret text",
        state=state, message_id="<d-1@everly.example>", written_at=NOW, claimed_at=NOW, **fields,
    )  # fmt: skip


def page(client, path="/settings/status/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def title(client):
    return client.get("/settings/status/").context["status"].title


@pytest.mark.parametrize("role", [each for each in Role if each != Role.ADMINISTRATOR])
def test_nobody_else_runs_the_system(client, role, time_machine):
    unit = make_org_unit() if role == Role.LOCAL_LEADER else None
    client.force_login(make_person(role, org_unit=unit))
    numbers = {"job": make_job("failed").pk, "digest": make_digest().pk}
    for path in PAGES:
        assert client.get(path).status_code == 403, path
    for path in BUTTONS:
        assert client.post(path.format(**numbers)).status_code == 403, path
    assert not Intervention.objects.exists()
    assert (Job.objects.get().state, Digest.objects.get().state) == ("failed", "uncertain")


def test_strangers_are_asked_to_sign_in(client):
    for path in PAGES:
        assert client.get(path).status_code == 302, path


def test_buttons_are_pressed_and_pages_are_read(client, admin):
    for path in BUTTONS:
        assert client.get(path.format(job=1, digest=1)).status_code == 405, path
    for path in PAGES:
        assert client.post(path).status_code == 405, path


def test_when_all_is_well_it_says_so(client, well):
    assert title(client) == "Everything runs."
    shown = page(client)
    assert "8 of 8 well" in shown
    assert f"version {VERSION}" in shown


def test_a_worker_that_is_silent_leads_the_title_and_warns_on_every_page(
    client, admin, monkeypatch
):
    monkeypatch.setattr("delivery_unit.status._worker_answers", lambda: False)
    heard(NOW - timedelta(minutes=16))
    make_backup_record()
    assert title(client).startswith("The worker has been silent since 21 Jul 2026, 11:44.")
    assert "has been silent since 21 Jul 2026, 11:44" in page(client, "/goals/")


def test_a_timetable_that_is_silent_is_told_from_a_worker(client, admin, monkeypatch):
    monkeypatch.setattr("delivery_unit.status._worker_answers", lambda: True)
    heard(NOW - timedelta(minutes=16))
    assert title(client).startswith("The timetable has been silent since")


def test_the_admin_warns_too(client, admin):
    heard(NOW - timedelta(minutes=16))
    assert "has been silent since 21 Jul 2026, 11:44" in page(client, "/admin/")


@pytest.mark.parametrize(("minutes", "is_warned"), [(15, False), (16, True)])
def test_the_banner_comes_after_fifteen_minutes(client, admin, minutes, is_warned):
    heard(NOW - timedelta(minutes=minutes))
    assert ("background worker has been silent" in page(client, "/goals/")) is is_warned


@pytest.mark.parametrize(("role", "queries"), [(Role.CONSULTANT, 0), (Role.ADMINISTRATOR, 1)])
def test_the_banner_costs_one_query_of_administrators_alone(client, time_machine, role, queries):
    time_machine.move_to(NOW, tick=False)
    client.force_login(make_person(role))
    with CaptureQueriesContext(connection) as asked:
        shown = page(client, "/goals/")
    assert sum("routinerun" in each["sql"] for each in asked) == queries
    assert ("background worker" in shown, VERSION in shown) == (bool(queries), bool(queries))


def test_an_uncertain_mail_waits_for_a_decision(client, well):
    digest = make_digest(error="The worker stopped while sending.")
    assert title(client) == ("Everything runs; one mail is uncertain and waits for your decision.")
    shown = page(client)
    assert "Digest to Beth Kowalczyk" in shown
    assert "A secret text" not in shown
    client.post(reverse("mail_arrived", args=[digest.pk]))
    digest.refresh_from_db()
    assert digest.state == "sent"
    answer = client.post(reverse("mail_again", args=[digest.pk]), follow=True)
    assert "settled in the meantime" in answer.content.decode()


def test_send_it_again_asks_for_it(client, well):
    digest = make_digest()
    client.post(reverse("mail_again", args=[digest.pk]))
    digest.refresh_from_db()
    assert digest.state == "written"
    assert Job.objects.get().kind == "send_digests"


def test_a_failed_job_is_shown_with_its_error_and_tried_again(client, well):
    job = make_job("failed", kind="draw_pack", key="7", error="OSError: no room", attempts=5)
    assert "OSError: no room" in page(client)
    client.post(reverse("job_again", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "waiting"
    assert Intervention.objects.get().by == well


def test_the_last_routines_say_what_they_did_and_how_long(client, well):
    make_job(
        "done", kind="send_digests", key="2026-07-21", started_at=NOW - timedelta(seconds=12),
        finished_at=NOW, result={"sent": 37, "uncertain": 1},
    )  # fmt: skip
    shown = page(client)
    assert "37 sent, 1 uncertain" in shown
    assert "12 s" in shown


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (None, "Everything runs; no backup has been made yet."),
        ({"at": NOW - timedelta(days=3)}, "Everything runs; the last backup is of 18 Jul."),
        ({"error": "No room."}, "The last backup did not succeed."),
    ],
)
def test_backups_are_asked_for(client, admin, record, words):
    heard(NOW)
    if record is not None:
        make_backup_record(**record)
    assert title(client) == words


def test_a_broker_that_is_away_is_told(client, well, monkeypatch):
    monkeypatch.setattr("delivery_unit.health.broker_answers", lambda: False)
    assert title(client).startswith("The broker does not answer; jobs wait")


def test_a_disk_that_fills_up_is_told(client, well, monkeypatch):
    from collections import namedtuple  # noqa: PLC0415

    usage = namedtuple("usage", "total used free")(100, 81, 19)  # noqa: PYI024
    monkeypatch.setattr("shutil.disk_usage", lambda _place: usage)
    assert title(client) == "Everything runs; a disk is full to 81 percent."


def test_the_report_tells_no_secret_and_nobody(client, well, settings):
    settings.EMAIL_HOST_PASSWORD = "hunter2"
    make_digest(error="550 beth@everly.example unknown")
    make_job("failed", kind="draw_pack", error="ValueError: Beth Kowalczyk has no goal")
    answer = client.get("/settings/status/report.txt")
    told = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert f"Delivery Unit {VERSION}" in told
    assert "failed: draw_pack, 0 attempts, ValueError" in told
    assert "stocktakes 0001_initial" in told
    for hidden in ("Beth", "Kowalczyk", "Joan", "@", "hunter2", "everly", settings.SECRET_KEY):
        assert hidden not in told, hidden


def test_the_status_page_needs_a_fixed_number_of_queries(
    client, well, django_assert_max_num_queries
):
    for number in range(5):
        make_job("failed", key=f"failed-{number}")
        make_job("waiting", key=f"waiting-{number}")
    with django_assert_max_num_queries(30):
        page(client)


# --- mail -----------------------------------------------------------------------------------------


def test_mail_settings_are_shown_without_the_password(client, admin, settings):
    settings.EMAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.everly.example", 587
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "unit", "hunter2"
    settings.EMAIL_USE_TLS = True
    shown = page(client, "/settings/mail/")
    assert "smtp.everly.example:587" in shown
    assert "STARTTLS" in shown
    assert "set, not shown" in shown
    assert "hunter2" not in shown


def test_the_log_tells_who_got_what_when_and_never_the_text(client, admin):
    make_digest("sent", sent_at=NOW)
    MailRecord.objects.create(
        at=NOW - timedelta(hours=1), recipient="new@everly.example", kind="invitation",
        subject="Your way in", state="failed", error="550 unknown",
    )  # fmt: skip
    shown = page(client, "/settings/mail/")
    for words in ("Beth Kowalczyk", "Two things", "new@everly.example", "invitation", "550"):
        assert words in shown
    assert "A secret text" not in shown
    assert shown.index("Two things") < shown.index("Your way in")


@pytest.mark.parametrize("count", [1, 3])
def test_the_log_needs_few_queries(client, admin, count, django_assert_max_num_queries):
    for number in range(count):
        MailRecord.objects.create(
            at=NOW, recipient=f"{number}@everly.example", kind="test", subject="A", state="sent"
        )
    with django_assert_max_num_queries(10):
        page(client, "/settings/mail/")


def test_outgoing_mail_is_stopped_and_started(client, well):
    make_digest("written")
    client.post("/settings/mail/stop/")
    shown = page(client, "/settings/mail/")
    assert "Outgoing mail is stopped since" in shown
    assert "Stopped by Joan Admin" in shown
    assert "One mail waits." in shown
    assert title(client) == "Everything runs; outgoing mail is stopped."
    answer = client.post("/settings/mail/start/", follow=True)
    assert "1 mail that waited is sent now" in answer.content.decode()
    assert Intervention.objects.mail_stop() is None
