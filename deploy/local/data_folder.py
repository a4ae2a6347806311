"""The data folder of a PostgreSQL server: making it, judging it, clearing what a killed server left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from deploy.local import child
from deploy.local.server_user import ServerUser
from deploy.local.trouble import CannotStart

MAJOR_VERSION = "18"
_LEFT_OVER_SECONDS = 15.0


def make_cluster(data_dir: Path, bin_dir: Path, user: ServerUser, password_file: Path, *, sync: bool) -> None:
    """Make the folder if there is none. A folder that is there must be a whole one of the right version."""
    if data_dir.exists() and any(data_dir.iterdir()):
        _judge(data_dir, user)
        return
    unfinished = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    user.owns(unfinished)
    _initdb(unfinished, bin_dir, user, password_file, sync=sync)
    (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
    if data_dir.exists():
        data_dir.rmdir()
    unfinished.rename(data_dir)


def _initdb(folder: Path, bin_dir: Path, user: ServerUser, password_file: Path, *, sync: bool) -> None:
    words = [
        "--username=postgres", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
        "--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums",
    ]  # fmt: skip
    command = [
        *user.prefix,
        str(bin_dir / "initdb"),
        "-D",
        str(folder),
        *words,
        *([] if sync else ["--no-sync"]),
    ]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        text=True,
        capture_output=True,
        check=False,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        user=user.become and user.become[0],
        group=user.become and user.become[1],
        extra_groups=None if user.become is None else [],
    )
    if done.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        why = [
            line
            for line in done.stderr.splitlines()
            if "error" in line or "FATAL" in line or "could not" in line
        ]
        raise CannotStart(
            "The database folder could not be made: " + (why or done.stderr.splitlines() or ["?"])[0]
        )


def _judge(data_dir: Path, user: ServerUser) -> None:
    """Say in one sentence what is wrong with a folder that no server would start on."""
    aside = "Move it away to start with an empty one, or put a backup back."
    try:
        version = (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
        owner = data_dir.stat().st_uid
    except FileNotFoundError:
        raise CannotStart(
            f"The folder {data_dir} is not a database folder: PG_VERSION is missing. {aside}"
        ) from None
    except PermissionError:
        raise CannotStart(
            f"The database folder {data_dir} belongs to another user: run this as that user."
        ) from None
    if version != MAJOR_VERSION:
        raise CannotStart(
            f"The database in {data_dir} is of PostgreSQL {version}, and this is {MAJOR_VERSION}. {aside}"
        )
    if owner != user.owner[0]:
        raise CannotStart(f"The database folder {data_dir} belongs to another user: run this as that user.")


def recorded_state(data_dir: Path) -> tuple[int, str] | None:
    """(process number, state) as the server writes them; the state is `ready` once it takes connections."""
    try:
        lines = (data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear_left_over_server(data_dir: Path) -> None:
    """End a server that a killed supervisor left on this folder; drop a lock file that names a stranger.

    Whoever calls this holds the lock of the whole data directory, so a server that runs here is a left-over.
    A lock file that names no process is the server's own business: it looks there for sessions still alive.
    """
    state = recorded_state(data_dir)
    if state is None or not child.is_running(state[0]):
        return
    servers = _processes_in(data_dir)
    if servers is None:
        return
    if state[0] in servers:
        _end(state[0])
    elif not servers:
        # After a restart of the machine or the container the number may be a stranger's, for whose sake the
        # server would refuse to start. No process works in this folder, so nothing of the old server is left.
        with suppress(FileNotFoundError):
            (data_dir / "postmaster.pid").unlink()


def _processes_in(folder: Path) -> list[int] | None:
    """The processes that work in `folder`, as every process of the server does; None where none can tell."""
    if not Path("/proc/self/cwd").exists():
        return None
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and os.path.samefile(entry / "cwd", folder):
                found.append(int(entry.name))
    return found


def _end(pid: int) -> None:
    deadline = time.monotonic() + _LEFT_OVER_SECONDS
    for number in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
        while child.is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        deadline += 5.0


def last_complaint(log: Path, position: int) -> str:
    """The first FATAL, PANIC or ERROR that the server wrote after `position`, or else all of it."""
    with log.open("rb") as file:
        file.seek(position)
        lines = file.read().decode("utf-8", "replace").splitlines()
    for line in lines:
        for word in ("FATAL:", "PANIC:", "ERROR:"):
            if word in line:
                return line.partition(word)[2].strip()
    return " ".join(line.strip() for line in lines)[:400] or "it wrote nothing"
