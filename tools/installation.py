"""The product on a database of its own, to measure it and to strain it."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from delivery_unit.serve import end_with_parent, web_command
from tools import machine

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "demo-password"  # noqa: S105 - of the demonstration, which lives for minutes here


class Installation:
    """Its settings, its port and what is started with them."""

    def __init__(self, scratch, database_url, redis_url=""):
        self.port = machine.free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "delivery_unit.settings",
            "DATA_DIR": str(scratch / "var"),
            "DATABASE_URL": database_url,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "SECRET_KEY": "only-for-measuring",
            "LOG_LEVEL": "CRITICAL",
            "REDIS_URL": redis_url,
            "DEMO": "1",
            "DEBUG": "0",
        }

    def manage(self, *arguments):
        start = time.monotonic()
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL
        )
        return time.monotonic() - start

    def ask(self, words, *arguments):
        """What a few lines of Python print, run inside the product."""
        code = f"import django, json, sys; django.setup()\n{words}"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        )
        return json.loads(done.stdout or "null")

    def start(self, command):
        """One of the processes of the product."""
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads here
        )

    @contextmanager
    def running(self, workers):
        """The web server, as production starts it."""
        server = self.start(web_command(host="127.0.0.1", port=self.port, workers=workers))
        try:
            machine.wait_for(self.port)
            yield server
        finally:
            server.terminate()
            server.wait(timeout=30)
