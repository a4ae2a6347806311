"""Whom the database server runs as. PostgreSQL refuses to run as root, so root needs a way around that."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.local.trouble import CannotStart


@dataclass(frozen=True, slots=True)
class ServerUser:
    """How server programs are started, and which user and group the files on disk then belong to."""

    prefix: tuple[str, ...]
    become: tuple[int, int] | None
    owner: tuple[int, int]

    def owns(self, path: Path) -> None:
        """Give a folder that this process made to the server's user."""
        if self.become is not None:
            os.chown(path, *self.become)

    def reaches(self, path: Path) -> bool:
        """True if the server's user may walk into every folder above `path`, without root's powers."""
        return all(_may_enter(parent, self.owner) for parent in path.resolve().parents if parent.exists())


def _may_enter(folder: Path, owner: tuple[int, int]) -> bool:
    about = folder.stat()
    if about.st_uid == owner[0]:
        return bool(about.st_mode & stat.S_IXUSR)
    if about.st_gid == owner[1]:
        return bool(about.st_mode & stat.S_IXGRP)
    return bool(about.st_mode & stat.S_IXOTH)


@cache
def server_user() -> ServerUser:
    """An ordinary user as such; root inside a user namespace of its own; failing that, root as `nobody`."""
    me = (os.geteuid(), os.getegid())
    if me[0] != 0 and _has_a_name(me[0]):
        return ServerUser((), None, me)
    stranger = _somebody_else()
    prefix = ("unshare", "--user", f"--map-user={stranger.pw_uid}", f"--map-group={stranger.pw_gid}")
    if _works(prefix):
        return ServerUser(prefix, None, me)
    if me[0] == 0:
        return as_nobody()
    raise CannotStart(
        f"PostgreSQL needs a user that has a name, and user {me[0]} has none on this machine: "
        "run this as another user, or set the *_DATABASE_URL and *_MIGRATE_URL of a server that you have."
    )


def as_nobody() -> ServerUser:
    """Root gives up its powers for good before it starts the server."""
    stranger = _somebody_else()
    ids = (stranger.pw_uid, stranger.pw_gid)
    return ServerUser((), ids, ids)


def _has_a_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _somebody_else() -> pwd.struct_passwd:
    """`nobody`, or any user but root: initdb wants a user that the machine can name."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if not others:
        raise CannotStart("PostgreSQL refuses to run as root, and this machine has no other user: add one.")
    return others[0]


def _works(prefix: tuple[str, ...]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return tried.returncode == 0
