"""Reading and checking a signed token (JWS compact form): strictly one spelling, one key, one algorithm."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

LONGEST_TOKEN = 8 * 1024
LONGEST_HEADER = 512
SKEW_SECONDS = 60
HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class Unsound(Exception):
    """A token that proves nothing. `why` is for logs and tests; whoever sent the token is never told."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token that has the right form, read but not yet believed."""

    token: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def kid(self) -> str:
        return str(self.header["kid"])

    @property
    def algorithm(self) -> str:
        return str(self.header["alg"])


def read(token: str, longest: int = LONGEST_TOKEN) -> Unverified:
    """Take a token apart without believing it.

    Refused: anything longer than `longest` characters, not exactly three base64url parts in their one
    canonical spelling, a header or claims set that is not a JSON object or names a member twice, a header
    with members beyond the few that are used (so no jwk, jku, x5u, x5c, crit or b64), no text `alg` or `kid`.
    """
    if len(token) > longest:
        raise Unsound("size")
    if not _COMPACT.fullmatch(token):
        raise Unsound("form")
    first, second, third = token.split(".")
    if len(first) > LONGEST_HEADER:
        raise Unsound("size")
    header, claims = _object(_decoded(first)), _object(_decoded(second))
    _decoded(third)
    if header.keys() - HEADER_MEMBERS:
        raise Unsound("header")
    if not isinstance(header.get("alg"), str):
        raise Unsound("alg")
    if not isinstance(header.get("kid"), str):
        raise Unsound("kid")
    if not isinstance(header.get("typ", ""), str):
        raise Unsound("typ")
    return Unverified(token, header, claims)


def verify(unverified: Unverified, key: Key, algorithm: str) -> None:
    """Check the signature with this key under this one algorithm, whatever the header asks for."""
    if unverified.algorithm != algorithm:
        raise Unsound("alg")
    try:
        jws.deserialize_compact(unverified.token, key, algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise Unsound("signature") from None


def whole_seconds(claims: dict[str, Any], name: str) -> int | None:
    """A time claim as whole seconds since 1970, or None where there is none. `true` is not a time."""
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if type(value) is not int or not 0 < value < 2**40:
        raise Unsound(name)
    return value


def _decoded(part: str) -> bytes:
    """The bytes of a base64url part; a second spelling of the same bytes is refused."""
    try:
        content = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Unsound("form") from None
    if urlsafe_b64encode(content).rstrip(b"=") != part.encode():
        raise Unsound("form")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unsound("json") from None
    if not isinstance(found, dict):
        raise Unsound("json")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)
