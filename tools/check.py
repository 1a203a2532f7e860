"""Everything that can be said about the code without running its tests: `make check`.

Each step is named, all of them run, and one that fails makes the whole fail at the end.
`make fix` (`--fix`) brings the format into order first.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_LINES = 500
HAND_WRITTEN = {".py", ".html", ".css", ".js"}
TEXT = HAND_WRITTEN | {".md", ".txt", ".toml", ".ini", ".csv", ".json", ".svg", ".example", ""}
NOT_OURS = {"build", "node_modules", "var"}
NEVER_SAID = "deliver" + "ology"
NEVER_SERVED = {"pack_document.html"}  # the PDF engine alone reads it, with its style inside
INLINE = re.compile(
    r"""<script(?![^>]*\ssrc=)[^>]*> | <style\b | <[^>]*\sstyle\s*= | <[^>]*\son[a-z]+\s*=""",
    re.VERBOSE | re.IGNORECASE,
)

PYTHON_M = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
COMMANDS = {
    "format": [*PYTHON_M, "ruff", "format", "--check", "--output-format", "concise", "."],
    "lint": [*PYTHON_M, "ruff", "check", "--output-format", "concise", "."],
    "import contracts": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    "types": [*PYTHON_M, "mypy", "."],
    "templates": [*PYTHON_M, "djlint", "templates", "--check", "--lint"],
    "missing migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "deploy settings": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
}
REPAIRS = (
    [*PYTHON_M, "ruff", "check", "--fix", "."],
    [*PYTHON_M, "ruff", "format", "."],
    [*PYTHON_M, "djlint", "templates", "--reformat", "--quiet"],
)


def say(words=""):
    print(words, flush=True)  # noqa: T201 - the screen is this command's answer


def our_files(suffixes):
    """What people wrote: no folder that starts with a dot, nothing that was installed or built."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_OURS]
        for name in names:
            path = Path(folder, name)
            if path.suffix in suffixes and not name.startswith(".coverage"):
                yield path


def long_files():
    for path in our_files(HAND_WRITTEN):
        lines = len(path.read_text().splitlines())
        if lines > MOST_LINES and "migrations" not in path.parts:
            yield f"{path.relative_to(ROOT)}: {lines} lines, at most {MOST_LINES}"


def words_never_said():
    for path in our_files(TEXT):
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), start=1):
            if NEVER_SAID in line.lower():
                yield f"{path.relative_to(ROOT)}:{number}: says {NEVER_SAID!r}"


def inline_code():
    """The content security policy forbids it, so a page with it would be broken."""
    for path in our_files({".html"}):
        if path.name in NEVER_SERVED:
            continue
        text = path.read_text()
        for found in INLINE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}: {found.group()[:60]}"


OWN_CHECKS = {
    f"no file over {MOST_LINES} lines": long_files,
    "words we do not use": words_never_said,
    "no script, style or handler in a page": inline_code,
}


def production_like(scratch):
    """The variables of a real installation, so that its settings are what is checked."""
    return {
        **{name: value for name, value in os.environ.items() if name not in {"DEBUG", "DEMO"}},
        "DJANGO_SETTINGS_MODULE": "delivery_unit.settings",
        "SECRET_KEY": "checked-with-a-key-that-is-long-and-has-many-different-signs-0123456789",
        "SITE_URL": "https://unit.example.org",
        "ALLOWED_HOSTS": "unit.example.org",
        "DATABASE_URL": f"sqlite:///{scratch}/check.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "DATA_DIR": scratch,
        "DEBUG": "0",
        "DEMO": "0",
    }


def problems_of(command, environment):
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr).strip() or "failed" if done.returncode else ""


def run_checks():
    failed = []
    with tempfile.TemporaryDirectory(prefix="delivery-unit-check-") as scratch:
        environment = production_like(scratch)
        steps = {
            **{name: (problems_of, command, environment) for name, command in COMMANDS.items()},
            **{name: (lambda find: "\n".join(find()), find) for name, find in OWN_CHECKS.items()},
        }
        for name, (step, *arguments) in steps.items():
            start = time.monotonic()
            problems = step(*arguments)
            say(f"{'FAILED' if problems else 'ok':7} {name} ({time.monotonic() - start:.1f} s)")
            if problems:
                failed.append(name)
                say(problems + "\n")
    if failed:
        say(f"Not in order: {', '.join(failed)}. `make fix` mends what is only format.")
    else:
        say("Everything is in order.")
    return bool(failed)


if __name__ == "__main__":
    if sys.argv[1:] == ["--fix"]:
        for repair in REPAIRS:
            subprocess.run(repair, cwd=ROOT, check=False)
    else:
        sys.exit(run_checks())
