"""Starts what one installation needs on one machine, and stops all of it together.

`python -m delivery_unit.serve demo` (what `make demo` runs): SQLite, tasks as files, the fictional
system; `python -m delivery_unit.serve run` (`make run`): PostgreSQL and Redis from the environment.
One process that dies takes the others with it: a half-running system would look like a whole one.
"""

import ctypes
import fcntl
import hashlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from delivery_unit import health, variables
from delivery_unit.demo import names
from delivery_unit.demo.shapes import PASSWORD
from delivery_unit.demo.who import WHO

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_ANSWER = 120
SECONDS_TO_STOP = 25


def log_level() -> str:
    """Celery wants it on its command line, too."""
    return variables.log_level("LOG_LEVEL", "INFO")


def worker_command(
    *, pool: str = "threads", concurrency: int = 2, with_timetable: bool = False
) -> list[str]:
    """The background worker, as production, the demo and the tests start it."""
    command = [sys.executable, "-m", "celery", "-A", "delivery_unit", "--quiet", "worker"]
    command += ["--pool", pool, "--concurrency", str(concurrency), "--loglevel", log_level()]
    return [*command, "--beat"] if with_timetable else command


def timetable_command() -> list[str]:
    command = [sys.executable, "-m", "celery", "-A", "delivery_unit", "--quiet", "beat"]
    return [*command, "--pidfile=", "--loglevel", log_level()]


def web_command(*, host: str, port: int, workers: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "delivery_unit.wsgi", "--no-control-socket"]
    command += ["--bind", f"{host}:{port}", "--worker-class", "gthread", "--threads", "4"]
    command += ["--workers", str(workers), "--timeout", "60", "--log-level", "warning"]
    # Longer than a proxy keeps a connection: it never sends into one that is just being closed.
    command += ["--keep-alive", "75"]
    return command


def end_with_parent() -> None:
    """On Linux a child is told to end even when its parent was killed without warning."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


class Stop(Exception):
    """Ctrl-C, or the system asks to end."""


class Supervisor:
    """Child processes that live and die together."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        # A session of its own: Ctrl-C reaches only the supervisor, which stops the children in turn.
        self.children[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads here
        )

    def dead(self) -> str | None:
        """A sentence about the first child that has ended, if one has."""
        for name, child in self.children.items():
            if child.poll() is not None:
                return f"The {name} has stopped by itself (exit code {child.returncode})."
        return None

    def stop(self) -> None:
        """First a request to finish what is in hand, then, after a time limit, the end."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self.children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                say("One process did not finish in time and is ended.")
            _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Also what the child may have left behind in its session."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    child.wait()


# --- what comes before the servers ----------------------------------------------------------------


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def refuse(words: str) -> NoReturn:
    say(words)
    raise SystemExit(2)


def demo_profile() -> str:
    profile = variables.text("PROFILE", names.USUAL)
    if profile not in names.NAMES:
        refuse(f"There is no demonstration {profile}. There are: {', '.join(names.NAMES)}.")
    return profile


def prepare_demo_environment(port: int) -> None:
    """The demo reads no .env of a real system: what is not set in the shell is set here."""
    profile = demo_profile()
    # A data folder for each, so that one demonstration never meets the database of another.
    usual = ROOT / "var" if profile == names.USUAL else ROOT / "var" / profile
    data_dir = variables.folder("DATA_DIR", usual)
    make_data_dir(data_dir)
    if not os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite"):
        say("The demo has an SQLite database of its own; DATABASE_URL is left alone.")
        del os.environ["DATABASE_URL"]
    if os.environ.get("SITE_URL", "").startswith("https"):
        say(
            "The demo speaks plain http on this machine; SITE_URL and ALLOWED_HOSTS are left alone."
        )
        del os.environ["SITE_URL"]
        os.environ.pop("ALLOWED_HOSTS", None)
    os.environ.update(DATA_DIR=str(data_dir), DEMO="1", DEBUG="0", REDIS_URL="", BEHIND_PROXY="0")
    for name, value in {
        "DATABASE_URL": f"sqlite:///{data_dir / 'delivery_unit.sqlite3'}",
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "EMAIL_URL": f"filemail://{data_dir / 'mail'}",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore:You're running the worker",  # as root: no matter for a demo
    }.items():
        os.environ[name] = os.environ.get(name) or value
    os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or _kept_secret(
        data_dir / "demo-secret-key"
    )


def _kept_secret(path: Path) -> str:
    """A secret of this copy of the demo, the same after a restart so that people stay signed in."""
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def require_production() -> None:
    missing = [
        name
        for name, there in {
            "DATABASE_URL (postgres://user:password@host/name)": settings.DATABASES["default"][
                "ENGINE"
            ].endswith("postgresql"),
            "REDIS_URL (redis://host:6379/0)": bool(settings.REDIS_URL),
        }.items()
        if not there
    ]
    if missing:
        refuse(
            "make run is the production shape, on PostgreSQL and Redis. Not set: "
            + "; ".join(missing)
            + ". Set them in the environment or in .env (see .env.example); "
            "to look around first, use make demo."
        )
    if settings.SECURE_SSL_REDIRECT and not settings.SECURE_PROXY_SSL_HEADER:
        refuse(
            "SITE_URL is https, which a proxy in front of this server has to speak. "
            "Let it set X-Forwarded-Proto, and set BEHIND_PROXY=1."
        )


def require_servers() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        reason = str(problem).strip().partition("\n")[0]
        refuse(f"The server that DATABASE_URL names does not answer: {reason}")
    connection.close()
    if not health.broker_answers():
        refuse("The server that REDIS_URL names does not answer.")


def make_data_dir(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as problem:
        refuse(f"DATA_DIR ({data_dir}) cannot be written: {problem.strerror}.")


def require_free_port(host: str, port: int, command: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            refuse(
                f"Port {port} cannot be used ({problem.strerror}). "
                f"Choose another: PORT={port + 10} make {command}"
            )


@contextmanager
def only_one(data_dir: Path, address: str) -> Iterator[None]:
    """Two timetables on one data folder would ask for everything twice."""
    make_data_dir(data_dir)
    with (data_dir / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            refuse(f"It already runs on this data folder ({data_dir}), at {lock.read().strip()}")
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield


def manage(words: str, *arguments: str) -> None:
    """One management command, in a process of its own: one line on the screen, and its errors."""
    say(f"{words} ...")
    command = [sys.executable, "manage.py", *arguments]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(f"manage.py {arguments[0]} did not succeed; nothing was started.")


def collect_static() -> None:
    """Hashing and compressing takes seconds, so it is done again only after a change."""
    stamp = Path(settings.STATIC_ROOT) / ".collected-from"
    now = _static_sources()
    if stamp.is_file() and stamp.read_text() == now:
        return
    manage("Preparing style sheets and scripts", "collectstatic", "--no-input", "--verbosity", "0")
    stamp.write_text(now)


def _static_sources() -> str:
    sources = [path for folder in ("static", "*/static") for path in ROOT.glob(f"{folder}/**/*")]
    facts = [(str(path.relative_to(ROOT)), path.read_bytes()) for path in sources if path.is_file()]
    facts += [(name, (ROOT / name).read_bytes()) for name in ("requirements.txt",)]
    return hashlib.sha256(repr(sorted(facts)).encode()).hexdigest()


# --- the servers ----------------------------------------------------------------------------------


def wait_for_answer(supervisor: Supervisor, port: int) -> None:
    """Until /healthz says 200; refuses to wait for a child that has died."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while not _is_healthy(port):
        if (sentence := supervisor.dead()) or time.monotonic() > deadline:
            raise SystemExit(sentence or f"No answer from /healthz in {SECONDS_TO_ANSWER} seconds.")
        time.sleep(0.2)


def _is_healthy(port: int) -> bool:
    """Asks as a proxy in front would: with the public host name, and as https where it is."""
    site = urlsplit(settings.SITE_URL)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def keep_running(supervisor: Supervisor) -> None:
    while not (sentence := supervisor.dead()):
        time.sleep(0.5)
    raise SystemExit(f"{sentence} Everything else is stopped, too.")


def _stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - a signal handler
    raise Stop


def who_can_sign_in() -> str:
    who = WHO[demo_profile()]
    width = max(len(email) for email, _name, _title in who)
    people = [f"  {email:{width}}  {name}, {title}" for email, name, title in who]
    return "\n".join([f"Who can sign in (the password of all is {PASSWORD}):", *people])


def demo(port: int) -> None:
    """The fictional system, for looking around."""
    manage("Bringing the database up to date", "migrate", "--no-input", "--verbosity", "0")
    manage("Loading the demonstration, once", "seed_demo", "--profile", demo_profile())
    collect_static()
    supervisor = Supervisor()
    try:
        say("Starting the web server and the background worker with its timetable ...")
        supervisor.start("web server", web_command(host="127.0.0.1", port=port, workers=1))
        supervisor.start("background worker", worker_command(with_timetable=True))
        wait_for_answer(supervisor, port)
        say(
            f"\nThe demonstration is ready: {settings.SITE_URL}/\n\n"
            f"{who_can_sign_in()}\n\n"
            "Ctrl-C stops it. Start it again and everything is as you left it."
        )
        keep_running(supervisor)
    finally:
        supervisor.stop()


def run(host: str, port: int) -> None:
    """The production shape on one machine."""
    require_servers()
    manage("Bringing the database up to date", "migrate", "--no-input", "--verbosity", "0")
    collect_static()
    supervisor = Supervisor()
    try:
        web_workers = variables.whole_number("WEB_WORKERS", 2)
        supervisor.start("web server", web_command(host=host, port=port, workers=web_workers))
        supervisor.start("background worker", worker_command(pool="prefork"))
        supervisor.start("timetable", timetable_command())
        wait_for_answer(supervisor, port)
        say(f"Running for {settings.SITE_URL}/ on {host}:{port}. Ctrl-C stops it.")
        keep_running(supervisor)
    finally:
        supervisor.stop()


def chosen_port() -> int:
    return variables.whole_number("PORT", 8000, most=65535)


def start(command: str) -> None:
    host = "127.0.0.1"
    if command == "demo":
        prepare_demo_environment(chosen_port())
    data_dir = settings.DATA_DIR  # reads all settings, and .env
    if command == "run":
        require_production()
        host = variables.text("HOST", host)
    port = chosen_port()
    with only_one(data_dir, settings.SITE_URL):
        require_free_port(host, port, command)
        demo(port) if command == "demo" else run(host, port)


def main(command: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "delivery_unit.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        start(command)
    except ImproperlyConfigured as problem:
        refuse(str(problem))
    except Stop:
        say("\nStopped.")


if __name__ == "__main__":
    if sys.argv[1:] not in (["demo"], ["run"]):
        refuse("python -m delivery_unit.serve demo | run")
    main(sys.argv[1])
