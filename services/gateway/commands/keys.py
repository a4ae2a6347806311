"""Make the gateway's key sets, or rotate one: `python -m services.gateway.commands.keys DIR`."""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from joserfc.jwk import KeySet

from services.gateway.rules.key_ring import AUDIT_KEYS_SECONDS, OVERLAP_SECONDS
from services.gateway.store import key_files

SETS = ("assertion", "token", "audit")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make or rotate. Answers 0, or 1 with a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m services.gateway.commands.keys", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the key sets are kept")
    parser.add_argument(
        "--rotate", choices=SETS, help="give this set a new signing key, keeping the old for a while"
    )
    parser.add_argument(
        "--overlap-hours", type=float, default=OVERLAP_SECONDS / 3600, help="how long the old counts"
    )
    chosen = parser.parse_args(arguments)
    try:
        with _alone(chosen.folder):
            for line in _work(chosen.folder, chosen.rotate, int(chosen.overlap_hours * 3600)):
                print(line)
    except (key_files.KeyFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _work(folder: Path, rotate: str | None, overlap_seconds: int) -> Iterator[str]:
    now, asked_seconds = int(time.time()), overlap_seconds
    for name in SETS:
        overlap_seconds = AUDIT_KEYS_SECONDS if name == "audit" else asked_seconds
        path = folder / f"{name}.json"
        if not path.exists():
            keys = KeySet([key_files.new_key(now)])
            yield f"made {path}"
        elif name == rotate:
            keys = key_files.rotated(key_files.read_private(path), now, overlap_seconds)
            yield f"rotated {path}: {len(keys.keys)} keys count"
        else:
            keys = key_files.trimmed(key_files.read_private(path), now, overlap_seconds)
        if name == "assertion":
            # The services must know a key before anything is signed with it.
            key_files.write_public(folder / "public" / "assertion.json", keys)
        key_files.write_private(path, keys)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two that run at once wait for each other, so that neither overwrites the other's keys."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    (folder / "public").mkdir(mode=0o755, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
