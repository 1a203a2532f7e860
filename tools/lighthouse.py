"""Has Lighthouse look at the ten main pages as a phone would see them: `make lighthouse`.

On the demonstration, served as in production, each page as somebody whose page it is. A fault is:
accessibility or best practices below 100, performance below 90 in the best of three looks (a busy
machine makes a page slow, nothing makes it fast). Needs Node with npm, and Chromium; as root on
Debian they are installed. The reports lie in build/lighthouse.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from delivery_unit.tests import live
from tools import demonstration, machine, walk

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "lighthouse"
PACKAGE = "lighthouse@12.8.2"
COMMAND = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = {"accessibility": 1.0, "best-practices": 1.0, "performance": 0.9}
TIMES = 3
PAGES = (
    ("leader", "/overview/"),
    ("leader", "/goals/"),
    ("leader", "/goals/L1/"),
    ("leader", "/goals/L1/indicators/grade-3-reading/"),
    ("analyst", "/data/"),
    ("delivery", "/stocktakes/"),
    ("leader", "/stocktakes/3/pack/"),
    ("literacy", "/"),
    ("delivery", "/unit/accounts/"),
    ("stranger", walk.SIGN_IN),
)


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def get_lighthouse():
    walk.get_chromium()
    is_root_on_debian = os.geteuid() == 0 and shutil.which("apt-get")
    if is_root_on_debian and not machine.has_any("npm"):
        machine.install(["nodejs", "npm"])
    if not machine.has_any("npm"):
        raise SystemExit("make lighthouse needs Node with npm, and there is none.")
    if not COMMAND.is_file():
        machine.install_from_npm(FOLDER, PACKAGE)


def cookies_of(who):
    if who == "stranger":
        return {}
    session = demonstration.client_of(f"{who}@everly.example").cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}"}


def look(address, headers, name):
    """One look: what Lighthouse reports, as it says it."""
    flags = " ".join(["--headless=new", *live.CHROMIUM_FLAGS])
    command = ["node", str(COMMAND), address, "--quiet", f"--chrome-flags={flags}"]
    command += ["--output=json", "--output=html", f"--output-path={FOLDER / name}"]
    command += [f"--only-categories={','.join(LEAST)}", f"--extra-headers={json.dumps(headers)}"]
    environment = {**os.environ, "CHROME_PATH": live.find_chromium()}
    report = FOLDER / f"{name}.report.json"
    report.unlink(missing_ok=True)
    subprocess.run(command, env=environment, check=False)
    if not report.is_file():
        raise SystemExit(f"Lighthouse could not look at {address}.")
    return json.loads(report.read_text())


def marks_of(report):
    return {name: report["categories"][name]["score"] or 0 for name in LEAST}


def is_good(marks):
    return all(marks[name] >= least for name, least in LEAST.items())


def best_look(address, headers, name):
    """The first that is good, else the last: (marks, report)."""
    for _time in range(TIMES):
        report = look(address, headers, name)
        if is_good(marks := marks_of(report)):
            break
    return marks, report


def reasons(report):
    """Every audit that cost something in a category that fell short."""
    for name, least in LEAST.items():
        category = report["categories"][name]
        if (category["score"] or 0) < least:
            for part in category["auditRefs"]:
                audit = report["audits"][part["id"]]
                if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                    yield f"{name}: {audit['title']} {audit.get('displayValue', '')}".rstrip()


def look_at_all(address):
    faults = 0
    for who, path in PAGES:
        name = path.strip("/").replace("/", "-") or "my-day"
        marks, report = best_look(address + path, cookies_of(who), name)
        if not report["finalDisplayedUrl"].endswith(path):
            raise SystemExit(f"{who} is not shown {path} but {report['finalDisplayedUrl']}.")
        numbers = " ".join(f"{name} {mark * 100:3.0f}" for name, mark in marks.items())
        say(f"{path:<40} {numbers}")
        for reason in reasons(report):
            faults += 1
            say(f"FAILED  {reason}")
    return faults


def main():
    get_lighthouse()
    with tempfile.TemporaryDirectory(prefix="delivery-unit-lighthouse-") as scratch:
        port = machine.free_port()
        demonstration.load(Path(scratch), SITE_URL=f"http://localhost:{port}")
        with walk.server(Path(scratch), port):
            faults = look_at_all(f"http://localhost:{port}")
    say(f"{len(PAGES)} pages, {faults} faults; the reports lie in {FOLDER.relative_to(ROOT)}.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
