"""A signing set as its file holds it now, so that a rotation needs no restart."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet

from services.gateway.rules.key_ring import OVERLAP_SECONDS
from services.gateway.store.key_files import KeyFileError, public_set, read_private, trimmed
from shared.logs import log


class KeySource:
    """A private set as its file holds it now: looked at at most once a second, read again when it changed.

    Keys whose overlap has passed are left out, also when nobody has run the rotation since.
    """

    def __init__(self, path: Path, overlap_seconds: int = OVERLAP_SECONDS) -> None:
        self._path = path
        self._overlap = overlap_seconds
        self._seen: tuple[int, int] = (0, 0)
        self._looked_at = 0.0
        self._all = KeySet([])
        self._keys = KeySet([])
        self._public: dict[str, list[dict[str, Any]]] = {"keys": []}
        self.current()

    def current(self) -> KeySet:
        """The keys that count now, the signing one first."""
        monotonic = time.monotonic()
        if monotonic - self._looked_at >= 1 or not self._keys:
            self._looked_at = monotonic
            self._read_if_changed()
            counting = trimmed(self._all, int(time.time()), self._overlap)
            if [key.kid for key in counting] != [key.kid for key in self._keys]:
                self._keys, self._public = counting, public_set(counting)
        return self._keys

    def _read_if_changed(self) -> None:
        try:
            about = self._path.stat()
            if (about.st_mtime_ns, about.st_ino) != self._seen:
                self._all = read_private(self._path)
                self._seen = (about.st_mtime_ns, about.st_ino)
        except (OSError, KeyFileError) as trouble:
            if not self._keys:
                raise
            # What was read before still counts; somebody should hear that it is not what the file says.
            log("gateway").error("key_set_unreadable", path=str(self._path), trouble=str(trouble))

    def public(self) -> dict[str, list[dict[str, Any]]]:
        """The public set of the keys that count now."""
        self.current()
        return self._public
