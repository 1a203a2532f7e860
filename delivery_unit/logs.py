"""The log: one line for each event, plain or JSON, without passwords, tokens or mail addresses."""

import json
import logging
import re
import threading
import urllib.request
from collections import deque
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from celery import current_task
from django.http import HttpRequest

REQUEST: ContextVar[HttpRequest | None] = ContextVar("request", default=None)

MINUTE = 60
_SECRETS = (
    # The user part of an address goes with its password first: both contain an @.
    (re.compile(r"(\w+://)[^\s/@]*:[^\s/@]*@"), r"\1[hidden]@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*"), "[address]"),
    (
        re.compile(
            r"(?i)((?:password|passwd|secret|token|authorization|sessionid|csrf\w*|api_?key)"
            r"[\"']?\s*[=:]\s*[\"']?)(?:bearer\s+|basic\s+)?[^\s\"'&,;]+"
        ),
        r"\1[hidden]",
    ),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# A one-time link carries its secret in the path: the long parts of an address are left out.
_LONG_PART = re.compile(r"/[A-Za-z0-9_:.=-]{20,}(?=/|$)")


def redacted(text: str) -> str:
    """The text without what no log may hold."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def safe_path(path: str) -> str:
    """The path of a page without the secret of a one-time link, and on one line."""
    return redacted(_LONG_PART.sub("/[hidden]", _CONTROL.sub("?", path)))


def message_of(record: logging.LogRecord) -> str:
    """Django names the path of a request that failed."""
    text = record.getMessage()
    return safe_path(text) if record.name.startswith("django.") else redacted(text)


def context_of_line() -> dict[str, Any]:
    """Which request or which job a line belongs to, where it belongs to one."""
    request = REQUEST.get()
    if request is not None:
        user = getattr(request, "_cached_user", None)  # asks nothing that was not asked before
        return {
            "request_id": getattr(request, "request_id", ""),
            "user_id": getattr(user, "pk", None),
        }
    if current_task and current_task.request.id:
        arguments = current_task.request.args or []
        is_job = current_task.name == "stocktakes.run_job" and arguments
        job = {"job_id": arguments[0]} if is_job else {}
        return {"task": current_task.name, "task_id": current_task.request.id, **job}
    return {}


class PlainFormatter(logging.Formatter):
    """For people: the usual line, with the request or the job at its end."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {**context_of_line(), **getattr(record, "facts", {})}
        ending = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
        line = super().format(record)
        if record.name.startswith("django."):
            line = line.replace(record.getMessage(), message_of(record))
        return redacted(f"{line} {ending}".rstrip() if "\n" not in line else line)


class JsonFormatter(logging.Formatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **context_of_line(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, default=str, ensure_ascii=False)


class PostErrors(logging.Handler):
    """Posts each error as the JSON line of the log to the address that the operator named.

    In a thread, so that nobody waits for it, and so many a minute at most. What somebody was refused
    (a wrong host, a forged field) is no fault of ours and must not crowd out one that is.
    """

    MOST_A_MINUTE = 20
    REFUSALS = "django.security."

    def __init__(self, url: str) -> None:
        super().__init__(level=logging.ERROR)
        self.url = url
        self.sent: deque[float] = deque(maxlen=self.MOST_A_MINUTE)

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith(self.REFUSALS) and bool(super().filter(record))

    def emit(self, record: logging.LogRecord) -> None:
        is_full = len(self.sent) == self.MOST_A_MINUTE
        if is_full and record.created - self.sent[0] < MINUTE:
            return
        self.sent.append(record.created)
        body = self.format(record).encode()
        threading.Thread(target=self._post, args=(body,), daemon=True).start()

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - the operator's own address, checked at start
            self.url, data=body, headers={"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - as above
                pass
        except OSError as problem:
            logging.getLogger(__name__).warning("An error report could not be posted: %s", problem)


# --- how fast pages were --------------------------------------------------------------------------

RECENT = 500
_milliseconds: deque[tuple[float, int]] = deque(maxlen=RECENT)


def note_time(at: float, milliseconds: int) -> None:
    _milliseconds.append((at, milliseconds))


def speed(since: float) -> tuple[int, int, int] | None:
    """How many pages this process built since then, the median and what 19 in 20 stayed within."""
    times = sorted(each for at, each in list(_milliseconds) if at >= since)
    if not times:
        return None
    return len(times), times[len(times) // 2], times[(len(times) * 19) // 20]
