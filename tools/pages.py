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
from collections import defaultdict, deque
from html import unescape
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import django

from tools import machine

ROOT = Path(__file__).resolve().parent.parent
CHECKER = "vnu-jar@26.9.27"
FOLDER = ROOT / "build" / "html-checker"
JAR = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PEOPLE = ("leader", "delivery", "literacy", "analyst", "admin", "board")
MOST_PAGES = 120
LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"')
NOT_WALKED = ("/admin/", "/static/", "/accounts/logout/")


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
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--silent", "--no-save", "--prefix", str(FOLDER), CHECKER]
        subprocess.run(npm, check=True)


def load_demo(scratch):
    """A demonstration in a folder of its own, with plain static files: only pages are read."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="delivery_unit.settings",
        SECRET_KEY="only-to-look-at-pages",  # noqa: S106 - of a system that lives for seconds
        DEMO="1",
        DEBUG="0",
        DATA_DIR=str(scratch),
        DATABASE_URL=f"sqlite:///{scratch}/html.sqlite3",
        REDIS_URL="",
        SITE_URL="http://localhost",
        ALLOWED_HOSTS="localhost",
        LOG_LEVEL="ERROR",
    )
    from django.conf import settings  # noqa: PLC0415 - reads the environment made above

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES["staticfiles"] = plain
    (scratch / "static").mkdir()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", verbosity=0)


def walk(email):
    """(address, status, page) of everything that links lead this person to, nearest first."""
    from django.test import Client  # noqa: PLC0415 - after setup

    from accounts.models import User  # noqa: PLC0415 - after setup

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(email=email))
    waiting, seen = deque(["/"]), set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if path in seen or path.startswith(NOT_WALKED):
            continue
        seen.add(path)
        answer = client.get(path, follow=True)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        page = answer.content.decode() if is_page else ""
        yield path, answer.status_code, page
        for link in LINK.findall(page):
            address = urlsplit(urldefrag(urljoin(f"http://localhost{path}", unescape(link))).url)
            if address.netloc == "localhost":
                waiting.append(address._replace(scheme="", netloc="").geturl())


def write_pages(folder):
    """One file for each page and person; returns the links that led nowhere."""
    faults, pages = [], 0
    for name in PEOPLE:
        for path, status, page in walk(f"{name}@everly.example"):
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
        load_demo(Path(scratch))
        faults = write_pages(pages)
    faults += [f"{often} x {what}\n        {where}" for what, often, where in errors_in(pages)]
    for fault in faults:
        say(f"FAILED  {fault}")
    say(f"{len(faults)} faults; the pages lie in build/pages." if faults else "No fault found.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
