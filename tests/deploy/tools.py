"""Where the tests of the deployment find the programs they need, and what happens when one is missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("budget", "contracts", "outcomes", "gateway")


def program(name: str, hint: str) -> str:
    """The path of a program: from `<NAME>_BIN`, beside this Python, on PATH or in /usr/sbin.

    Without it the test is skipped with a reason; in CI, where nothing may be skipped, it fails.
    """
    chosen = os.environ.get(f"{name.upper().replace('-', '_')}_BIN")
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(chosen or name, path=folders)
    if found:
        return found
    sentence = f"{chosen or name} is not installed: {hint}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
