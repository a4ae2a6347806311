"""The whole system as real processes, started as `make run` starts it, with the demonstration loaded."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local import child
from deploy.local.house import ROOT

START_SECONDS = 180
STOP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class System:
    """Where it listens, where its data is, and the supervisor that watches over it."""

    url: str
    data: Path
    log: Path
    supervisor: subprocess.Popen[bytes]

    def credentials(self) -> dict[str, dict[str, str]]:
        """The demonstration's clients by name, and the operator's under `operator`."""
        given: dict[str, dict[str, str]] = json.loads((self.data / "demo-clients.json").read_text())
        return {**given, "operator": json.loads((self.data / "operator.json").read_text())}

    def pid(self, service: str) -> int | None:
        """The process that the service is now; None while there is none."""
        services: dict[str, int] = json.loads((self.data / "run.json").read_text())["services"]
        return services.get(service)

    def kill(self, service: str) -> int:
        """End a service's process as a crash would. Returns the number that it had."""
        pid = self.pid(service)
        assert pid is not None, f"{service} does not run"
        os.kill(pid, signal.SIGKILL)
        return pid

    def document(self, path: str = "/openapi.json") -> dict[str, Any]:
        answer = httpx.get(self.url + path, timeout=30)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document


@contextmanager
def running_system(folder: Path) -> Iterator[System]:
    """Start everything on a free port with an empty data folder, and stop it in order."""
    port, data, log = _free_port(), folder / "data", folder / "run.log"
    supervisor = child.start(
        [sys.executable, "-m", "deploy.local.run"],
        environment=_environment() | {"DATA_DIR": str(data), "GATEWAY_PORT": str(port)},
        log=log,
        at_parents_death=signal.SIGTERM,
        folder=ROOT,
    )
    try:
        _wait(supervisor, log)
        yield System(f"http://127.0.0.1:{port}", data, log, supervisor)
    finally:
        supervisor.terminate()
        code = supervisor.wait(STOP_SECONDS)
    assert code == 0, f"The system ended with {code}: {log.read_text()}"


def _environment() -> dict[str, str]:
    """This process's environment without what would steer the start elsewhere."""
    elsewhere = ("_DATABASE_URL", "_MIGRATE_URL", "_PUBLIC_URL")
    return {
        name: value
        for name, value in os.environ.items()
        if not name.endswith(elsewhere) and name not in {"DEMO", "MAKELEVEL"}
    } | {"PYTHONPATH": str(ROOT)}


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        number: int = tried.getsockname()[1]
        return number


def _wait(supervisor: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the supervisor says that everything runs."""
    deadline = time.monotonic() + START_SECONDS
    while "Everything runs" not in log.read_text():
        assert supervisor.poll() is None, f"The system did not start: {log.read_text()}"
        assert time.monotonic() < deadline, f"The system is not up yet: {log.read_text()}"
        time.sleep(0.1)
