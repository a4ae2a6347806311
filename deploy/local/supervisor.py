"""Keeps the database and the services running: starts what fell, and stops everything in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from deploy.local import child, kept
from deploy.local.house import ROOT, STOP_SECONDS, House
from deploy.local.postgres import Cluster
from deploy.local.surroundings import Surroundings
from deploy.local.trouble import CannotStart

TICK_SECONDS = 0.05
READY_SECONDS = 60.0


class StopAsked(BaseException):
    """Ctrl-C, SIGTERM, or the end of the terminal or of `make`."""


class Supervisor:
    """What runs now. The main thread starts all of it, and the kernel tells the children of its death."""

    def __init__(self, surroundings: Surroundings, run_folder: Path) -> None:
        self.surroundings = surroundings
        self.run_folder = run_folder
        self.cluster: Cluster | None = None
        self.houses: list[House] = []
        self._began = time.monotonic()
        self._asked = False

    @property
    def running(self) -> bool:
        return bool(self.houses) or (self.cluster is not None and self.cluster.running)

    def say(self, sentence: str) -> None:
        """One line of progress, with the seconds since the start."""
        self.tell(f"[{time.monotonic() - self._began:5.1f} s] {sentence}")

    def tell(self, text: str) -> None:
        """Print. Nobody need be listening: whoever read the output may be gone."""
        try:
            print(text, flush=True)
        except OSError:
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - until the process ends

    def listen_for_stop(self) -> None:
        """Turn the first request to stop into StopAsked; when `make` dies, the kernel asks."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        if os.environ.get("MAKELEVEL"):
            child.die_with_parent(signal.SIGTERM)

    def begin(self, module: str, words: Sequence[str], environment: Mapping[str, str], log: str) -> Step:
        """Start a command of the repository beside everything else."""
        path = self.surroundings.data / "logs" / f"{log}.log"
        position = path.stat().st_size if path.exists() else 0
        process = child.start(
            [sys.executable, "-m", module, *words],
            environment=environment,
            log=path,
            at_parents_death=signal.SIGKILL,
            folder=ROOT,
        )
        return Step(process, path, position)

    def finish(self, step: Step, what: str) -> str:
        """Wait for a command while everything else is watched. Returns what it wrote."""
        while step.process.poll() is None:
            self.watch()
            time.sleep(TICK_SECONDS)
        written = step.written()
        if step.process.returncode != 0:
            last = (written.strip().splitlines() or ["it wrote nothing"])[-1]
            raise CannotStart(f"{what} failed: {last.rstrip('.')[:300]} (all of it is in {step.log}).")
        return written

    def start_houses(self) -> None:
        """Start the services side by side and wait until each answers."""
        for house in self.houses:
            house.start()
        waiting = {house.name: house for house in self.houses}
        deadline = time.monotonic() + READY_SECONDS
        while waiting:
            self._heed()
            for house in list(waiting.values()):
                if house.is_ready():
                    del waiting[house.name]
                elif happened := house.fall():
                    raise CannotStart(
                        f"The service {house.name} does not start ({happened}): {house.last_words()} "
                        f"(all of it is in {house.log})."
                    )
            if waiting and time.monotonic() > deadline:
                slow = ", ".join(waiting)
                raise CannotStart(
                    f"Not ready after {READY_SECONDS:.0f} s: {slow}. See {self.houses[0].log.parent}."
                )
            time.sleep(TICK_SECONDS)
        self.record()

    def _ask(self, _number: int, _frame: FrameType | None) -> NoReturn:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._asked = True
        raise StopAsked

    def _heed(self) -> None:
        """Stop where the request came in a destructor, in which Python drops what is raised."""
        if self._asked:
            raise StopAsked

    def watch(self) -> None:
        """One look at everything; what fell is reported and started again."""
        self._heed()
        changed = False
        if self.cluster is not None and not self.cluster.running:
            self.say("The database stopped by itself: starting it again.")
            self.cluster.start()
            self.say("The database is back.")
            changed = True
        for house in self.houses:
            if happened := house.fall():
                self.say(f"The service {house.name} stopped by itself ({happened}): starting it again.")
            changed = house.start_if_due() or changed
        if changed:
            self.record()

    def watch_for_ever(self) -> NoReturn:
        while True:
            self.watch()
            time.sleep(TICK_SECONDS)

    def record(self) -> None:
        """Write down what runs where, for tests and for the next start."""
        kept.write(
            self.surroundings.data / "run.json",
            {
                "supervisor": os.getpid(),
                "run_folder": str(self.run_folder),
                "url": self.surroundings.public_url,
                "postgres": self.cluster.pid if self.cluster and self.cluster.running else None,
                "services": {house.name: house.process.pid for house in self.houses if house.process},
            },
        )

    def stop(self) -> None:
        """The door first, then the services behind it, then the database. A second Ctrl-C does not wait."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hurry)
        for group in (self.houses[-1:], self.houses[:-1]):
            deadline = time.monotonic() + STOP_SECONDS
            for house in group:
                house.ask_to_stop()
            for house in group:
                house.end(deadline)
        if self.cluster is not None:
            self.cluster.stop()

    def _hurry(self, _number: int, _frame: FrameType | None) -> None:
        for house in self.houses:
            if house.process is not None and house.process.poll() is None:
                house.process.kill()


class Step:
    """A command that runs to its end, and what it writes."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, position: int) -> None:
        self.process = process
        self.log = log
        self._position = position

    def written(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self._position)
            return file.read().decode("utf-8", "replace")


def guarded(work: Callable[[], None]) -> int:
    """Run a start to its end. Returns the exit code; trouble is one sentence on standard error."""
    try:
        work()
    except StopAsked:
        return 0
    except CannotStart as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except OSError as failure:
        print(
            f"This machine refused: {failure.strerror or failure} ({failure.filename or 'no file'}).",
            file=sys.stderr,
        )
        return 1
    return 0
