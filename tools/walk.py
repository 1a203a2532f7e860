"""Looks at every page in a real browser, at three widths, light and dark: `make walk`.

As every person of the demonstration, or of `campus` with ARGS=--campus; with ARGS=--main each page
once per width as the first of MAIN who reaches it, the themes in turn, as CI does. A page that is
sign for sign what another person was shown, but for the name at its head, is not looked at again.

A fault is: a console error (violations of the content security policy are such), a request that
failed or went to another host, a serious finding of axe, a page that scrolls sideways. Pictures lie
in build/walk; with ARGS=--main of pages with a fault alone. There is a browser for every processor.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from delivery_unit.demo import campus_people, everly_people
from delivery_unit.serve import web_command
from delivery_unit.tests import live
from tools import demonstration, machine

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "walk"
WIDTHS = (390, 1024, 1440)
THEMES = ("light", "dark")
MAIN = ("leader", "literacy", "delivery", "analyst", "admin")
OF_EACH_KIND = 2
PATIENCE = 150  # milliseconds, for a chart that is drawn over its static picture
# Without preloading, which would fetch and inject style sheets: complaints that are not ours.
AXE = {"resultTypes": ["violations"], "preload": False}
GRAVE = {"serious", "critical"}
SIGN_IN = "/accounts/login/"
# What tells two readers of the same page apart: who it is, the token of the form, and the minute.
OWN = re.compile(
    r"""name="csrfmiddlewaretoken"\ value="[^"]*" | data-person="\d+" | \d\d:\d\d | <a\ class="me".*?</a>""",
    re.DOTALL | re.VERBOSE,
)
# Pages that no link leads to: (person, address, what it answers).
BESIDE = (
    ("leader", "/no-such-page/", 404),
    ("leader", "/data/", 403),
    ("leader", "/goals/?q=nothing-like-this", 200),
)
# One row each that is added, that changes a value, that repeats one, and that is refused.
FILE = """indicator_code,org_unit_code,subgroup_code,period_start,period_end,value,numerator,\
denominator,status,published_on,source,note
grade-3-reading,EVR,all,2029-07-01,2030-06-30,61.5,,,provisional,2030-08-01,Walk,
grade-3-reading,EVR,all,2024-07-01,2025-06-30,57.3,,,final,2025-08-01,Walk,Corrected
grade-3-reading,EVR,all,2023-07-01,2024-06-30,many,,,final,2024-08-01,Walk,
grade-3-reading,NOWHERE,all,2023-07-01,2024-06-30,50,,,final,2024-08-01,Walk,
"""


@dataclass(frozen=True)
class Visit:
    """One page for one person; `session` is the value of the cookie, empty for a stranger."""

    who: str
    path: str
    status: int = 200
    session: str = ""

    def picture(self, width, theme):
        name = re.sub(r"[^a-z0-9-]+", "-", self.path.lower()).strip("-")[:100] or "home"
        return FOLDER / self.who / f"{name}-{width}-{theme}.png"


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def everybody(profile):
    people = {"everly": everly_people, "campus": campus_people}[profile].PEOPLE
    return [person.email.partition("@")[0] for person in people]


def upload(client):
    """A dry run to look at, since a demonstration begins without one."""
    from django.core.files.uploadedfile import (  # noqa: PLC0415 - after setup
        SimpleUploadedFile,
    )

    file = SimpleUploadedFile("walk.csv", FILE.encode(), "text/csv")
    answer = client.post("/data/", {"file": file})
    if answer.status_code != 302:
        raise SystemExit(f"The data desk did not take the file: {answer.status_code}")


def visits_of(people, profile, *, once):
    """What each person looks at: some pages of every kind, or each kind once by the first."""
    yield Visit("stranger", SIGN_IN)
    often, shown = Counter(), set()
    for who in people:
        if not once:
            often.clear()
        email = f"{who}@{profile}.example"
        session = demonstration.client_of(email).cookies["sessionid"].value
        yield from (Visit(*beside, session) for beside in BESIDE if beside[0] == who)
        for path, status, page in demonstration.walk(email):
            kind = demonstration.kind(path)
            if page and often[kind] < (1 if once else OF_EACH_KIND):
                often[kind] += 1
                content = sha256(OWN.sub("", page).encode()).digest()
                if content not in shown:
                    shown.add(content)
                    yield Visit(who, path, status, session)


@contextmanager
def server(scratch, port):
    """The product itself, as `make demo` serves it: hashed files, real headers."""
    publish = ["manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run([sys.executable, *publish], cwd=ROOT, check=True)
    command = web_command(host="127.0.0.1", port=port, workers=1)
    with (scratch / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        machine.wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait()


def axe_findings(page):
    for finding in page.evaluate("options => axe.run(options).then(all => all.violations)", AXE):
        if finding["impact"] in GRAVE:
            places = {str(node["target"][0]) for node in finding["nodes"]}
            yield f"axe {finding['id']}: {finding['help']} ({', '.join(sorted(places)[:3])})"


def sideways(page):
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"scrolls sideways by {wide} px"] if wide > 0 else []


class Walk:
    """A browser that goes from page to page and keeps what it found."""

    def __init__(self, browser, address, *, once):
        from axe_playwright_python.sync_playwright import (  # noqa: PLC0415 - a tool of the tests
            Axe,
        )

        self.browser, self.address, self.axe = browser, address, Axe().axe_script
        self.once = once
        self.faults, self.looks = defaultdict(list), Counter()

    def visit(self, visit, themes):
        context = self.browser.new_context(base_url=self.address, locale="en-GB")
        if visit.session:
            cookie = {"name": "sessionid", "value": visit.session, "url": self.address}
            context.add_cookies([cookie])
        for width in WIDTHS:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": 900})
            self.look(page, visit, width, next(themes))
            page.close()
        context.close()

    def look(self, page, visit, width, themes):
        complaints = []
        live.listen(page, urlsplit(self.address).netloc, complaints)
        page.emulate_media(color_scheme=themes[0])
        status = page.goto(visit.path).status
        page.evaluate(self.axe)
        for theme in themes:
            page.emulate_media(color_scheme=theme)
            page.wait_for_timeout(PATIENCE)
            complaints += [*sideways(page), *axe_findings(page)]
            if complaints or not self.once:
                page.screenshot(path=visit.picture(width, theme), full_page=True)
            self.looks[visit.who] += 1
            self.note(f"{visit.who} {visit.path} {width} {theme}", complaints, visit.status)
            complaints.clear()
        if status != visit.status:
            place = f"{visit.who} {visit.path} {width}"
            self.faults[f"answers {status} instead of {visit.status}"].append(place)

    def note(self, place, complaints, expected):
        """A browser complains of every 404, also of one that is meant to be."""
        for complaint in complaints:
            if expected < 400 or str(expected) not in complaint:
                self.faults[complaint].append(place)


def go(address, once, visits):
    """All of it in one browser: (the places of each fault, how often as whom)."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and not always there

    themes = cycle([(theme,) for theme in THEMES] if once else [THEMES])
    with sync_playwright() as playwright:
        options = {"executable_path": live.find_chromium(), "args": live.CHROMIUM_FLAGS}
        walk = Walk(playwright.chromium.launch(**options), address, once=once)
        for visit in visits:
            walk.visit(visit, themes)
    return walk.faults, walk.looks


def go_side_by_side(address, visits, *, once):
    if not live.find_chromium():
        raise SystemExit("make walk needs a Chromium, and there is none (CHROMIUM may name one).")
    number = os.cpu_count() or 1
    shares = [visits[start::number] for start in range(number)]
    faults, looks = defaultdict(list), Counter()
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:
        for some_faults, some_looks in pool.map(partial(go, address, once), shares):
            looks += some_looks
            for complaint, places in some_faults.items():
                faults[complaint] += places
    return faults, looks


def report(faults, looks):
    places = [place for found in faults.values() for place in found]
    for who, often in looks.items():
        bad = sum(place.startswith(f"{who} ") for place in places)
        say(f"{who:22} {often:5} looks {bad:5} faults")
    for complaint, found in sorted(faults.items()):
        say(f"FAILED  {len(found)} x {complaint}\n        {found[0]}")
    say(f"{looks.total()} looks; the pictures lie in {FOLDER.relative_to(ROOT)}.")
    return bool(faults)


def get_chromium():
    if not live.find_chromium() and os.geteuid() == 0 and shutil.which("apt-get"):
        machine.install(["chromium"])


def main():
    once = "--main" in sys.argv[1:]
    profile = "campus" if "--campus" in sys.argv[1:] else "everly"
    get_chromium()
    shutil.rmtree(FOLDER, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="delivery-unit-walk-") as scratch:
        port = machine.free_port()
        demonstration.load(Path(scratch), profile, SITE_URL=f"http://localhost:{port}")
        upload(demonstration.client_of(f"analyst@{profile}.example"))
        visits = list(visits_of(MAIN if once else everybody(profile), profile, once=once))
        with server(Path(scratch), port):
            return report(*go_side_by_side(f"http://localhost:{port}", visits, once=once))


if __name__ == "__main__":
    sys.exit(main())
