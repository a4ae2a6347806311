"""A server of its own, and a stand-in house that `make run` can start, for the tests of the local start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from deploy.local.postgres import throw_away_cluster
from deploy.postgres.roles import LOGINS, SERVICES
from tests.local.stand_in import build

PASSWORDS = {f"{service}_{login}": f"it's {service} {login}" for service in SERVICES for login in LOGINS}


@pytest.fixture(scope="module")
def cluster():
    """A throw-away server with the roles of all four services."""
    with throw_away_cluster() as server:
        server.create_service_roles(PASSWORDS)
        yield server


@pytest.fixture(scope="session")
def root(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("root"))


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def wait_for(what, seconds: float = 20.0):
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"still not true after {seconds} s: {what}")


class Run:
    """One `python -m deploy.local.run` in the stand-in house."""

    def __init__(self, root: Path, data: Path, command: list[str] | None = None, **more: str) -> None:
        self.data = data
        self.said: list[str] = []
        self.port = int(more.pop("GATEWAY_PORT", 0)) or free_port()
        inherited = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        inherited.pop("MAKELEVEL", None)
        self.process = subprocess.Popen(
            command or [sys.executable, "-m", "deploy.local.run"],
            cwd=root,
            env=inherited
            | {"DATA_DIR": str(data), "GATEWAY_PORT": str(self.port), "DEMO": "0", "PYTHONPATH": "."}
            | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def answer(self) -> dict | None:
        """What the gateway says at /ready, or None."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as given:
                return json.loads(given.read())
        except (OSError, urllib.error.HTTPError):
            return None

    def record(self) -> dict:
        return json.loads((self.data / "run.json").read_text())

    def until_ready(self, said: str = "Everything runs") -> float:
        """Wait until everything runs, or until something is said after that. Returns the seconds that it took."""
        began = time.monotonic()
        assert self.process.stdout
        assert self.process.stderr
        for line in self.process.stdout:
            self.said.append(line)
            if said in line:
                return time.monotonic() - began
        raise AssertionError(self.process.stderr.read())

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything under it."""
        top = psutil.Process(self.record()["supervisor"])
        return [top, *top.children(recursive=True)]

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        if self.process.poll() is None:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=40)
        return self.process.returncode, out, err


@pytest.fixture
def run(root, tmp_path):
    """Start the stand-in house, as often as a test likes; whatever still runs at the end is stopped."""
    started: list[Run] = []

    def start(data: Path | None = None, command: list[str] | None = None, **more: str) -> Run:
        started.append(Run(root, data or tmp_path / "data", command, **more))
        return started[-1]

    yield start
    for each in started:
        each.end(signal.SIGTERM)
