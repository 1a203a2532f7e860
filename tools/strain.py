"""Many people at once while servers come and go: `make strain`.

On throw-away servers it loads `state`, starts the web server, the worker and the timetable as
production does, and lets 50 people read and 5 write for five minutes. In between the database, the
broker and the worker are stopped and started again. A fault is: an answer that is neither right nor
the page that says that the database is away; that page while the database is there; a session that
is not known any more; a thing that was said to be saved and is not there, or is there twice; a job
that is not done in the end.
"""

import argparse
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from delivery_unit.serve import timetable_command, worker_command
from tools import servers
from tools.installation import PASSWORD, Installation

WORKERS = 2
READERS = (
    "leader",
    "board",
    "analyst",
    "delivery",
    "admin",
    "consultant1",
    "consultant2",
    "leader3",
)
PAGES = (
    "/", "/overview/", "/goals/", "/goals/{goal}/", "/goals/{goal}/indicators/{measure}/",
    "/stocktakes/", "/overview.csv",
)  # fmt: skip
SIGN_IN = "/accounts/login/"
AWAY = "The database does not answer at the moment."
THINK = (1.0, 3.0)  # seconds between two pages of one reader
PAUSE = 1.5  # seconds between two things that one writer does
GRACE = 5  # seconds after a start in which an answer that was begun before may still say so
SECONDS_TO_RECOVER = 60
LEASE = 90  # seconds after which the work of a worker that died is free again
SECONDS_TO_FINISH = LEASE + 2 * 300  # the tick comes every five minutes


def say(words=""):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


@dataclass
class Record:
    """What everybody saw. `away` are the times when the database was not there."""

    begun: float = field(default_factory=time.monotonic)
    statuses: Counter = field(default_factory=Counter)
    times: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    away: list = field(default_factory=list)
    saved: dict = field(default_factory=lambda: defaultdict(list))
    unsure: Counter = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, words):
        with self.lock:
            self.faults.append(f"{time.monotonic() - self.begun:6.1f} s  {words}")

    def note(self, who, path, answer, begun):
        """Whether the page was right; a page that says that the database is away is no fault then."""
        now = time.monotonic()
        with self.lock:
            self.statuses[answer.status_code] += 1
            self.times.append(now - begun)
        if SIGN_IN in answer.headers.get("Location", ""):
            self.fault(f"{who} was signed out on {path}")
            return False
        if answer.status_code < 400:
            return True
        told = answer.status_code == 503 and AWAY in answer.text
        if not told or not self.was_away(begun, now):
            self.fault(f"{answer.status_code} for {who} on {path}")
        return False

    def was_away(self, begun, ended):
        return any(first <= ended and begun <= last + GRACE for first, last in self.away)


class Person:
    """Somebody signed in; several may share one session, as the tabs of one browser do."""

    def __init__(self, installation, short, cookies=None):
        self.base, self.short = f"http://127.0.0.1:{installation.port}", short
        self.session = requests.Session()
        if cookies is not None:
            self.session.cookies.update(cookies)

    def sign_in(self):
        page = self.session.get(self.base + SIGN_IN)
        fields = {"username": f"{self.short}@state.example", "password": PASSWORD}
        self.session.post(self.base + SIGN_IN, {**fields, **hidden(page.text)})
        if "sessionid" not in self.session.cookies:
            raise SystemExit(f"{self.short} could not sign in.")
        return self

    def get(self, path, record):
        return self._ask(record, "GET", path)

    def post(self, path, fields, record, files=None):
        return self._ask(record, "POST", path, data=fields, files=files)

    def _ask(self, record, method, path, **what):
        begun = time.monotonic()
        try:
            answer = self.session.request(
                method, self.base + path, allow_redirects=False, timeout=60, **what
            )
        except requests.RequestException as error:
            record.fault(f"no answer for {self.short} on {path}: {error!r}")
            return None
        return answer if record.note(self.short, path, answer, begun) else None


def hidden(page):
    """The hidden fields of the page's forms: what a browser sends by itself."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        parts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if parts.get("type") == "hidden" and "name" in parts:
            found[parts["name"]] = parts.get("value", "")
    return found


# --- who writes what ------------------------------------------------------------------------------


def answers(person, number, record):
    """A goal leader answers a question; gives the words if they were said to be saved."""
    goal = (int(person.short.removeprefix("leader")) - 1) * 10 + number % 10 + 1
    path, words = f"/goals/G{goal:03}/answers/{number % 4 + 1}/", f"{person.short} says {number}."
    page = person.get(path, record)
    sent = page and person.post(path, {**hidden(page.text), "text": words}, record)
    return ("answers", words, bool(sent and sent.status_code == 302)) if page else None


def numbers(person, number, record):
    """An analyst brings a file, looks at the dry run, and confirms it."""
    page, source = person.get("/data/", record), f"file {number}"
    if page is None:
        return None
    measure, value = 900 + number % 500, 20 + number % 60
    head = "indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,"
    head += "numerator,denominator,status,published_on,source,note"
    row = f"m{measure:04},STATE,all,2009-{number % 12 + 1:02}-01,2009-{number % 12 + 1:02}-28,"
    row += f"{value}.{number % 10},,,final,2009-12-31,{source},Strain"
    file = {"file": ("strain.csv", f"{head}\n{row}\n", "text/csv")}
    sent = person.post("/data/", hidden(page.text), record, files=file)
    if sent is None or sent.status_code != 302:
        return None
    dry = person.get(sent.headers["Location"], record)
    if dry is None:
        return None
    fields = {**hidden(dry.text), "reason": "Strain", "accept_valid": "on"}
    done = person.post(f"{sent.headers['Location']}confirm/", fields, record)
    after = done and person.get(sent.headers["Location"], record)
    if after and "1 value entered." not in after.text:
        record.fault(f"{source} was not entered")
    return ("numbers", source, bool(after and "1 value entered." in after.text))


def people(person, number, record):
    """An administrator brings somebody in."""
    page, email = person.get("/unit/people/new/", record), f"new{number}@state.example"
    if page is None:
        return None
    fields = {"name": f"New {number}", "email": email, "fte_percent": "100"}
    fields["valid_from"] = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 86400))
    sent = person.post("/unit/people/new/", {**hidden(page.text), **fields}, record)
    return ("people", email, bool(sent and sent.status_code == 302))


def packs(person, number, record):
    """A consultant issues the pack of a meeting; the worker draws it."""
    meeting = number % 5 + 1
    path = f"/stocktakes/{meeting}/pack/issue/"
    page = person.get(path, record)
    if page is None:
        return None
    fields = hidden(page.text)
    name = f"meeting {meeting}, version {int(fields['after']) + 1}"
    sent = person.post(path, {**fields, "change_note": "Strain."}, record)
    return ("packs", name, bool(sent and sent.status_code == 302))


WRITERS = (
    ("leader1", answers), ("leader2", answers), ("analyst", numbers), ("admin", people),
    ("consultant1", packs),
)  # fmt: skip
# What is there of each kind, by what it was called; asked inside the product.
FOUND = """
from goals.models import Answer, Observation
from accounts.models import User
from stocktakes.models import Job, Pack
print(json.dumps({
    "answers": list(Answer.objects.filter(text__contains=" says ").values_list("text", flat=True)),
    "numbers": list(Observation.objects.filter(note="Strain").values_list("source", flat=True)),
    "people": list(User.objects.filter(email__startswith="new").values_list("email", flat=True)),
    "packs": [f"meeting {row.stocktake_id}, version {row.version}"
              for row in Pack.objects.only("stocktake_id", "version")],
    "waiting": [str(row) for row in Job.objects.exclude(state="done")],
}))
"""


# --- the time in between --------------------------------------------------------------------------


def read(person, record, over, chance):
    while not over.wait(chance.uniform(*THINK)):
        number = chance.randrange(1, 401)
        page = chance.choice(PAGES).format(goal=f"G{number:03}", measure=f"m{number:04}")
        if person.short == "board" and "G" in page:
            page = "/overview/"
        person.get(page, record)


def write(person, deed, record, over):
    number = 0
    while not over.wait(PAUSE):
        number += 1
        done = deed(person, number, record)
        if done is None:
            continue
        kind, name, is_saved = done
        with record.lock:
            if is_saved:
                record.saved[kind].append(name)
            else:
                record.unsure[kind] += 1


class Background:
    """The worker and the timetable."""

    def __init__(self, installation):
        self.installation, self.processes = installation, []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        for command in (worker_command(), timetable_command()):
            self.processes.append(self.installation.start(command))

    def stop(self, sign=signal.SIGTERM):
        for process in self.processes:
            process.send_signal(sign)
        for process in self.processes:
            process.wait(timeout=60)
        self.processes = []


def come_and_go(minutes, database, broker, background, record, probe):
    """Stops and starts each in turn; between two of them the system is left to itself."""
    share = minutes * 60 / 6
    for name, stop, start, seconds in (
        ("database", database.stop, database.start, 10),
        ("broker", broker.stop, broker.start, 15),
        ("worker", background.stop, background.start, 15),
        ("worker, killed", lambda: background.stop(signal.SIGKILL), background.start, 5),
        ("database, once more", database.stop, database.start, 5),
    ):
        time.sleep(max(1, share - seconds))
        say(f"{time.monotonic() - record.begun:6.0f} s  {name}: stopped for {seconds} s")
        if "database" in name:
            record.away.append((time.monotonic(), float("inf")))
        stop()
        time.sleep(seconds)
        start()
        if "database" in name:
            record.away[-1] = (record.away[-1][0], time.monotonic())
        took = recovery(probe)
        if took is None:
            record.fault(f"no page {SECONDS_TO_RECOVER} s after the {name} was there again")
        else:
            say(f"{time.monotonic() - record.begun:6.0f} s  right answers after {took:.1f} s")
    time.sleep(share)


def recovery(person):
    begun, quiet = time.monotonic(), Record(away=[(0, float("inf"))])
    while time.monotonic() - begun < SECONDS_TO_RECOVER:
        if person.get("/overview/", quiet) is not None:
            return time.monotonic() - begun
        time.sleep(0.2)
    return None


def look_back(installation, record):
    """What is there in the end, once the worker had time to finish."""
    deadline = time.monotonic() + SECONDS_TO_FINISH
    while True:
        found = installation.ask(FOUND)
        if not found["waiting"] or time.monotonic() > deadline:
            break
        time.sleep(3)
    for job in found.pop("waiting"):
        record.fault(f"a job was not done: {job}")
    for kind, names in found.items():
        compare(kind, record.saved[kind], Counter(names), record)
        say(f"{kind:<10} interrupted {record.unsure[kind]:3}")


def compare(kind, saved, there, record):
    say(f"{kind:<10} said to be saved {len(saved):5}, there {there.total():5}")
    for name in saved:
        if not there[name]:
            record.fault(f"lost: {kind}, {name}")
    for name, times in there.items():
        if times > 1:
            record.fault(f"{times} times: {kind}, {name}")


def run(scratch, minutes, readers, seed):
    database, url = servers.own_postgresql(scratch)
    broker, redis_url = servers.own_redis(scratch)
    installation, record = Installation(scratch, url, redis_url), Record()
    installation.environment["JOB_LEASE_SECONDS"] = str(LEASE)
    with servers.running(database) as one, servers.running(broker) as other:
        say(f"{one}, {other}")
        installation.manage("migrate", "--no-input", "--verbosity", "0")
        installation.manage("seed_demo", "--profile", "state")
        installation.manage("collectstatic", "--no-input", "--verbosity", "0")
        with Background(installation) as background, installation.running(WORKERS):
            with at_work(installation, readers, seed, record) as probe:
                come_and_go(minutes, database, broker, background, record, probe)
            look_back(installation, record)
    return record


@contextmanager
def at_work(installation, readers, seed, record):
    """Everybody reads and writes meanwhile; gives one who can ask whether pages come again."""
    over = threading.Event()
    signed_in = {short: Person(installation, short).sign_in() for short in READERS}
    writers = [(Person(installation, short).sign_in(), deed) for short, deed in WRITERS]
    record.begun = time.monotonic()
    threads = [
        threading.Thread(target=read, args=(person, record, over, chance))
        for person, chance in audience(installation, readers, seed, signed_in)
    ]
    threads += [
        threading.Thread(target=write, args=(person, deed, record, over))
        for person, deed in writers
    ]
    for thread in threads:
        thread.start()
    try:
        yield signed_in["leader"]
    finally:
        over.set()
        for thread in threads:
            thread.join()


def audience(installation, readers, seed, signed_in):
    for number in range(readers):
        short = READERS[number % len(READERS)]
        person = Person(installation, short, signed_in[short].session.cookies)
        yield person, random.Random(f"{seed} {number}")  # noqa: S311 - pages to look at


def report(record):
    times = sorted(record.times)
    say(f"\n{len(times)} answers: {dict(sorted(record.statuses.items()))}")
    say(f"median {times[len(times) // 2]:.2f} s, p95 {times[len(times) * 95 // 100]:.2f} s")
    for words in record.faults[:40]:
        say(f"FAULT {words}")
    say(f"{len(record.faults)} faults")


def main(arguments):
    parser = argparse.ArgumentParser(prog="make strain ARGS=...")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seed", default="1")
    asked = parser.parse_args(arguments)
    scratch = Path(tempfile.mkdtemp(prefix="delivery-unit-strain-"))
    scratch.chmod(0o755)
    try:
        record = run(scratch, asked.minutes, asked.readers, asked.seed)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report(record)
    return 1 if record.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
