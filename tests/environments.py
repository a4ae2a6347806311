"""Environments of their own beside the one that is tested: made from a hash-locked requirements file, on first use."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.stack import ROOT


class NotInstalledError(Exception):
    """The packages could not be installed; the message is the end of what the installer said."""


# What the index has as source alone, all of it plain Python.
AS_SOURCE = ("odfpy", "zc.zlibstorage")


def locked_environment(name: str) -> Path:
    """The folder of the environment that requirements-NAME.txt describes. It is made again when the lock has changed."""
    lock, folder = ROOT / f"requirements-{name}.txt", ROOT / "build" / f"{name}-venv"
    installed = folder / "installed.txt"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return folder
    print(f"Installing requirements-{name}.txt in build/{name}-venv ...", flush=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    make = [sys.executable, "-m", "venv", "--clear", str(folder)]
    for command in (
        make,
        [
            *pip,
            "--only-binary",
            ":all:",
            "--no-binary",
            ",".join(AS_SOURCE),
            "--require-hashes",
            "-r",
            str(lock),
        ],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            said = getattr(failure, "stderr", b"") or str(failure).encode()
            raise NotInstalledError(said.decode(errors="replace").strip()[-200:]) from None
    shutil.copyfile(lock, installed)
    return folder
