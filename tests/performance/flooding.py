"""P9: one client floods the door, and another goes on as if it were alone."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.performance.gate import Gate, gateway
from tests.performance.load import SECONDS, compare, wrk
from tests.performance.place import Place
from tests.performance.reading import posted
from tests.performance.table import Row
from tests.stack import Stack

WHAT = "p99 of one client's read through the gateway while another client sends over 64 connections without a pause"
FLOODERS = 64


def measure(stack: Stack) -> Iterator[Row]:
    """The row of P9."""
    place = asyncio.run(Place().put(stack))
    with gateway(stack, place) as gate:
        path = posted(gate.direct, place, stack)

        def alone() -> float:
            return wrk(gate.base + path, headers=gate.partner(), clients=1).p99_ms

        def beside() -> float:
            with _flood(gate, path):
                return alone()

        row = Row("P9", WHAT, "p99 of the same read, alone", goal=2.0, must=4.0, at_most=True)
        yield compare(row, "ms", beside, alone)


@contextmanager
def _flood(gate: Gate, path: str) -> Iterator[None]:
    """Another client's requests, as fast as they are answered or refused."""
    headers = [part for name, value in gate.headers().items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{FLOODERS}", f"-d{SECONDS + 2}s", *headers, gate.base + path]
    flood = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        flood.terminate()
        flood.wait(10)
