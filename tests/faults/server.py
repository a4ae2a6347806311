"""The budget service as a process of its own on a unix socket: started, asked who it is, killed, started again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from deploy.local import child
from tests.stack import ROOT, Stack

THE_SERVICE = "services.budget.app:create_app"
START_SECONDS = 60.0
STOP_SECONDS = 15.0


@dataclass(frozen=True)
class Boot:
    """Who answers: the process and this one life of it."""

    pid: int
    boot_id: str


class WrongServer(AssertionError):
    """Somebody else answers in the place of the process that was started: kills would hit nothing."""


class Server:
    """One service process. Every start must show a process and a boot id that were never seen before."""

    def __init__(self, stack: Stack, name: str = "budget") -> None:
        self.stack = stack
        self.socket = stack.cluster.socket_dir.parent / f"{name}.sock"
        self.log = stack.folder / f"{name}.log"
        self.boots: list[Boot] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            **stack.environment(),
        }

    def start(self, factory: str = THE_SERVICE, **environment: str) -> Boot:
        """Start the process in a session of its own, its output in a file, and wait until itself is ready."""
        self.launch(self.command(factory), **environment)
        return self.wait_until_ready()

    def command(self, factory: str = THE_SERVICE) -> list[str]:
        return [
            sys.executable, "-m", "uvicorn", "--factory", factory, "--uds", str(self.socket),
            "--loop", "uvloop", "--http", "httptools", "--lifespan", "on", "--no-access-log", "--log-level", "warning",
        ]  # fmt: skip

    def launch(self, command: list[str], **environment: str) -> None:
        """Start this command as the server, and wait for nothing."""
        self.process = child.start(
            command,
            environment={**self._environment, **environment},
            log=self.log,
            at_parents_death=signal.SIGKILL,
            folder=ROOT,
        )

    def wait_until_ready(self) -> Boot:
        """Wait until the process that was started, and nobody else, is ready."""
        process = self.process
        assert process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise AssertionError(f"the service ended with {process.returncode}:\n{self.last_words()}")
            boot = self.who_answers()
            if boot is not None:
                if boot.pid != process.pid:
                    raise WrongServer(f"process {boot.pid} answers, and {process.pid} was started")
                if any(boot.boot_id == earlier.boot_id for earlier in self.boots):
                    raise WrongServer(f"{boot} answers with the boot id of an earlier life")
                self.boots.append(boot)
                return boot
            time.sleep(0.02)
        raise AssertionError(f"the service was not ready within {START_SECONDS} s:\n{self.last_words()}")

    def who_answers(self) -> Boot | None:
        """The process behind `GET /ready`, or None while nobody is ready there."""
        status, body = self.ready()
        return Boot(body["pid"], body["boot_id"]) if status == HTTPStatus.OK else None

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Status and body of `GET /ready`; status 0 where nobody listens."""
        with closing(_Connection(self.socket)) as connection:
            try:
                connection.request("GET", "/ready")
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())
            except (OSError, http.client.HTTPException):
                return 0, {}

    def kill(self) -> None:
        """Kill -9. The process must have lived until now: a kill that hits nothing proves nothing."""
        assert self.process is not None
        assert self.process.poll() is None, f"the service had ended by itself:\n{self.last_words()}"
        self.process.kill()
        assert self.process.wait(STOP_SECONDS) == -signal.SIGKILL

    def wait_for_its_end(self) -> int:
        """Wait until the process has ended by itself, and give its exit code (negative: the signal)."""
        assert self.process is not None
        return self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Stop politely if it still runs; nothing is left behind either way."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        return log_tail(self.log)


class _Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("budget", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def log_tail(path: Path, most: int = 2000) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-most:] if path.exists() else ""
