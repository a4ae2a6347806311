"""Small private files in the data folder: passwords, credentials, and what is running now."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deploy.local.trouble import CannotStart


def write(path: Path, content: Any) -> None:
    """Replace a file in one step; nobody but its owner may read it."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def read(path: Path) -> dict[str, Any] | None:
    """The content of a file, or None if it is not there."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise CannotStart(f"The file {path} cannot be read: remove it, and it is made anew.") from None
    if not isinstance(content, dict):
        raise CannotStart(f"The file {path} is not what was written there: remove it, and it is made anew.")
    return content


def passwords(path: Path, roles: Iterable[str]) -> dict[str, str]:
    """A password for each database role, made once."""
    known = read(path) or {}
    wanted = {role: known.get(role) or secrets.token_hex(24) for role in roles}
    if wanted != known:
        write(path, wanted)
    return wanted


def drop_old_run_folder(data: Path) -> bool:
    """Remove the run folder of a start that was killed. True if there was one."""
    record = data / "run.json"
    try:
        folder = Path((read(record) or {})["run_folder"])
    except (CannotStart, KeyError, TypeError):
        return False
    if folder.name.startswith("ic-") and folder.is_dir() and folder.stat().st_uid == os.geteuid():
        shutil.rmtree(folder, ignore_errors=True)
    record.unlink(missing_ok=True)
    return True
