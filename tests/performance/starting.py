"""P10: how long a service, and the whole of `make run`, takes to be ready; beside FastAPI with nothing behind it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from tests.performance.gate import BEHIND, NOBODY, keys_folder
from tests.performance.load import in_turn
from tests.performance.rig import LOGS, free_port, process, uvicorn
from tests.performance.table import Judged, Row
from tests.stack import ROOT, Stack

LIMIT = "FastAPI with one door, started the same way"


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P10."""
    env = {
        **stack.earnest_environment(),
        "GATEWAY_KEYS_DIR": str(keys_folder(stack)),
        **{f"GATEWAY_{name.upper()}_URL": NOBODY for name in BEHIND},
    }
    bare = _service("bare", "tests.performance.limits.bare:app", env, factory=False)
    for name in (*BEHIND, "gateway"):
        row = Row("P10", f"the {name} service is ready", LIMIT, 1.5, 3, at_most=True, judged=Judged.ITSELF)
        ours = _service(name, f"services.{name}.app:create_app", env, factory=True)
        yield row.take("s", *in_turn(ours, bare))
    with tempfile.TemporaryDirectory(prefix="ic-bench-") as folder:
        row = Row(
            "P10",
            "`make run` on a warm environment is ready",
            LIMIT,
            5,
            10,
            at_most=True,
            judged=Judged.ITSELF,
        )
        yield row.take("s", *in_turn(lambda: _whole(Path(folder)), bare))


def _service(name: str, app: str, env: dict[str, str], *, factory: bool) -> Callable[[], float]:
    def start() -> float:
        port = free_port()
        command = uvicorn(app, port, factory=factory)
        with process(f"start-{name}", command, env, f"http://127.0.0.1:{port}/ready") as seconds:
            return seconds

    return start


def _whole(data: Path) -> float:
    """Start everything on this data folder as `make run` does, stop it again; the seconds until it was ready.

    The first time makes the database and loads the demonstration: that one only warms up.
    """
    in_its_place = Path(sys.prefix) == ROOT / ".venv"
    command = ["make", "run"] if in_its_place else [sys.executable, "-m", "deploy.local.run"]
    port = free_port()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DATA_DIR": str(data), "GATEWAY_PORT": str(port)}
    with (LOGS / "make-run.log").open("wb") as log:
        started = time.monotonic()
        running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(f"http://127.0.0.1:{port}/ready", running, started + 300)
            seconds = time.monotonic() - started
            _wait_for_words(LOGS / "make-run.log", "Everything runs.", running, started + 300)
        finally:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(60)
    return seconds


def _wait(url: str, running: subprocess.Popen[bytes], deadline: float) -> None:
    with httpx.Client(timeout=2) as client:
        while True:
            try:
                if client.get(url).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            _still(running, deadline)


def _wait_for_words(log: Path, words: str, running: subprocess.Popen[bytes], deadline: float) -> None:
    while words not in log.read_text():
        _still(running, deadline)


def _still(running: subprocess.Popen[bytes], deadline: float) -> None:
    assert running.poll() is None, f"make run ended with {running.returncode}: see {LOGS / 'make-run.log'}"
    assert time.monotonic() < deadline, f"make run is not ready: see {LOGS / 'make-run.log'}"
    time.sleep(0.02)
