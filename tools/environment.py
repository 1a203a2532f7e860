"""Makes .venv, and installs into it what is not there yet. Needs nothing but Python.

`python3 -m tools.environment runtime` for running the product, `... dev` for testing it,
too, `... forecast` for scoring the projection fan.
What is installed is what requirements*.txt name, in the exact versions of requirements.lock.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
LOCK = "requirements.lock"
# Each kind holds the ones before it.
KINDS = {
    "runtime": "requirements.txt",
    "dev": "requirements-dev.txt",
    "forecast": "requirements-forecast.txt",
}


def say(words):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def wanted(kind):
    """A fingerprint of everything that decides what is installed."""
    names = [*list(KINDS.values())[: list(KINDS).index(kind) + 1], LOCK]
    content = [(name, (ROOT / name).read_text()) for name in names]
    return hashlib.sha256(repr((sys.version_info[:2], content)).encode()).hexdigest()


def is_current(kind):
    stamp = VENV / f"installed-{kind}"
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == wanted(kind)


def make_venv():
    if PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(
            "Python's venv module is incomplete here. On Debian and Ubuntu one command adds it:\n"
            "    apt-get install python3-venv        (as root, or with sudo)\n"
            "Then run the same command again."
        )
    say(f"Making {VENV.name} ...")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def install(kind):
    """With uv where the machine has it, since it is faster; else with pip, which needs nothing."""
    requirements = ["-r", str(ROOT / KINDS[kind]), "-c", str(ROOT / LOCK)]
    say(f"Installing what {KINDS[kind]} names ...")
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *requirements]
        if subprocess.run(command, check=False).returncode == 0:
            return
        say("uv could not; trying pip ...")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.run([*pip, *requirements], check=False).returncode:
        raise SystemExit("The packages could not be installed; the lines above say why.")


def ensure(kind):
    if sys.version_info < OLDEST:
        raise SystemExit(
            "Python 3.11 or newer is needed; this one is {}.{}. "
            "Name another: PYTHON=python3.12 make ...".format(*sys.version_info[:2])
        )
    # Two commands started at the same moment must not install into each other.
    with (ROOT / KINDS["runtime"]).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(kind):
            return
        make_venv()
        install(kind)
        names = list(KINDS)
        for name in names[: names.index(kind) + 1]:
            (VENV / f"installed-{name}").write_text(wanted(name))


if __name__ == "__main__":
    os.chdir(ROOT)
    ensure(sys.argv[1])
