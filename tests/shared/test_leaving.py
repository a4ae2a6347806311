"""How a process leaves: not ready at once, serving on for a moment, feeds let go, what is in hand brought to its end."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest

from shared.web.leaving import Leaving
from tests.stack import ROOT, a_caller


@pytest.fixture
def process(stack, tmp_path):
    """The contracts service as a process of its own, which serves on for two seconds."""
    folder = Path(tempfile.mkdtemp(prefix="ic-"))  # a short path, as sockets want
    socket = folder / "s"
    environment = {**os.environ, **stack.environment(), "PYTHONPATH": str(ROOT), "SEAL_SECONDS": "0.2"}
    words = ["--factory", "services.contracts.app:create_app", "--uds", str(socket), "--log-level", "warning"]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", *words, "--timeout-graceful-shutdown", "20"],
            env={**environment, "SERVED_ON_SECONDS": "2"}, stdout=log, stderr=log,
        )  # fmt: skip
    until = time.monotonic() + 30
    while not socket.exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.3)  # it is bound, and listens in a moment
    client = httpx.Client(
        transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://contracts", timeout=30
    )
    assert client.get("/ready").json()["pid"] == started.pid
    yield started, client
    client.close()
    started.kill()
    started.wait()
    shutil.rmtree(folder, ignore_errors=True)


def test_it_says_so_at_once_and_serves_on(process, stack):
    started, client = process
    who = {"X-Caller-Assertion": stack.assertion("contracts", a_caller(scopes="event:read"))}
    assert client.get("/v1/events/contracts", headers=who).status_code == 200
    started.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    while (answer := client.get("/ready")).status_code == 200 and time.monotonic() - asked < 1:
        time.sleep(0.02)
    assert (answer.status_code, answer.json()["code"]) == (503, "leaving")
    assert time.monotonic() - asked < 1
    began = time.monotonic()
    served = client.get("/v1/events/contracts", params={"timeout": 20}, headers=who)
    assert served.status_code == 200
    assert time.monotonic() - began < 1.5  # nobody waits for events in a process that leaves
    assert started.wait(15) in {0, -signal.SIGTERM}
    assert time.monotonic() - asked >= 1.9


def test_a_second_signal_does_not_wait(process):
    started, _ = process
    asked = time.monotonic()
    started.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    started.send_signal(signal.SIGTERM)
    started.wait(15)
    assert time.monotonic() - asked < 1.9


@pytest.fixture
def handler():
    """Sets this process's handler of SIGTERM; the one before comes back at the end."""
    before = signal.getsignal(signal.SIGTERM)
    yield lambda handler: signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGTERM, before)


async def test_who_stopped_listening_passes_the_signal_on(handler):
    got = []
    handler(lambda number, _frame: got.append(number))
    first, second = Leaving(), Leaving()
    first.listen()
    second.listen()
    first.stop_listening()  # not the one in front: it stays in the chain
    second.stop_listening()
    signal.raise_signal(signal.SIGTERM)
    assert (got, first.begun, second.begun) == ([signal.SIGTERM], False, False)


async def test_without_a_server_s_handler_nothing_is_changed(handler):
    handler(signal.SIG_DFL)
    leaving = Leaving()
    leaving.listen()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    done = []
    leaving.then(lambda: done.append("told"))
    leaving.begin()
    assert (leaving.begun, done) == (True, ["told"])
