"""Can this machine run the system at all? Asked before anything is installed, so it runs on any Python 3."""

import importlib.util
import os
import platform
import shutil
import sys

NEEDED_BYTES = 1024 * 1024 * 1024
SUPPORTED = {"Linux": ("x86_64", "aarch64"), "Darwin": ("x86_64", "arm64")}


def platform_obstacle(system: str, processor: str, libc: str) -> "str | None":
    """Why the embedded PostgreSQL does not run here, or None. `libc` is as `platform.libc_ver()` names it."""
    if processor not in SUPPORTED.get(system, ()):
        return "The embedded PostgreSQL runs on Linux and macOS, on x86_64 or arm64, not on {} {}.".format(
            system, processor
        )
    if system == "Linux" and libc != "glibc":
        return "The embedded PostgreSQL needs glibc, which this Linux (Alpine, for one) does not have."
    return None


def python_obstacle(version: "tuple[int, int]", has_venv: bool, free_bytes: int) -> "str | None":
    """Why the Python environment cannot be made here, or None."""
    if version < (3, 11):
        return "Python 3.11 or later is needed, and this is {}.{}: set PYTHON=python3.12 or the like.".format(
            *version
        )
    if not has_venv:
        return "This Python has no venv: install it (on Debian and Ubuntu: apt-get install python3-venv)."
    if free_bytes < NEEDED_BYTES:
        return "Only {} MB are free here, and the environment needs 1024 MB: make room.".format(
            free_bytes >> 20
        )
    return None


def this_platform() -> "str | None":
    """The question about PostgreSQL, asked about this machine."""
    return platform_obstacle(platform.system(), platform.machine(), platform.libc_ver()[0])


def this_python() -> "str | None":
    """The question about Python, asked about this interpreter and the current folder."""
    has_venv = all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))
    version = (sys.version_info[0], sys.version_info[1])
    return python_obstacle(version, has_venv, shutil.disk_usage(os.getcwd()).free)


if __name__ == "__main__":
    sentence = this_python() or this_platform()
    if sentence:
        sys.stderr.write(sentence + "\n")
        sys.exit(1)
