"""Runs the tests on everything that the product runs on: `make test`, `make test ARGS='goals -x'`.

On SQLite with tasks as files, as the demo runs; and on a real PostgreSQL and Redis, as production
runs, where the tests that wait for a real Chromium or a real worker run beside the others. Long
tests for which any database is as good as the other are shared out between the two. What this
machine cannot have is named at the end, loudly; with CI=true that is a failure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from delivery_unit.serve import end_with_parent
from delivery_unit.tests.live import find_chromium
from tools import servers
from tools.machine import has_pango

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5


def say(words=""):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


@dataclass
class Result:
    """What one pass over the tests came to."""

    title: str
    exit_code: int
    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def is_good(self):
        return self.failed == 0 and self.exit_code in {0, NOTHING_COLLECTED}

    def __str__(self):
        ending = "" if self.is_good else f" (pytest ended with {self.exit_code})"
        return f"{self.title}: {counts([self])}{ending}"


def counts(results):
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(len(result.skipped) for result in results)
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


@contextmanager
def started(title, scratch, environment, arguments, *, number, output=None):
    """One pass over the tests, running; gives what waits for its result. Ends with the block."""
    report = scratch / f"{number}.xml"
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", "-p", "no:cacheprovider"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TEST_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        env={**clean, "TMPDIR": str(scratch), **environment},
        stdout=output,
        stderr=output,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads here
    )
    try:
        yield lambda: read_report(Result(title, process.wait()), report)
    finally:
        process.terminate()
        process.wait()


def read_report(result, report):
    if not report.is_file():
        return result
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest has just made it
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        elif (skip := case.find("skipped")) is not None:
            result.skipped.append(f"{case.get('name')}: {skip.get('message')}")
        else:
            result.passed += 1
    return result


def start_servers(stack, scratch, missing):
    """What could be had: their names, and the variables that tell the tests where they are."""
    names, real = [], {}
    for what, server, variable in (
        ("PostgreSQL", servers.postgresql(scratch, autovacuum=False), "TEST_DATABASE_URL"),
        ("Redis", servers.redis_server(scratch), "TEST_REDIS_URL"),
    ):
        try:
            name, address = stack.enter_context(server)
        except servers.NotToBeHad as reason:
            missing.append(f"a real {what}: {reason}")
        else:
            names.append(name)
            real[variable] = address
    return names, real


WAITING = ("browser", "worker")


def planned(stack, scratch, arguments, missing):
    """The passes: the title, the variables and the arguments of each; those that wait stand apart."""
    names, real = start_servers(stack, scratch, missing)
    chromium = ["Chromium"] if find_chromium() else []
    if not chromium:
        missing.append("a browser: no chromium on this machine (CHROMIUM may name one)")
        arguments = ["--leave-out=browser", *arguments]
    simple = real_ones = arguments
    if "TEST_DATABASE_URL" in real:
        simple = ["--leave-out=on_postgresql", *arguments]
        real_ones = ["--leave-out=on_sqlite", *arguments]
    title, busy = "SQLite, tasks as files", [f"--leave-out={marker}" for marker in WAITING]
    passes = [
        (title, {}, [*busy, *simple]),
        (f"{title}, a real worker", {}, ["--only=worker", "--leave-out=browser", *simple]),
    ]
    if names:
        passes.append((", ".join(names), real, [*busy, *real_ones]))
    if names or chromium:
        title = ", ".join([*names, *chromium, "a real worker"])
        apart = real | own_redis_database(stack, real)
        waiting = WAITING if names else ("browser",)  # the worker's have run on SQLite above
        passes.append((title, apart, [*(f"--only={marker}" for marker in waiting), *real_ones]))
    return passes


def own_redis_database(stack, real):
    if "TEST_REDIS_URL" not in real:
        return {}
    _name, address = stack.enter_context(servers.empty_redis_database(real["TEST_REDIS_URL"]))
    return {"TEST_REDIS_URL": address}


def run_all(scratch, arguments, missing):
    """All passes at once, since none knows of the others; they are told one after the other."""
    results = []
    with ExitStack() as stack:
        waiting = []
        for number, (title, variables, chosen) in enumerate(
            planned(stack, scratch, arguments, missing)
        ):
            log = stack.enter_context((scratch / f"{number}.log").open("w+b")) if number else None
            wait = started(title, scratch, variables, chosen, number=number, output=log)
            waiting.append((title, stack.enter_context(wait), log))
        for title, wait, log in waiting:
            say(f"\n=== {title}")
            results.append(wait())
            if log is not None:
                log.seek(0)
                say(log.read().decode(errors="replace"))
    return results


def report(results, missing):
    say("\n=== What was tested")
    for result in results:
        say(str(result))
    for line in sorted({line for result in results for line in result.skipped}):
        say(f"  skipped: {line}")
    for line in missing:
        say(f"  NOT TESTED HERE, for want of {line}")
    if missing:
        say("  As root on Debian, `make test` installs what is missing by itself.")
    say(counts(results))


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    missing = []
    if not has_pango():
        missing.append("PDF: the libraries libpango-1.0-0 and libpangoft2-1.0-0")
        arguments = ["--leave-out=pdf", *arguments]
    scratch = Path(tempfile.mkdtemp(prefix="delivery-unit-test-run-"))
    scratch.chmod(0o755)
    try:
        results = run_all(scratch, arguments, missing)
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    report(results, missing)
    if missing and os.environ.get("CI"):
        say("With CI set, every test must run: failed.")
        return 1
    nothing_ran = all(result.exit_code == NOTHING_COLLECTED for result in results)
    return 0 if all(result.is_good for result in results) and not nothing_ran else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
