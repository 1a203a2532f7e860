"""What every test stands on: an environment of its own, the usual settings, the servers' fixtures.

Nothing of the machine's own configuration reaches a test: DATABASE_URL and REDIS_URL, which name
real systems, are replaced. `make test` names throw-away servers in TEST_DATABASE_URL and
TEST_REDIS_URL; without them a test runs on SQLite and the transport of files, as the demo does.
"""

import atexit
import os
import shutil
import tempfile
import uuid
from pathlib import Path

import django
import hypothesis
import pytest

SCRATCH = Path(tempfile.mkdtemp(prefix="delivery-unit-tests-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
(SCRATCH / "static").mkdir()

os.environ.update(
    DJANGO_SETTINGS_MODULE="delivery_unit.settings",
    SECRET_KEY="only-for-tests-" + uuid.uuid4().hex * 2,
    DEBUG="0",
    DEMO="0",
    SITE_URL="http://localhost:8000",
    ALLOWED_HOSTS="localhost",
    BEHIND_PROXY="0",
    OIDC_ISSUER="",
    DATA_DIR=str(SCRATCH),
    DATABASE_URL=os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{SCRATCH / 'main.sqlite3'}",
    REDIS_URL=os.environ.get("TEST_REDIS_URL", ""),
    EMAIL_URL=f"filemail://{SCRATCH / 'mail'}",
    LOG_LEVEL="INFO",
    # Playwright keeps an event loop in the main thread; Django would refuse queries beside it.
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
)

# The same made-up cases every day, and no fault in being slow: a busy machine is not a wrong answer.
# HYPOTHESIS_PROFILE=default tries new ones.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

pytest_plugins = ["delivery_unit.tests.live", "accounts.tests.provider"]


def pytest_addoption(parser):
    parser.addoption(
        "--leave-out",
        action="append",
        default=[],
        metavar="MARKER",
        help="deselect the tests with this marker (see pytest.ini)",
    )
    parser.addoption(
        "--only",
        action="append",
        default=[],
        metavar="MARKER",
        help="deselect the tests without this marker, or one of these",
    )


def pytest_configure():
    """The same settings file as in production, less what would only make tests slow."""
    from django.conf import settings  # noqa: PLC0415 - reads the environment made above

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    django.setup()


MARKED_BY_FIXTURE = {"page": "browser", "pdf_engine": "pdf", "celery_worker_process": "worker"}


def pytest_collection_modifyitems(config, items):
    left_out, only = set(config.getoption("--leave-out")), set(config.getoption("--only"))
    away = []
    for item in items:
        for fixture in MARKED_BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKED_BY_FIXTURE[fixture])
        names = {mark.name for mark in item.iter_markers()}
        if {"on_sqlite", "browser"} <= names:
            raise pytest.UsageError(f"{item.nodeid} would run in no pass of make test")
        if left_out & names or (only and not only & names):
            away.append(item)
    if away:
        config.hook.pytest_deselected(items=away)
        items[:] = [item for item in items if item not in away]


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """A name that nobody else can have, and a file that a worker process can open, too."""
    from django.conf import settings  # noqa: PLC0415

    database = settings.DATABASES["default"]
    name = f"delivery_unit_test_{uuid.uuid4().hex[:12]}"
    if database["ENGINE"].endswith("sqlite3"):
        name = str(SCRATCH / f"{name}.sqlite3")
    database.setdefault("TEST", {})["NAME"] = name
