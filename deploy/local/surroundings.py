"""What the environment asks of a local start, and the checks that are made before anything is started."""

from __future__ import annotations

import errno
import fcntl
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.trouble import CannotStart
from deploy.postgres.roles import SERVICES

HOST = "127.0.0.1"
_NEEDED_BYTES = 256 * 1024 * 1024
_LONG_LOG_BYTES = 16 * 1024 * 1024
_PORT_TRIES = 20
_OFF = {"0", "no", "off", "false"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`given` holds the databases that the person brought: (service, `app` or `migrate`) -> its URL."""

    data: Path
    port: int
    public_url: str
    demonstration: bool
    given: Mapping[tuple[str, str], str]

    @property
    def on_own_database(self) -> tuple[str, ...]:
        """The services that need the embedded PostgreSQL."""
        return tuple(service for service in SERVICES if (service, "app") not in self.given)


def read(environment: Mapping[str, str]) -> Surroundings:
    """Read DATA_DIR, GATEWAY_PORT, GATEWAY_PUBLIC_URL, DEMO and the URLs of databases."""
    text = environment.get("GATEWAY_PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStart(f"GATEWAY_PORT must be a number from 1 to 65535, not {text!r}.")
    return Surroundings(
        data=Path(environment.get("DATA_DIR") or ".data").absolute(),
        port=int(text),
        public_url=environment.get("GATEWAY_PUBLIC_URL") or f"http://{HOST}:{text}",
        demonstration=environment.get("DEMO", "1").strip().lower() not in _OFF,
        given=_databases(environment),
    )


def _databases(environment: Mapping[str, str]) -> dict[tuple[str, str], str]:
    given = {}
    for service in SERVICES:
        names = {"app": f"{service.upper()}_DATABASE_URL", "migrate": f"{service.upper()}_MIGRATE_URL"}
        found = {purpose: environment[name] for purpose, name in names.items() if environment.get(name)}
        if len(found) == 1:
            raise CannotStart(f"Set both {names['app']} and {names['migrate']}, or neither.")
        given.update({(service, purpose): url for purpose, url in found.items()})
    return given


def open_data_folder(data: Path) -> IO[bytes]:
    """Make the data folder and lock it for this supervisor. The lock ends with the process."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "logs").mkdir(mode=0o700, exist_ok=True)
        lock = (data / "lock").open("wb")
    except OSError as failure:
        why = failure.strerror or "it cannot be used"
        raise CannotStart(
            f"The data folder {data} cannot be used ({why}): set DATA_DIR to another one."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise CannotStart(
            f"Another `make run` is using {data}: stop it, or set DATA_DIR to another folder."
        ) from None
    free = shutil.disk_usage(data).free
    if free < _NEEDED_BYTES:
        lock.close()
        raise CannotStart(f"Only {free >> 20} MB are free in {data}, and 256 MB are needed: make room.")
    _set_long_logs_aside(data / "logs")
    return lock


def _set_long_logs_aside(logs: Path) -> None:
    """Start a new file where a log has grown long, and keep the last one beside it."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > _LONG_LOG_BYTES:
            log.replace(log.with_suffix(".log.old"))


def check_port(port: int, *, patience: bool) -> None:
    """Refuse a port that is taken. With `patience`, processes of a killed start may let go of it first."""
    for attempt in range(_PORT_TRIES if patience else 1):
        if attempt:
            time.sleep(0.1)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((HOST, port))
            except OSError as failure:
                if failure.errno != errno.EADDRINUSE:
                    why = failure.strerror or failure
                    raise CannotStart(
                        f"Port {port} cannot be used ({why}): set GATEWAY_PORT to another."
                    ) from None
            else:
                return
    raise CannotStart(f"Port {port} is in use: stop what uses it, or set GATEWAY_PORT to another.")


def make_run_folder() -> Path:
    """A private folder with a short path for sockets: the data folder's own path may be too long for one."""
    for parent in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a private folder with a random name
        if len(parent) < 50:
            return Path(tempfile.mkdtemp(prefix="ic-", dir=parent))
    raise CannotStart("There is no folder for temporary files with a short path: set TMPDIR to one.")
