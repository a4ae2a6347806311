"""What is measured runs here: one PostgreSQL, services as processes of one worker, peers beside them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.stack import ROOT, Stack, running_stack

LOGS = Path("build/bench-logs")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(name: str, command: list[str], env: dict[str, str], ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; enter the block when `ready` answers 200."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(
            command,
            env={**os.environ, **env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_for(ready, running)
            yield running
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(5)


def wait_for(url: str, running: subprocess.Popen[bytes], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert running.poll() is None, f"{running.args} ended with {running.returncode}"
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer within {seconds} s")


def uvicorn(app: str, port: int, *, factory: bool = False) -> list[str]:
    return [
        *(sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port)),
        *("--no-access-log", "--no-server-header", "--loop", "uvloop", "--http", "httptools", "--log-level", "warning"),
        *("--timeout-keep-alive", "75"),
        *(["--factory"] if factory else []),
    ]


@contextmanager
def service(stack: Stack, name: str, env: dict[str, str] | None = None) -> Iterator[str]:
    """A service as it is deployed: one worker. Gives its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = uvicorn(f"services.{name}.app:create_app", port, factory=True)
    with process(name, command, {**stack.environment(), **(env or {})}, f"{base}/ready"):
        yield base


@contextmanager
def database(folder: Path) -> Iterator[Stack]:
    folder.mkdir(parents=True, exist_ok=True)
    with running_stack(folder) as stack:
        yield stack
