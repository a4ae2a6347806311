"""Load on one address, from outside the process that answers: wrk for requests, pgbench for statements."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


class CannotMeasure(Exception):
    """A tool that this measurement needs is not on the machine."""


@dataclass
class Load:
    """What a run of requests showed."""

    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int


_TIMES = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def wrk(url: str, *, clients: int, seconds: int, headers: dict[str, str], script: str | None = None) -> Load:
    """Send requests as fast as they are answered, over `clients` connections kept open."""
    if shutil.which("wrk") is None:
        raise CannotMeasure("wrk is not installed (the package wrk of Debian and Ubuntu)")
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory() as folder:
        if script is not None:
            path = Path(folder) / "load.lua"
            path.write_text(script)
            command += ["-s", str(path)]
        done = subprocess.run([*command, url], capture_output=True, text=True, timeout=seconds + 30, check=True)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert rate is not None, done.stdout
    return Load(float(rate[1]), _latency(done.stdout, "50%"), _latency(done.stdout, "99%"), int(bad[1]) if bad else 0)


def _latency(text: str, mark: str) -> float:
    found = re.search(rf"{re.escape(mark)}\s+([\d.]+)(us|ms|s)\b", text)
    assert found is not None, text
    return float(found[1]) * _TIMES[found[2]]


def pgbench(program: Path, dsn: str, script: str, *, clients: int, seconds: int) -> float:
    """Transactions a second of one script, statements prepared, by PostgreSQL's own load generator."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.sql"
        path.write_text(script)
        done = subprocess.run(
            [str(program), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", str(path), dsn],
            capture_output=True,
            text=True,
            timeout=seconds + 30,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found is not None and done.returncode == 0, done.stdout + done.stderr
    return float(found[1])
