"""A real OpenID Connect provider in a process of its own, on this machine."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests

SECONDS = 20


class Provider:
    """Anybody whose subject is typed there signs in; what is said of them is set here."""

    def __init__(self, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}"
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                requests.get(f"{self.url}/.well-known/openid-configuration", timeout=1)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the sign-on provider did not start")

    def knows(self, subject, **claims):
        answer = requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5)
        answer.raise_for_status()

    def authorise(self, address, **fields):
        """Where the provider sends a browser back to that came to this address."""
        answer = requests.post(address, data=fields, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider") / "log")
    yield provider
    provider.stop()


def read_settings():
    """The settings file, read anew with the variables as they are now."""
    found = importlib.util.find_spec(os.environ["DJANGO_SETTINGS_MODULE"])
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture
def sso_settings(settings):
    """`sso_settings(url)`: single sign-on with the provider at this address."""

    def use(url):
        oidc_provider = read_settings().oidc_provider
        settings.OIDC_LABEL = "your Everly account"
        settings.SOCIALACCOUNT_PROVIDERS = oidc_provider(url, "delivery-unit", "a-secret")

    return use


@pytest.fixture
def provider(provider_process, sso_settings):
    sso_settings(provider_process.url)
    return provider_process
