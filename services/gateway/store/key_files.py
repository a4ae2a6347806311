"""Key sets on disk: private ones that only their owner may read, public ones that are replaced whole."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any, cast

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeyParameters, KeySet

from services.gateway.rules.audit_head import HEAD_TYPE
from services.gateway.rules.key_ring import OVERLAP_SECONDS, RingKey, kept

_PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "kid", "use", "alg")


class KeyFileError(Exception):
    """A key set cannot be read or may not be used; the sentence says what to do."""


def new_key(now: int) -> ECKey:
    """A key on P-256 for signing with ES256, named by its thumbprint (RFC 7638)."""
    members: dict[str, Any] = {"use": "sig", "alg": "ES256", "created": now}
    return ECKey.generate_key("P-256", cast("KeyParameters", members), auto_kid=True)


def read_private(path: Path) -> KeySet:
    """The private set in this file. Refused when others than its owner may read it."""
    mode = path.stat().st_mode
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(f"{path} may be read by others than its owner. Set its mode to 0600.")
    try:
        keys = KeySet.import_key_set(msgspec.json.decode(path.read_bytes()))
    except (JoseError, msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        raise KeyFileError(f"{path} does not hold a set of private keys.") from error
    if not all(isinstance(key, ECKey) and key.is_private and key.curve_name == "P-256" for key in keys):
        raise KeyFileError(f"{path} holds a key that is not a private one on P-256.")
    return keys


def write_private(path: Path, keys: KeySet) -> None:
    _replace(path, msgspec.json.encode(keys.as_dict(private=True)), 0o600)


def write_public(path: Path, keys: KeySet) -> None:
    _replace(path, msgspec.json.encode(public_set(keys)), 0o644)


def public_set(keys: KeySet) -> dict[str, list[dict[str, Any]]]:
    """What may be published of a set: the public members only, first key first."""
    return {"keys": [{name: each[name] for name in _PUBLIC_MEMBERS} for each in keys.as_dict()["keys"]]}


def signed_head(claims: dict[str, Any], keys: KeySet) -> str:
    """The claims of an audit's head, signed with the first key of the set (JWS, compact)."""
    key = keys.keys[0]
    header = {"alg": "ES256", "typ": HEAD_TYPE, "kid": str(key.kid)}
    return jws.serialize_compact(header, msgspec.json.encode(claims), cast("ECKey", key))


def rotated(keys: KeySet, now: int, overlap_seconds: int = OVERLAP_SECONDS) -> KeySet:
    """The set with a new first key, without those whose overlap has passed."""
    return trimmed(KeySet([new_key(now), *keys.keys]), now, overlap_seconds)


def trimmed(keys: KeySet, now: int, overlap_seconds: int = OVERLAP_SECONDS) -> KeySet:
    """The set without the keys whose overlap has passed."""
    ring = [RingKey(str(key.kid), int(str(key.get("created") or 0))) for key in keys]
    names = {each.kid for each in kept(ring, now, overlap_seconds)}
    return KeySet([key for key in keys if key.kid in names])


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Put the file in place whole: whoever reads it meets the old set or the new one, never half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
