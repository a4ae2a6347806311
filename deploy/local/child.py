"""Starts processes that do not outlive their parent: Linux signals them when it dies, however it dies."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def _parent_death_signal() -> Callable[[int], None]:
    """A function that asks the kernel for a signal at the parent's death. It does nothing off Linux."""
    if not sys.platform.startswith("linux"):
        return lambda number: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda number: prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


die_with_parent = _parent_death_signal()


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    at_parents_death: signal.Signals,
    folder: Path | None = None,
    become: tuple[int, int] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that Ctrl-C reaches the supervisor alone.

    `become` is a (user, group) to change to. The kernel watches the *thread* that starts the child,
    so a start from another thread than the main one asks for no signal.
    """
    watched = threading.current_thread() is threading.main_thread()
    parent = os.getpid()

    def before_exec() -> None:
        if become is not None:
            os.setgroups([])
            os.setgid(become[1])
            os.setuid(become[0])
        if watched:
            die_with_parent(at_parents_death)  # after setuid, which clears it
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec,  # noqa: PLW1509 - the supervisor has one thread
        )


def is_running(pid: int) -> bool:
    """True while there is a process with this number that is not merely waiting to be collected."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, IndexError):
        return not Path("/proc/self").exists()
