"""Fixtures with real machinery: Chromium on a live server, a Celery worker in its own process."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from delivery_unit.celery import app as celery_app
from delivery_unit.serve import ROOT, web_command, worker_command
from stocktakes.pdf import is_available
from tools import machine

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """The path of a Chromium: $CHROMIUM, else the first that the machine has."""
    names = [os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def do_without(what):
    """A test cannot have what it needs: a skip with a reason, in CI a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must run every test", pytrace=False)
    pytest.skip(f"{what} is missing")


@pytest.fixture
def pdf_engine():
    """What draws PDF files, with the libraries that it needs from the machine."""
    if not is_available():
        do_without("The library pango")


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run; every test gets a fresh profile of it through `page`."""
    executable = find_chromium() or do_without("Chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, few tests need it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_complaints():
    """What went wrong in the browser. A test that expects a complaint takes it off the list."""
    return []


@pytest.fixture
def page(chromium, live_server, transactional_db, browser_complaints):
    """A page of a real browser on a live server; paths are enough: `page.goto("/overview/")`.

    Fails the test afterwards for any console error (violations of the content security policy
    are such), uncaught script error, answer from 400 up, or request to another host.
    """
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    new_page = context.new_page()
    listen(new_page, urlsplit(live_server.url).netloc, browser_complaints)
    yield new_page
    context.close()
    assert browser_complaints == []


def listen(page, host, complaints):
    """Whatever goes wrong on this page is added to `complaints`."""

    def console(message):
        if message.type == "error":
            complaints.append(f"console: {message.text}")

    def request(request):
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            complaints.append(f"request to another host: {request.url}")

    def response(response):
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.request.method} {response.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", request)
    page.on("response", response)


@pytest.fixture
def sign_in(live_server):
    """`sign_in(page, user)`: the session of that person, without filling in the form."""

    def sign_in(page, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])

    return sign_in


@pytest.fixture(scope="session")
def serve_web(tmp_path_factory):
    """`with serve_web("seed_demo", SITE_URL=...) as port`: the product as production has it.

    On a database of its own, prepared by these commands, and with hashed and compressed files.
    """
    shared = tmp_path_factory.mktemp("collected")

    @contextmanager
    def serve(*commands, **variables):
        data_dir = tmp_path_factory.mktemp("served")
        (data_dir / "static").symlink_to(shared, target_is_directory=True)
        port = machine.free_port()
        environment = {**os.environ, **_environment_of(data_dir), **variables}
        collect = [] if any(shared.iterdir()) else ["collectstatic"]  # compressing takes long
        for command in ("migrate", *collect, *commands):
            prepare = [sys.executable, "manage.py", command, "--verbosity=0"]
            subprocess.run(prepare, cwd=ROOT, env=environment, check=True)
        command = web_command(host="127.0.0.1", port=port, workers=1)
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            machine.wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)

    return serve


def _environment_of(data_dir):
    return {
        "DATABASE_URL": f"sqlite:///{data_dir}/db.sqlite3",
        "DATA_DIR": str(data_dir),
        "DEBUG": "0",
        "SECRET_KEY": "of a server that lives for seconds",
        "SITE_URL": "http://localhost",
        "LOG_LEVEL": "ERROR",
    }


class WorkerProcess:
    """A real Celery worker on the test database and the test broker."""

    def __init__(self, log, *, pool="threads", concurrency=2):
        self.log = Path(log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                worker_command(pool=pool, concurrency=concurrency),
                env={**os.environ, "DATABASE_URL": database_url()},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds=60):
        self.wait_for_log("ready.", seconds)
        return self

    def wait_for_log(self, words, seconds=60):
        deadline = time.monotonic() + seconds
        while words not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the worker never said {words!r}:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self):
        """As if the machine lost power: no warning, no farewell."""
        self._signal(signal.SIGKILL)

    def kill_children(self):
        """Only the processes that do the work, as when memory runs out. Linux."""
        pid = self.process.pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)

    def stop(self):
        """As a supervisor stops it: what is in hand is finished."""
        self._signal(signal.SIGTERM)

    def _signal(self, number):
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


def database_url():
    """Where the current test database is, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    server = urlsplit(os.environ["DATABASE_URL"])
    return server._replace(path=f"/{database['NAME']}").geturl()


@pytest.fixture
def celery_worker_process(transactional_db, tmp_path):
    """Starts workers: `worker = celery_worker_process()`; also `pool="prefork"`, `concurrency=1`.

    All workers are gone after the test, and so is what was left in the queue.
    """
    workers = []

    def start(**options):
        worker = WorkerProcess(tmp_path / f"worker-{len(workers)}.log", **options)
        workers.append(worker)
        return worker.wait_until_ready()

    celery_app.control.purge()
    yield start
    for worker in workers:
        worker.stop()
    celery_app.control.purge()
