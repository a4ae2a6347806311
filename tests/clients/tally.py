"""Counts what passed and what failed, and says each in a line."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

LONGEST_SECONDS = 300


class CheckFailed(Exception):
    """A check that did not hold; its message says what was found."""


class Tally:
    """How many checks passed and failed."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    @contextmanager
    def check(self, what: str) -> Iterator[None]:
        """One check. What it raises is counted and told, and the next check goes on."""
        try:
            yield
        except (CheckFailed, AssertionError, OSError, subprocess.TimeoutExpired) as failure:
            self.failed += 1
            print(f"FAILED {what}: {failure}", flush=True)
        else:
            self.passed += 1
            print(f"ok   {what}", flush=True)

    def play(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Run a journey, which says `ok` for each step that it passed and ends with an error at the first other."""
        done = run_quietly(command, folder, environment, may_fail=True)
        print(done.stdout, end="", flush=True)
        self.passed += done.stdout.count("ok   ")
        if done.returncode or "ok   " not in done.stdout:
            self.failed += 1
            print(f"FAILED {' '.join(Path(word).name for word in command[:2])}: {done.stderr}", flush=True)

    def summary(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


def run_quietly(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, may_fail: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Raises CheckFailed with all that it wrote, unless it may fail."""
    done = subprocess.run(
        list(command),
        cwd=folder,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode and not may_fail:
        raise CheckFailed(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done
