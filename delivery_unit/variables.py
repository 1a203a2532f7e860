"""Reads environment variables for settings.py; a wrong one is refused in a sentence that names it.

The value itself is never repeated: it may hold a password. An empty variable is one not set.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
DATABASES = {"postgres", "postgresql", "sqlite"}
BROKERS = {"redis", "rediss", "redis+socket"}


def _refuse(name: str, wanted: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} cannot be used as it is set. {wanted}")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name) or default).resolve()


def yes_or_no(name: str) -> bool:
    value = text(name, "0").lower()
    if value not in YES | NO:
        raise _refuse(name, "Write 1 for yes or 0 for no.")
    return value in YES


def whole_number(name: str, default: int, *, most: int | None = None) -> int:
    """From 1 up."""
    value = text(name, str(default))
    number = int(value) if value.isascii() and value.isdigit() else 0
    if number < 1 or (most and number > most):
        raise _refuse(name, f"Write a whole number{f' from 1 to {most}' if most else ''}.")
    return number


def log_level(name: str, default: str) -> str:
    value = text(name, default).upper()
    if value not in LOG_LEVELS:
        raise _refuse(name, f"Write one of {', '.join(LOG_LEVELS)}.")
    return value


def choice(name: str, default: str, choices: Collection[str]) -> str:
    value = text(name, default)
    if value not in choices:
        raise _refuse(name, f"Write one of {', '.join(choices)}.")
    return value


def address(name: str) -> str:
    """Of something on the web; nothing if not set."""
    value = text(name)
    if value and not _is_address(value, {"http", "https"}):
        raise _refuse(name, "Write it like https://errors.example.org/here.")
    return value


def site(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    if not _is_address(value, {"http", "https"}):
        raise _refuse(name, "Write it like https://delivery.example.org.")
    return value


def broker(name: str) -> str:
    value = text(name)
    if value and not _is_address(value, BROKERS):
        raise _refuse(name, "Write it like redis://localhost:6379/0.")
    return value


def database(name: str, default: str) -> dict[str, Any]:
    wanted = "Write it like postgres://user:password@host/name or sqlite:////path/to/file."
    value = text(name, default)
    if value.partition(":")[0] not in DATABASES:
        raise _refuse(name, wanted)
    config = _parsed(name, value, Env.db_url_config, wanted)
    if not config["NAME"]:
        raise _refuse(name, wanted)
    return config


def mail(name: str, default: str) -> dict[str, Any]:
    wanted = "Write it like smtp+tls://user:password@host:587."
    return _parsed(name, text(name, default), Env.email_url_config, wanted)


def _is_address(value: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    has_place = parts.hostname or parts.scheme == "redis+socket"
    return parts.scheme in schemes and port != 0 and bool(has_place)


def _parsed(
    name: str, value: str, parse: Callable[[str], dict[str, Any]], wanted: str
) -> dict[str, Any]:
    try:
        return parse(value)
    except (ImproperlyConfigured, KeyError, ValueError):
        raise _refuse(name, wanted) from None
