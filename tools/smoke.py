"""Runs `make demo` as a stranger would, and looks whether it holds what the README promises.

On a data folder and a port of its own: it comes up in time, everybody signs in, it runs once only,
Ctrl-C leaves nothing behind, the second start loses and doubles nothing, and a process that dies
takes the rest with it.
"""

import http.cookiejar
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

from delivery_unit.demo.everly_people import PEOPLE
from delivery_unit.demo.shapes import PASSWORD
from tools import machine

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_ANSWER = 240
SECONDS_TO_STOP = 40
# What may grow by itself between two starts.
LIVING_TABLES = {"django_session", "sqlite_sequence", "sqlite_stat1"}


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def expect(what, *, holds):
    if not holds:
        raise SystemExit(f"FAILED  {what}")
    say(f"ok      {what}")


def interruptible():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Demo:
    """One `make demo` and what belongs to it."""

    def __init__(self, data_dir):
        self.port = machine.free_port()
        self.data_dir = data_dir
        self.log = data_dir.parent / f"demo-{self.port}.log"
        environment = {**os.environ, "PORT": str(self.port), "DATA_DIR": str(data_dir)}
        for name in ("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY", "EMAIL_URL"):
            environment.pop(name, None)
        with self.log.open("wb") as log:
            self.make = subprocess.Popen(
                ["make", "demo"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=interruptible,  # noqa: PLW1509 - no threads here
            )

    def open(self, path, opener=None, data=None):
        address = f"http://localhost:{self.port}{path}"
        opener = opener or urllib.request.build_opener()
        body = urllib.parse.urlencode(data).encode() if data else None
        with opener.open(address, body, timeout=30) as answer:
            return answer.read().decode()

    def wait_until_healthy(self):
        start = time.monotonic()
        while time.monotonic() - start < SECONDS_TO_ANSWER and self.make.poll() is None:
            try:
                if self.open("/healthz") == "ok":
                    break
            except OSError:
                time.sleep(0.3)
        seconds = time.monotonic() - start
        healthy = self.make.poll() is None and seconds < SECONDS_TO_ANSWER
        expect(f"/healthz answers after {seconds:.0f} s", holds=healthy)

    def wait_for_words(self, words):
        deadline = time.monotonic() + SECONDS_TO_STOP
        while words not in self.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        expect(f"it says {words!r}", holds=words in self.log.read_text())

    def wait_for_end(self):
        try:
            return self.make.wait(timeout=SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            raise SystemExit("FAILED  it does not stop") from None

    def processes(self):
        """Process ids and command lines of everything that was started on this data folder."""
        return processes_on(self.data_dir)

    def process(self, words):
        return min(pid for pid, command in self.processes().items() if words in command)

    def row_counts(self):
        database = self.data_dir / "delivery_unit.sqlite3"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
                for (name,) in names.fetchall()
                if name not in LIVING_TABLES
            }


def processes_on(data_dir):
    mark, found = f"DATA_DIR={data_dir}".encode(), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has ended meanwhile
        if mark in environment and command:
            found[int(folder.name)] = command
    return found


def sign_in(demo, email):
    """The page that somebody sees after signing in, as far as redirects lead."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = demo.open("/accounts/login/", opener)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form).group(1)
    fields = {"csrfmiddlewaretoken": token, "username": email, "password": PASSWORD}
    demo.open("/accounts/login/", opener, fields)
    signed_in = any(cookie.name == "sessionid" for cookie in jar)
    return demo.open("/", opener) if signed_in else ""


def look_around(demo):
    commands = " ".join(demo.processes().values())
    alive = "gunicorn" in commands and "celery" in commands and "--beat" in commands
    expect("web server, worker and timetable are alive", holds=alive)
    page = demo.open("/accounts/login/")
    files = sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))
    expect(f"the sign-in page and its {len(files)} files are there", holds=files)
    for path in files:
        demo.open(path)
    for person in PEOPLE:
        expect(f"{person.email} signs in", holds="</html>" in sign_in(demo, person.email))


def refuses_a_second_one(demo):
    second = Demo(demo.data_dir)
    expect("a second one on the same data is refused", holds=second.wait_for_end() != 0)
    second.wait_for_words("already runs")


def stops_on(demo, number, *, whole_group):
    (os.killpg if whole_group else os.kill)(demo.make.pid, number)
    demo.wait_for_end()
    time.sleep(0.5)
    left = demo.processes()
    expect(f"nothing is left after {signal.Signals(number).name}", holds=not left)


def walk(data_dir):
    demo = Demo(data_dir)
    demo.wait_until_healthy()
    look_around(demo)
    refuses_a_second_one(demo)
    stops_on(demo, signal.SIGINT, whole_group=True)
    before = demo.row_counts()

    demo = Demo(data_dir)
    demo.wait_until_healthy()
    stops_on(demo, signal.SIGTERM, whole_group=False)
    after = demo.row_counts()
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    expect(f"the second start lost and doubled nothing {changed or ''}", holds=not changed)

    demo = Demo(data_dir)
    demo.wait_until_healthy()
    demo.wait_for_words("Ctrl-C stops it")
    os.kill(demo.process("celery"), signal.SIGKILL)
    expect("a worker that dies ends the whole", holds=demo.wait_for_end() != 0)
    demo.wait_for_words("The background worker has stopped by itself")
    expect("nothing is left of it", holds=not demo.processes())


def main():
    folder = Path(tempfile.mkdtemp(prefix="delivery-unit-smoke-"))
    data_dir = folder / "var"
    data_dir.mkdir()
    try:
        walk(data_dir)
    except BaseException:
        for log in sorted(folder.glob("demo-*.log")):
            say(f"--- what {log.name} says at its end\n{log.read_text()[-4000:]}")
        raise
    finally:
        for pid in processes_on(data_dir):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    say("The demonstration holds what it promises.")


if __name__ == "__main__":
    sys.exit(main())
