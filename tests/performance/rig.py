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
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    name: str, command: list[str], env: Mapping[str, str], ready: str, *, socket_path: Path | None = None
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
            with httpx.Client(
                timeout=2, transport=httpx.HTTPTransport(uds=str(socket_path) if socket_path else None)
            ) as client:
                while not _answers(client, ready):
                    assert running.poll() is None, f"{name} ended with {running.returncode}: see {log.name}"
                    assert time.monotonic() - started < START_SECONDS, f"{name} is not ready: see {log.name}"
                    time.sleep(0.01)
            yield time.monotonic() - started
        finally:
            running.terminate()
            try:
                running.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(5)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def uvicorn(
    app: str, listen: int | Path, *, python: str | Path = sys.executable, factory: bool = False
) -> list[str]:
    """The command of an ASGI app with one worker on a port or a socket, as `make run` starts a service."""
    where = (
        ["--uds", str(listen)] if isinstance(listen, Path) else ["--host", "127.0.0.1", "--port", str(listen)]
    )
    return [
        *(str(python), "-m", "uvicorn", app, *where),
        *("--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--timeout-keep-alive", "75"),
        *("--no-access-log", "--no-server-header", "--no-proxy-headers"),
        *(["--factory"] if factory else []),
    ]


@contextmanager
def asgi(
    name: str, app: str, env: Mapping[str, str], *, python: str | Path = sys.executable
) -> Iterator[str]:
    """An ASGI app that is not one of the services: a limit, or a peer. Gives its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with process(name, uvicorn(app, port, python=python), env, f"{base}/ready"):
        yield base


@contextmanager
def service(stack: Stack, name: str) -> Iterator[str]:
    """A service as it is deployed, with one worker, on a port. Gives its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = uvicorn(f"services.{name}.app:create_app", port, factory=True)
    with process(name, command, stack.earnest_environment(), f"{base}/ready"):
        yield base


@contextmanager
def service_behind(stack: Stack, name: str) -> Iterator[str]:
    """A service as `make run` puts it behind the gateway, on a unix socket. Gives its address."""
    path = stack.folder / f"{name}.sock"
    command = uvicorn(f"services.{name}.app:create_app", path, factory=True)
    with process(
        f"{name}-behind", command, stack.earnest_environment(), f"http://{name}/ready", socket_path=path
    ):
        yield f"unix://{path}"
