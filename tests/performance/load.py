"""Load on one address, from outside the process that answers: wrk for requests, pgbench for statements."""

import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.performance.table import Row

# Five rounds at least: a row is the median of pairs taken in turn, A B A B, never two runs apart.
ROUNDS = max(5, int(os.environ.get("BENCH_ROUNDS", "5")))
SECONDS = int(os.environ.get("BENCH_SECONDS", "3"))
CLIENTS = 8


class CannotMeasure(Exception):
    """A tool or a peer that this measurement needs is not on the machine."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests showed. Every one of them was answered with success."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


def in_turn(*measurements: Callable[[], float]) -> list[list[float]]:
    """Each measurement once a round, so that what else the machine does meets all of them alike."""
    for measure in measurements:
        measure()  # caches, connections and plans are warm before anything counts
    rounds = [[measure() for measure in measurements] for _ in range(ROUNDS)]
    return [list(values) for values in zip(*rounds, strict=True)]


def compare(row: Row, unit: str, ours: Callable[[], float], theirs: Callable[[], float]) -> Row:
    """Measure both in turn for the row; where something for it is missing, the row says so instead."""
    try:
        return row.take(unit, *in_turn(ours, theirs))
    except CannotMeasure as why:
        row.notes.append(str(why))
        return row


def wrk(
    url: str,
    *,
    clients: int = CLIENTS,
    headers: Mapping[str, str] | None = None,
    script: str | None = None,
    seconds: int = SECONDS,
) -> Load:
    """Send requests as fast as they are answered, over `clients` connections kept open. None may be refused."""
    if shutil.which("wrk") is None:
        raise CannotMeasure("wrk is not installed (the package wrk of Debian and Ubuntu)")
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        if script is not None:
            path = Path(folder) / "load.lua"
            path.write_text(script)
            command += ["-s", str(path)]
        done = subprocess.run(
            [*command, url], capture_output=True, text=True, timeout=seconds + 30, check=True
        )
    text = done.stdout
    for complaint in ("Non-2xx or 3xx responses", "Socket errors"):
        assert complaint not in text, f"{url}: {text}"
    return Load(
        requests=int(_figure(text, r"(\d+) requests in")),
        per_second=_figure(text, r"Requests/sec:\s+([\d.]+)"),
        p50_ms=_milliseconds(text, "50%"),
        p99_ms=_milliseconds(text, "99%"),
    )


def _figure(text: str, pattern: str) -> float:
    found = re.search(pattern, text)
    assert found is not None, text
    return float(found[1])


def _milliseconds(text: str, mark: str) -> float:
    found = re.search(rf"{re.escape(mark)}\s+([\d.]+)(us|ms|s)\b", text)
    assert found is not None, text
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def pgbench(program: Path, dsn: str, script: str, *, schema: str, seconds: int = SECONDS) -> float:
    """Transactions a second of a script, statements prepared, by PostgreSQL's own load generator.

    Its first second, in which each session prepares its statements and the server makes its plans, does not count.
    """
    if not program.exists():
        raise CannotMeasure("pgbench is not among the programs of the database")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script)
        done = subprocess.run(
            [
                str(program),
                "-n",
                "-M",
                "prepared",
                f"-c{CLIENTS}",
                "-j1",
                f"-T{seconds + 1}",
                "-P1",
                "-f",
                str(path),
                dsn,
            ],
            env={**os.environ, "PGOPTIONS": f"-c search_path={schema} -c jit=off"},
            capture_output=True,
            text=True,
            timeout=seconds + 30,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert _figure(done.stdout, r"number of failed transactions: (\d+)") == 0, done.stdout
    rates = [float(rate) for rate in re.findall(r"progress: [\d.]+ s, ([\d.]+) tps", done.stderr)]
    return statistics.fmean(rates[1:])
