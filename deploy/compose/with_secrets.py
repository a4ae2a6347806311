"""Starts a container's command with its secrets: `NAME_FILE=/run/secrets/x` becomes `NAME`, read from there.

Compose hands secrets over as files, so that they stand in no file of the deployment and in no `inspect`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_SUFFIX = "_FILE"
_FOLDER = Path("/run/secrets")


def with_secrets(given: Mapping[str, str], folder: Path = _FOLDER) -> dict[str, str]:
    """The environment with every `NAME_FILE` that names a secret replaced by `NAME`.

    Other files that an environment may name (of certificates, say) stay as they are.
    Raises SystemExit with a sentence when a secret is missing, empty or set in both ways.
    """
    named = {name: Path(value) for name, value in given.items() if name.endswith(_SUFFIX)}
    secrets = {name: path for name, path in named.items() if path.parent == folder}
    environment = {name: value for name, value in given.items() if name not in secrets}
    for name, path in secrets.items():
        plain = name.removesuffix(_SUFFIX)
        if plain in environment:
            raise SystemExit(f"Both {plain} and {name} are set. Leave {plain} out.")
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SystemExit(f"The secret {path}, which {name} names, cannot be read.") from None
        if not secret:
            raise SystemExit(f"The secret {path}, which {name} names, is empty.")
        environment[plain] = secret
    return environment


def main() -> None:
    """Become the command that was given, so that signals reach it and not a process in between."""
    command = sys.argv[1:]
    if not command:
        raise SystemExit("No command was given.")
    os.execvpe(command[0], command, with_secrets(os.environ))  # noqa: S606  # no shell is what is wanted


if __name__ == "__main__":
    main()
