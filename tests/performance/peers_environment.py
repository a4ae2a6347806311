"""The environment in which the peers run: made from requirements-bench.txt, apart from what they are compared with."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.performance.load import CannotMeasure
from tests.stack import ROOT

LOCK = ROOT / "requirements-bench.txt"
FOLDER = ROOT / "build" / "bench-venv"


@cache
def peers_python() -> Path:
    """The peers' Python; installs it on first use, and again when the lock has changed."""
    python, installed = FOLDER / "bin" / "python", FOLDER / "installed.txt"
    if installed.exists() and installed.read_bytes() == LOCK.read_bytes():
        return python
    print("Installing the peers in build/bench-venv ...", flush=True)
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True, capture_output=True
        )
        subprocess.run(
            [*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as failure:
        said = getattr(failure, "stderr", b"") or str(failure).encode()
        raise CannotMeasure(f"the peers could not be installed: {said.decode().strip()[-200:]}") from None
    shutil.copyfile(LOCK, installed)
    return python
