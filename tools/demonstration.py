"""A demonstration to look at, in a folder of its own, and the walk along its links."""

import os
import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import django

EACH = 10  # pages of one kind that are followed: a demonstration has ten goals
LINK = re.compile(r'<a\b[^>]*\shref="([^"]+)"')
NOT_WALKED = ("/admin/", "/static/", "/accounts/logout/")


def load(scratch, profile="everly", **environment):
    """Sets Django up for a demonstration in `scratch` and loads it, with plain static files."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="delivery_unit.settings",
        SECRET_KEY="only-to-look-at-pages",  # noqa: S106 - of a system that lives for minutes
        DEMO="1",
        DEBUG="0",
        DATA_DIR=str(scratch),
        DATABASE_URL=f"sqlite:///{scratch}/look.sqlite3",
        REDIS_URL="",
        SITE_URL="http://localhost",
        ALLOWED_HOSTS="localhost",
        LOG_LEVEL="ERROR",
    )
    os.environ.update(environment)
    from django.conf import settings  # noqa: PLC0415 - reads the environment made above

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES["staticfiles"] = plain
    (scratch / "static").mkdir()
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup

    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", profile=profile, verbosity=0)


def kind(path):
    """Which page it is, of whichever object: the view and what is asked of it."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415 - after setup

    address = urlsplit(path)
    try:
        name = resolve(address.path).view_name
    except Resolver404:
        return path
    asked = sorted(part.partition("=")[0] for part in address.query.split("&") if part)
    return "?".join(filter(None, (name, "&".join(asked))))


def client_of(email):
    from django.test import Client  # noqa: PLC0415 - after setup

    from accounts.models import User  # noqa: PLC0415 - after setup

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(email=email))
    return client


def walk(email):
    """(address, status, page) of what links lead this person to, nearest first; some of each kind."""
    client, waiting, seen, often = client_of(email), deque(["/"]), set(), Counter()
    while waiting:
        path = waiting.popleft()
        if path in seen or path.startswith(NOT_WALKED) or often[kind(path)] == EACH:
            continue
        seen.add(path)
        often[kind(path)] += 1
        answer = client.get(path, follow=True)
        is_page = answer.headers.get("Content-Type", "").startswith("text/html")
        page = answer.content.decode() if is_page else ""
        yield path, answer.status_code, page
        waiting.extend(links_on(path, page))


def links_on(path, page):
    for link in LINK.findall(page):
        address = urlsplit(urldefrag(urljoin(f"http://localhost{path}", unescape(link))).url)
        if address.netloc == "localhost":
            yield address._replace(scheme="", netloc="").geturl()
