"""The supervisor, with real processes; what it does with a whole demo is in tools/smoke.py."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from delivery_unit import serve

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def supervisor():
    supervisor = serve.Supervisor()
    yield supervisor
    supervisor.stop()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_running(pid):
    """Alive, and not merely waiting for somebody to take note of its end."""
    stat = Path(f"/proc/{pid}/stat")
    return is_alive(pid) and " Z " not in stat.read_text()


def test_keep_running_ends_with_a_sentence_about_the_child_that_died(supervisor):
    supervisor.start("web server", SLEEPS)
    supervisor.start("background worker", FAILS)
    with pytest.raises(SystemExit) as end:
        serve.keep_running(supervisor)
    assert str(end.value) == (
        "The background worker has stopped by itself (exit code 3). Everything else is stopped, too."
    )


def test_stop_leaves_no_process(supervisor):
    supervisor.start("web server", SLEEPS)
    supervisor.start("background worker", SLEEPS)
    supervisor.stop()
    assert [is_alive(child.pid) for child in supervisor.children.values()] == [False, False]


def test_stop_ends_what_a_child_left_behind(supervisor, tmp_path):
    note = tmp_path / "grandchild"
    code = (
        "import pathlib, subprocess, sys\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(grandchild.pid))\n"
    )
    supervisor.start("web server", [sys.executable, "-c", code])
    while supervisor.dead() is None:
        time.sleep(0.02)
    supervisor.stop()
    time.sleep(0.2)
    assert not is_running(int(note.read_text()))


def test_children_end_with_a_supervisor_that_was_killed(tmp_path):
    note = tmp_path / "child"
    code = (
        "import pathlib, time\n"
        "from delivery_unit.serve import Supervisor\n"
        "supervisor = Supervisor()\n"
        f"supervisor.start('web server', {SLEEPS!r})\n"
        "child = supervisor.children['web server'].pid\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=serve.ROOT) as killed:
        while not (note.is_file() and note.read_text()):
            time.sleep(0.02)
        killed.kill()
    deadline = time.monotonic() + 5
    while is_running(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(int(note.read_text()))


def test_require_free_port_names_another(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit):
            serve.require_free_port("127.0.0.1", port, "demo")
    assert capsys.readouterr().out == (
        f"Port {port} cannot be used (Address already in use). "
        f"Choose another: PORT={port + 10} make demo\n"
    )


def test_only_one_says_where_the_other_one_is(tmp_path, capsys):
    with (
        serve.only_one(tmp_path, "http://localhost:8123"),
        pytest.raises(SystemExit),
        serve.only_one(tmp_path, "http://localhost:8124"),
    ):
        pass
    assert capsys.readouterr().out == (
        f"It already runs on this data folder ({tmp_path}), at http://localhost:8123\n"
    )
    with serve.only_one(tmp_path, "http://localhost:8124"):
        pass


def refusal(command, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "delivery_unit.serve", command],
        cwd=serve.ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_run_refuses_without_a_secret(tmp_path):
    code, words = refusal("run", DATA_DIR=str(tmp_path), SECRET_KEY="")
    assert code == 2
    assert words.startswith("SECRET_KEY is not set.")


def test_run_refuses_sqlite_and_files(tmp_path):
    code, words = refusal(
        "run",
        DATA_DIR=str(tmp_path),
        SECRET_KEY="x" * 50,
        DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3",
        REDIS_URL="",
    )
    assert code == 2
    assert "Not set: DATABASE_URL (postgres://" in words
    assert "REDIS_URL (redis://" in words
    assert list(tmp_path.iterdir()) == []


REAL = {
    "SECRET_KEY": "x" * 50,
    "DATABASE_URL": "postgres://delivery:secret@127.0.0.1:1/delivery",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be used as it is set."),
        ({"REDIS_URL": "nonsense"}, "REDIS_URL cannot be used as it is set."),
        (
            {"PORT": "abc"},
            "PORT cannot be used as it is set. Write a whole number from 1 to 65535.",
        ),
        ({"SITE_URL": "https://unit.example.org"}, "SITE_URL is https, which a proxy"),
        ({"DATA_DIR": "/dev/null/data"}, "DATA_DIR (/dev/null/data) cannot be written: Not a "),
    ],
)
def test_run_says_in_a_sentence_which_variable_is_wrong(wrong, sentence, tmp_path):
    code, words = refusal("run", **{"DATA_DIR": str(tmp_path), **REAL, **wrong})
    assert code == 2
    assert words.startswith(sentence)
    assert words.count("\n") == 1


def test_run_names_the_server_that_does_not_answer(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    code, words = refusal("run", DATA_DIR=str(tmp_path), PORT=port, **REAL)
    assert code == 2
    assert words.startswith("The server that DATABASE_URL names does not answer: connection to")
    assert "secret" not in words


def test_demo_ignores_the_public_address_of_a_real_system(tmp_path, monkeypatch):
    for name in ("DEMO", "DEBUG", "BEHIND_PROXY", "PYTHONWARNINGS", "REDIS_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SITE_URL", "https://unit.example.org")
    monkeypatch.setenv("ALLOWED_HOSTS", "unit.example.org")
    serve.prepare_demo_environment(8123)
    assert os.environ["SITE_URL"] == "http://localhost:8123"
    assert "localhost" in os.environ["ALLOWED_HOSTS"]


def test_demo_leaves_a_real_database_and_real_mail_alone(tmp_path, monkeypatch, capsys):
    for name in ("SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "SECRET_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://someone@db.example.org/real")
    monkeypatch.setenv("REDIS_URL", "redis://queue.example.org/0")
    for name in ("DEMO", "DEBUG", "BEHIND_PROXY", "PYTHONWARNINGS"):
        monkeypatch.setenv(name, "")
    serve.prepare_demo_environment(8123)
    assert {
        name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEMO")
    } == {
        "DATABASE_URL": f"sqlite:///{tmp_path}/delivery_unit.sqlite3",
        "REDIS_URL": "",
        "EMAIL_URL": f"filemail://{tmp_path}/mail",
        "DEMO": "1",
    }
    assert "SQLite database of its own" in capsys.readouterr().out
    secret = os.environ["SECRET_KEY"]
    monkeypatch.delenv("SECRET_KEY")
    serve.prepare_demo_environment(8123)
    assert os.environ["SECRET_KEY"] == secret
    assert (tmp_path / "demo-secret-key").stat().st_mode & 0o077 == 0


def test_the_demo_names_who_can_sign_in_before_any_application_is_loaded():
    code = "from delivery_unit import serve; print(serve.who_can_sign_in())"
    told = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PROFILE": "campus"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "north@campus.example" in told.stdout
    assert "colead@campus.example" in told.stdout


def test_an_unknown_demonstration_is_refused_in_words(monkeypatch, capsys):
    monkeypatch.setenv("PROFILE", "../elsewhere")
    with pytest.raises(SystemExit):
        serve.demo_profile()
    assert "There are: everly, campus, state." in capsys.readouterr().out
