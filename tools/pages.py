"""Walks every page that a link leads to and has the Nu HTML checker read it: `make html`.

In the demonstration, as one person of each kind who sees much. A link that leads nowhere is a
fault, too. Needs Java and npm; as root on Debian they are installed.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tools import demonstration, machine

ROOT = Path(__file__).resolve().parent.parent
CHECKER = "vnu-jar@26.9.27"
FOLDER = ROOT / "build" / "html-checker"
JAR = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PEOPLE = ("leader", "delivery", "literacy", "analyst", "admin", "board")


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def get_checker():
    if os.geteuid() == 0 and shutil.which("apt-get"):
        wanted = {"java": "default-jre-headless", "npm": "npm"}
        if names := [name for command, name in wanted.items() if not machine.has_any(command)]:
            machine.install(names)
    if not machine.has_any("java") or not machine.has_any("npm"):
        raise SystemExit("make html needs java and npm; one of them is not here.")
    if not JAR.is_file():
        machine.install_from_npm(FOLDER, CHECKER)


def write_pages(folder):
    """One file for each page and person; returns the links that led nowhere."""
    faults, pages = [], 0
    for name in PEOPLE:
        for path, status, page in demonstration.walk(f"{name}@everly.example"):
            if status >= 400:
                faults.append(f"{name}: {path} answers {status}")
            elif page:
                pages += 1
                file_name = re.sub(r"[^a-z0-9-]+", "_", f"{name}{path}".lower())[:150]
                (folder / f"{file_name}.html").write_text(page)
    say(f"{pages} pages read as {len(PEOPLE)} people")
    return faults


def errors_in(folder):
    """What the checker finds, each kind once: (message, how often, where first)."""
    java = ["java", "-jar", str(JAR), "--errors-only", "--format", "gnu", str(folder)]
    done = subprocess.run(java, capture_output=True, text=True, check=False)
    found = defaultdict(list)
    for line in done.stderr.splitlines():
        place, colon, message = line.partition(": error: ")
        if not colon:
            raise SystemExit(f"The checker could not do its work: {line}")
        found[message].append(place.replace(f"file:{folder}/", ""))
    return [(message, len(places), min(places)) for message, places in sorted(found.items())]


def main():
    get_checker()
    pages = ROOT / "build" / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="delivery-unit-html-") as scratch:
        demonstration.load(Path(scratch))
        faults = write_pages(pages)
    faults += [f"{often} x {what}\n        {where}" for what, often, where in errors_in(pages)]
    for fault in faults:
        say(f"FAILED  {fault}")
    say(f"{len(faults)} faults; the pages lie in build/pages." if faults else "No fault found.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
