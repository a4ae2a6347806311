"""What is measured runs here: one PostgreSQL, services as processes of one worker, peers beside them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.stack import ROOT, Stack

LOGS = ROOT / "build" / "bench-logs"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    name: str, command: list[str], env: Mapping[str, str], ready: str, *, seconds: float = 30
) -> Iterator[float]:
    """Run a program until the block ends. Enter the block, with the seconds it took, when `ready` answers 200."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("wb") as log:
        started = time.monotonic()
        running = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _wait(name, ready, running, started + seconds)
            yield time.monotonic() - started
        finally:
            running.terminate()
            try:
                running.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(5)


def _wait(name: str, url: str, running: subprocess.Popen[bytes], deadline: float) -> None:
    with httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            assert running.poll() is None, f"{name} ended with {running.returncode}: see {LOGS / name}.log"
            try:
                if client.get(url).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.01)
    raise AssertionError(f"{name} did not answer at {url} in time: see {LOGS / name}.log")


def uvicorn(app: str, port: int, *, python: str | Path = sys.executable, factory: bool = False) -> list[str]:
    """The command of an ASGI app with one worker, as `make run` starts a service."""
    return [
        *(str(python), "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port)),
        *("--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--timeout-keep-alive", "75"),
        *("--no-access-log", "--no-server-header", "--no-proxy-headers"),
        *(["--factory"] if factory else []),
    ]


@contextmanager
def asgi(
    name: str, app: str, env: Mapping[str, str], *, python: str | Path = sys.executable, ready: str = "/ready"
) -> Iterator[str]:
    """An ASGI app that is not one of the services: a limit, or a peer. Gives its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with process(name, uvicorn(app, port, python=python), env, base + ready):
        yield base


@contextmanager
def service(stack: Stack, name: str, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """A service as it is deployed, with one worker. Gives its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = uvicorn(f"services.{name}.app:create_app", port, factory=True)
    with process(name, command, {**stack.environment(), **(env or {})}, f"{base}/ready"):
        yield base
