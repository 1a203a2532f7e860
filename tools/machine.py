"""What the tests want from the machine itself, and apt to get it where that is allowed.

Runs before there is a .venv, so with Python alone. As root on Debian or Ubuntu it installs what is
missing; anywhere else it changes nothing, and `make test` names at its end what it went without.
"""

import ctypes.util
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def has_any(*commands):
    return any(shutil.which(command) for command in commands)


def has_postgresql():
    return has_any("initdb") or bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def has_pango():
    return all(ctypes.util.find_library(name) for name in ("pango-1.0", "pangoft2-1.0"))


def missing_packages():
    """Debian's names of what is not here yet. A server that the environment names is here."""
    there = {
        "python3-venv": importlib.util.find_spec("ensurepip") is not None,
        "postgresql": "TEST_DATABASE_URL" in os.environ or has_postgresql(),
        "redis-server": "TEST_REDIS_URL" in os.environ or has_any("redis-server"),
        "chromium": "CHROMIUM" in os.environ
        or has_any("chromium", "chromium-browser", "google-chrome"),
        "libpango-1.0-0": has_pango(),
        "libpangoft2-1.0-0": has_pango(),
        "fonts-dejavu-core": any(Path("/usr/share/fonts").glob("**/*.ttf")),
    }
    return [name for name, is_there in there.items() if not is_there]


@contextmanager
def no_service_started():
    """Tests start servers of their own; a fresh PostgreSQL of the system would only stand about."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=60):
    """Until somebody listens there."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Nobody answers on port {port}.") from None
        time.sleep(0.1)


def install_from_npm(folder, package):
    folder.mkdir(parents=True, exist_ok=True)
    npm = ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), package]
    subprocess.run(npm, check=True)


def install(names):
    say(f"Installing with apt for the tests: {', '.join(names)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    with no_service_started():
        subprocess.run([*get, "update"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        done = subprocess.run(
            [*get, "install", "--yes", "--no-install-recommends", *names],
            env=quiet,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    if done.returncode:
        say("apt could not install all of it; the lines above say why.")


def main():
    names = missing_packages()
    if names and os.geteuid() == 0 and shutil.which("apt-get"):
        install(names)


if __name__ == "__main__":
    main()
