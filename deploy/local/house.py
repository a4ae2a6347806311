"""One service as a process: how it is started, asked whether it is ready, started again, and stopped."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import child

ROOT = Path(__file__).resolve().parents[2]
KEEP_ALIVE_SECONDS = (
    75  # longer than the gateway keeps an idle connection, so that it never writes into a closing one
)
DRAIN_SECONDS = 20
STOP_SECONDS = DRAIN_SECONDS + 5.0
_WAITS = (0.1, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 30.0
_SAYS_NOTHING = "Application startup failed"


@dataclass(slots=True)
class House:
    """A service, where it listens (a socket path, or a host and port), and the process that it is now."""

    name: str
    address: Path | tuple[str, int]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _falls: int = 0
    _again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process. A socket that a killed process left is removed first."""
        if isinstance(self.address, Path):
            self.address.unlink(missing_ok=True)
            listen = ["--uds", str(self.address)]
        else:
            listen = ["--host", self.address[0], "--port", str(self.address[1])]
        self._started = time.monotonic()
        self.process = child.start(
            [
                sys.executable, "-m", "uvicorn", "--factory", f"services.{self.name}.app:create_app", *listen,
                "--loop", "uvloop", "--http", "shared.web.connection:Connection", "--lifespan", "on",
                "--no-access-log", "--no-server-header", "--no-proxy-headers", "--log-level", "warning",
                "--timeout-keep-alive", str(KEEP_ALIVE_SECONDS),
                "--timeout-graceful-shutdown", str(DRAIN_SECONDS),
            ],
            environment=self.environment,
            log=self.log,
            at_parents_death=signal.SIGKILL,
            folder=ROOT,
        )  # fmt: skip

    def is_ready(self) -> bool:
        """True if this very process answers `GET /ready` with 200."""
        if self.process is None:
            return False
        connection = _Connection(self.address)
        try:
            connection.request("GET", "/ready")
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return answer.status == http.HTTPStatus.OK and body.get("pid") == self.process.pid

    def fall(self) -> str | None:
        """What happened, once, if the process ended by itself. The next start is planned, later each time."""
        if self.process is None or self.process.poll() is None:
            return None
        code = self.process.returncode
        now = time.monotonic()
        self._falls = 0 if now - self._started > _STEADY_SECONDS else self._falls
        self._again_at = now + _WAITS[min(self._falls, len(_WAITS) - 1)]
        self._falls += 1
        self.process = None
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def start_if_due(self) -> bool:
        """Start a fallen service once its wait is over. True if it was started."""
        if self.process is not None or time.monotonic() < self._again_at:
            return False
        self.start()
        return True

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the process until `deadline` (monotonic seconds), then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        """The last line of the log that says why: Python's own, before what the server makes of it."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip() and _SAYS_NOTHING not in line]
        return _event(lines[-1])[:300] if lines else "it wrote nothing"


def _event(line: str) -> str:
    """The last line of what happened, where the log is JSON; else the line itself."""
    try:
        event = json.loads(line)["event"].strip()
    except (ValueError, TypeError, KeyError, AttributeError):
        return line
    return event.rpartition("\n")[2] if isinstance(event, str) else line


class _Connection(http.client.HTTPConnection):
    """HTTP over a unix socket or over TCP, with a short patience."""

    def __init__(self, address: Path | tuple[str, int]) -> None:
        super().__init__("127.0.0.1", None if isinstance(address, Path) else address[1], timeout=2.0)
        self._path = str(address) if isinstance(address, Path) else None

    def connect(self) -> None:
        if self._path is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
