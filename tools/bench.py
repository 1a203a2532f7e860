"""The product's own benchmark: `make bench`. A command, not a test: it prints a table.

On throw-away servers it loads the synthetic system `state`, starts the web server with two workers
as production does, and asks for each page warm, one request after another. `make bench ARGS=sqlite`
does the same on SQLite; `ARGS='--requests 20'` asks less often.
"""

import argparse
import gzip
import http.client
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from tools import servers
from tools.installation import PASSWORD, Installation

WARM_UP = 5
WORKERS = 2
SIZES = (400, 100, 40, 10)
PAGES = (  # of the whole system
    ("leader", "/overview.csv"),
    ("board", "/overview/"),
    ("leader", "/goals/"),
    ("leader", "/goals/G001/"),
    ("leader", "/goals/G001/indicators/m0001/"),
    ("consultant1", "/"),
    ("leader", "/stocktakes/"),
    ("analyst", "/data/"),
)


def say(words=""):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


@dataclass
class Row:
    """What one page cost."""

    name: str
    status: int
    times: list[float]  # milliseconds
    queries: int
    size: int
    packed: int

    @property
    def median(self):
        return statistics.median(self.times)

    @property
    def p95(self):
        return statistics.quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.times[0]

    def __str__(self):
        kilobytes = f"{self.size / 1000:8.0f} {self.packed / 1000:8.0f}"
        return (
            f"{self.name:<34} {self.status} {self.median:9.1f} {self.p95:9.1f} "
            f"{self.queries:8} {kilobytes}"
        )


HEAD = f"{'page':<34} {'':3} {'median ms':>9} {'p95 ms':>9} {'queries':>8} {'kB':>8} {'kB gzip':>8}"


class Browser:
    """One signed-in client on one kept connection."""

    def __init__(self, port, short):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies = {}
        page = self.get("/accounts/login/")[1].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
        fields = {
            "csrfmiddlewaretoken": token,
            "username": f"{short}@state.example",
            "password": PASSWORD,
        }
        self._ask("POST", "/accounts/login/", urllib.parse.urlencode(fields))
        if "sessionid" not in self.cookies:
            raise SystemExit(f"{short} could not sign in.")

    def get(self, path):
        return self._ask("GET", path)

    def _ask(self, method, path, body=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, answer.read()


def show(installation, number):
    """Leaves so many goals open; the closed ones stay with all their years."""
    installation.ask(
        "from goals.models import Goal\n"
        "n = int(sys.argv[1])\n"
        "Goal.objects.filter(rank__lte=n).update(state='active')\n"
        "Goal.objects.filter(rank__gt=n).update(state='closed')",
        str(number),
    )


def queries(installation, short, path):
    return installation.ask(
        "from django.db import connection\n"
        "from django.test import Client\n"
        "from django.test.utils import CaptureQueriesContext\n"
        "from accounts.models import User\n"
        "client = Client(SERVER_NAME='127.0.0.1')\n"
        "client.force_login(User.objects.get(email=sys.argv[1] + '@state.example'))\n"
        "client.get(sys.argv[2])\n"
        "from django.core.signals import request_started\n"
        "from django.db import reset_queries\n"
        "request_started.disconnect(reset_queries)\n"
        "with CaptureQueriesContext(connection) as seen:\n"
        "    client.get(sys.argv[2])\n"
        "print(json.dumps(len(seen)))",
        short,
        path,
    )


def measure(installation, short, path, requests, name=""):
    browser, times = Browser(installation.port, short), []
    for _again in range(WARM_UP * WORKERS):
        browser.get(path)
    for _again in range(requests):
        start = time.perf_counter()
        status, body = browser.get(path)
        times.append((time.perf_counter() - start) * 1000)
    row = Row(
        name or f"{path} ({short})",
        status,
        times,
        queries(installation, short, path),
        len(body),
        len(gzip.compress(body, 6)),
    )
    say(str(row))
    return row


def memory(server):
    """The proportional memory of each web worker, in megabytes."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    found = []
    for pid in children:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        found.append(int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1)) / 1024)
    return found


def machine():
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    name = model.group(1).strip() if model else platform.processor()
    return f"{os.cpu_count()} cores, {name}, load {os.getloadavg()[0]:.1f}"


def run(installation, name, requests):
    installation.manage("migrate", "--no-input", "--verbosity", "0")
    seconds = installation.manage("seed_demo", "--profile", "state")
    installation.manage("collectstatic", "--no-input", "--verbosity", "0")
    say(f"\n{name}; `state` loaded in {seconds:.0f} s; {machine()}")
    say(f"{WORKERS} web workers, one client, {WARM_UP} warm-up each, {requests} requests\n\n{HEAD}")
    with installation.running(WORKERS) as server:
        rows = {}
        for size in SIZES:
            show(installation, size)
            title = f"/overview/ of {size} goals"
            rows[size] = measure(installation, "leader", "/overview/", requests, title)
        show(installation, max(SIZES))
        for short, path in PAGES:
            measure(installation, short, path, requests)
        used = ", ".join(f"{each:.0f}" for each in memory(server))
    growth = rows[400].median / rows[40].median
    say(f"\nfrom 40 to 400 goals the overview takes {growth:.1f} times as long")
    say(f"memory of the web workers: {used} MB")


def main(arguments):
    parser = argparse.ArgumentParser(prog="make bench ARGS=...")
    parser.add_argument(
        "database", nargs="?", default="both", choices=["postgresql", "sqlite", "both"]
    )
    parser.add_argument("--requests", type=int, default=50)
    asked = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="delivery-unit-bench-"))
    scratch.chmod(0o755)
    try:
        if asked.database != "sqlite":
            with servers.postgresql(scratch) as (name, url):
                run(Installation(scratch, url), name, asked.requests)
        if asked.database != "postgresql":
            run(
                Installation(scratch, f"sqlite:///{scratch}/bench.sqlite3"),
                "SQLite",
                asked.requests,
            )
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
