"""Runs the tests on everything that the product runs on: `make test`, `make test ARGS='goals -x'`.

Twice: on SQLite with tasks as files, as the demo runs; and on a real PostgreSQL and Redis, as
production runs, with a real Chromium. Long tests for which any database is as good as the other are
shared out between the two. What this machine cannot have is named at the end, loudly;
with CI=true that is a failure.
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
    for server, variable in (
        (servers.postgresql, "TEST_DATABASE_URL"),
        (servers.redis_server, "TEST_REDIS_URL"),
    ):
        try:
            name, address = stack.enter_context(server(scratch))
        except servers.NotToBeHad as reason:
            missing.append(f"a real {server.__name__}: {reason}")
        else:
            names.append(name)
            real[variable] = address
    return names, real


def run_all(scratch, arguments, missing):
    """Both passes at once, since neither knows of the other; they are told one after the other."""
    with ExitStack() as stack:
        names, real = start_servers(stack, scratch, missing)
        log = stack.enter_context((scratch / "sqlite.log").open("w+b"))
        simple = "SQLite, tasks as files"
        both = "TEST_DATABASE_URL" in real
        elsewhere = ["--leave-out=on_postgresql"] if both else []
        simple_result = stack.enter_context(
            started(
                simple, scratch, {}, ["--leave-out=browser", *elsewhere, *arguments],
                number=0, output=log,
            )
        )  # fmt: skip
        if find_chromium():
            names.append("Chromium")
        else:
            missing.append("a browser: no chromium on this machine (CHROMIUM may name one)")
            arguments = ["--leave-out=browser", *arguments]
        if both:
            arguments = ["--leave-out=on_sqlite", *arguments]
        results = []
        if names:
            title = ", ".join(names)
            say(f"\n=== {title}")
            with started(title, scratch, real, arguments, number=1) as result:
                results.append(result())
        say(f"\n=== {simple} (at the same time)")
        results.insert(0, simple_result())
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
