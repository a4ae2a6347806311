"""A PostgreSQL server of one's own on a unix socket: made, started, stopped, killed and recovered."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from deploy.local import binaries, child
from deploy.local.data_folder import clear_left_over_server, last_complaint, make_cluster, recorded_state
from deploy.local.server_user import ServerUser, server_user
from deploy.local.trouble import CannotStart
from deploy.postgres.roles import DATABASE, SERVICES, database_sql, passwords_sql, service_sql

SUPERUSER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
_CLEARS_BY_ITSELF = ("is still in use", "lock file", "already exists")

# Given on the command line, so that they hold whatever the folder's own configuration says.
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "cluster_name": "commissioning",
    "logging_collector": "off",
}


class Cluster:
    """One data folder and the server on it. It listens on a socket under `run_dir` and on no port.

    `data_dir` is made on the first start. `run_dir` must have a short path: a socket's may have 100 bytes.
    """

    def __init__(
        self,
        data_dir: Path,
        run_dir: Path,
        *,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        user: ServerUser | None = None,
        keep: bool = True,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.socket_dir = run_dir.absolute() / "pg"
        self.log = log or self.data_dir.with_name(self.data_dir.name + ".log")
        self._settings = {**SETTINGS, **(settings or {})}
        self._user = user or server_user()
        self._keep = keep
        self._password_file = self.data_dir.with_name(self.data_dir.name + ".password")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process number of the server's first process (the postmaster)."""
        if self._process is None:
            raise CannotStart("The database server is not running.")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def bin_dir(self) -> Path:
        return binaries.find(self._user, self.data_dir.with_name(self.data_dir.name + ".programs"))

    @property
    def password(self) -> str:
        """The superuser's password, made with the data folder and kept beside it."""
        try:
            return self._password_file.read_text(encoding="ascii")
        except FileNotFoundError:
            raise CannotStart(
                f"The database's password is missing from {self._password_file}: put it back from a backup, "
                f"or move {self.data_dir} away to start with an empty one."
            ) from None

    def dsn(self, role: str, password: str, database: str = DATABASE) -> str:
        """A connection string that libpq, asyncpg and SQLAlchemy read alike."""
        return (
            f"postgresql://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={self.socket_dir}"
        )

    def superuser_dsn(self, database: str = DATABASE) -> str:
        return self.dsn(SUPERUSER, self.password, database)

    def start(self) -> None:
        """Make the data folder if there is none, clear what a kill left, start, and wait until it answers."""
        self._prepare_folders()
        self._make_password()
        make_cluster(self.data_dir, self.bin_dir, self._user, self._password_file, sync=self._keep)
        deadline = time.monotonic() + START_SECONDS
        while not self._try_to_start(deadline):
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop cleanly: end sessions, write a checkpoint. What does not stop in time is stopped harder."""
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self._end_by(number, seconds):
                return

    def quit(self) -> None:
        """Stop at once without a checkpoint, for a folder that is thrown away."""
        if not self._end_by(signal.SIGQUIT, 5.0):
            self.kill()

    def kill(self) -> None:
        """Kill the server as a power cut would. The next `start` recovers."""
        self._end_by(signal.SIGKILL, 5.0)

    def create_service_roles(
        self, passwords: Mapping[str, str], services: Iterable[str] = SERVICES, database: str = DATABASE
    ) -> None:
        """Make the database, and each service's roles and schema; set the passwords of the roles named."""
        parts = [database_sql(database), *map(service_sql, services), passwords_sql(passwords)]
        self.psql("\n".join(parts), "postgres")

    def psql(self, text: str, database: str = DATABASE) -> str:
        """Run SQL as the superuser with psql, stop at the first error, and give what it prints."""
        command = [
            str(self.bin_dir / "psql"),
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.socket_dir),
        ]
        done = subprocess.run(
            [*command, "-U", SUPERUSER, "-d", database, "-f", "-"],
            input=text,
            text=True,
            capture_output=True,
            check=False,
            env={
                "PGPASSWORD": self.password,
                "PGOPTIONS": "-c client_min_messages=warning",
                "PATH": os.defpath,
            },
        )
        if done.returncode != 0:
            raise CannotStart("The database refused its set-up: " + " ".join(done.stderr.split()))
        return done.stdout.strip()

    def _prepare_folders(self) -> None:
        if len(str(self.socket_dir)) > 80:
            raise CannotStart(
                f"The path {self.socket_dir} is too long for a socket: set TMPDIR to a shorter one."
            )
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._user.owns(self.socket_dir)
        if not self._user.reaches(self.socket_dir / "x"):
            self.socket_dir.parent.chmod(0o711)

    def _make_password(self) -> None:
        """A password for a folder that is yet to be made; the server's user must be able to read it once."""
        if self._password_file.exists() or (self.data_dir / "PG_VERSION").exists():
            return
        opened = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(24))
        self._user.owns(self._password_file)

    def _try_to_start(self, deadline: float) -> bool:
        """True once the server is ready; False if it stopped over something that clears by itself."""
        clear_left_over_server(self.data_dir)
        position = self.log.stat().st_size if self.log.exists() else 0
        options = [f"{name}={value}" for name, value in self._settings.items()]
        command = [str(self.bin_dir / "postgres"), "-D", str(self.data_dir), "-k", str(self.socket_dir)]
        self._process = child.start(
            [*self._user.prefix, *command, *(word for option in options for word in ("-c", option))],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            log=self.log,
            at_parents_death=signal.SIGINT,
            become=self._user.become,
        )
        while self._process.poll() is None:
            if recorded_state(self.data_dir) == (self._process.pid, "ready"):
                return True
            if time.monotonic() > deadline:
                self.kill()
                raise CannotStart(
                    f"The database did not become ready within {START_SECONDS:.0f} s: see {self.log}."
                )
            time.sleep(0.01)
        complaint = last_complaint(self.log, position)
        self._process = None
        if time.monotonic() < deadline - START_SECONDS / 2 and any(
            words in complaint for words in _CLEARS_BY_ITSELF
        ):
            return False
        raise CannotStart(
            f"The database in {self.data_dir} does not start: {complaint} (all of it is in {self.log})."
        )

    def _end_by(self, number: signal.Signals, seconds: float) -> bool:
        process = self._process
        if process is None:
            return True
        with suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._process = None
        return True


@contextmanager
def throw_away_cluster(
    settings: Mapping[str, str] | None = None, user: ServerUser | None = None
) -> Iterator[Cluster]:
    """A server for the time of a test session, as durable as the real one; its folder is then removed."""
    with tempfile.TemporaryDirectory(prefix="ic-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if not (user or server_user()).reaches(folder / "x"):
            folder.chmod(0o711)
        cluster = Cluster(folder / "data", folder / "run", settings=settings, user=user, keep=False)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.quit()
