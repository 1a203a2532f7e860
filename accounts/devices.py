"""From where somebody comes: the address, and the browser in words that a person recognises."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

# The first name that is found wins: Edge and Opera also say Chrome, and Chrome says Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Place:
    """Where a request comes from."""

    address: str | None = None
    device: str = ""


def place_of(request: HttpRequest) -> Place:
    return Place(address_of(request), device_of(request.headers.get("User-Agent", "")))


def address_of(request: HttpRequest) -> str | None:
    """The address of the browser. Behind our proxy: the last one that the proxy itself added."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.headers.get("X-Forwarded-For", given).rpartition(",")[2]
    try:
        return str(ipaddress.ip_address(given.strip()))
    except ValueError:
        return None


def device_of(user_agent: str) -> str:
    """`Firefox on Windows`; empty if the browser does not say."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " on ".join(part for part in (browser, system) if part)
