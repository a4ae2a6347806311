"""Which public keys may be registered: big enough, for one algorithm each, without their private part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey

from shared.errors import Kind, reason


class ClientAlgorithm(StrEnum):
    """What a client may sign its assertions with; each key with one of these."""

    RS512 = "RS512"
    PS256 = "PS256"
    ES256 = "ES256"


class IssuerAlgorithm(StrEnum):
    """What an outside issuer may sign its tokens with; each issuer with one of these."""

    RS256 = "RS256"
    RS512 = "RS512"
    PS256 = "PS256"
    ES256 = "ES256"


PUBLIC_MEMBERS = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
SMALLEST_RSA_BITS, LARGEST_RSA_BITS = 2048, 4096
KEY_TYPES = {"RS256": "RSA", "RS512": "RSA", "PS256": "RSA", "ES256": "EC"}

KEY_PRIVATE = reason(
    "key_private",
    Kind.INVALID,
    "This key holds its private part, which nobody else may have. Make a new key and send its public part.",
)
KEY_UNREADABLE = reason(
    "key_unreadable", Kind.INVALID, "This is not a public RSA key or a public key on P-256 in JWK form."
)
KEY_SIZE = reason("key_size", Kind.INVALID, "An RSA key needs 2048 to 4096 bits and the exponent 65537.")
KEY_ALGORITHM = reason(
    "key_algorithm", Kind.INVALID, "The key is not one for this algorithm, or names another algorithm or use."
)
KEY_NAME = reason("key_id", Kind.INVALID, "A key needs a `kid` of 1 to 100 printable characters.")

_KID = re.compile(r"[\x21-\x7e]{1,100}", re.ASCII)


def read_key(jwk: Mapping[str, Any], algorithm: str, pointer: str = "/jwk") -> tuple[dict[str, str], Key]:
    """The public members of a key to keep, and the key. Refused unless it is fit for just this algorithm."""
    if PRIVATE_MEMBERS & jwk.keys():
        raise KEY_PRIVATE(pointer)
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise KEY_NAME(f"{pointer}/kid")
    if jwk.get("kty") != KEY_TYPES.get(algorithm):
        raise KEY_ALGORITHM(f"{pointer}/kty", algorithm=algorithm)
    if jwk.get("alg", algorithm) != algorithm or jwk.get("use", "sig") != "sig":
        raise KEY_ALGORITHM(pointer, algorithm=algorithm)
    members = {name: jwk.get(name) for name in PUBLIC_MEMBERS[KEY_TYPES[algorithm]]}
    texts = {name: value for name, value in members.items() if isinstance(value, str) and len(value) <= 1024}
    if len(texts) != len(members):
        raise KEY_UNREADABLE(pointer)
    return {**texts, "kid": kid}, _checked(texts, pointer)


def load_key(jwk: Mapping[str, str]) -> Key:
    """A key as it was kept."""
    kept: dict[str, str | list[str]] = {name: value for name, value in jwk.items() if name != "kid"}
    return RSAKey.import_key(kept) if jwk["kty"] == "RSA" else ECKey.import_key(kept)


def _checked(members: dict[str, str], pointer: str) -> Key:
    try:
        # A modulus of a wrong size is looked at before the key is made, since making it warns or takes long.
        bits = len(members["n"]) * 6 if members["kty"] == "RSA" else 0
        if members["kty"] == "RSA" and not SMALLEST_RSA_BITS <= bits <= LARGEST_RSA_BITS + 6:
            raise KEY_SIZE(pointer)
        key = load_key(members)
        if isinstance(key, RSAKey):
            numbers = key.public_key.public_numbers()
            if (
                numbers.n.bit_length() not in range(SMALLEST_RSA_BITS, LARGEST_RSA_BITS + 1)
                or numbers.e != 65537
            ):
                raise KEY_SIZE(pointer)
        elif isinstance(key, ECKey) and key.curve_name != "P-256":
            raise KEY_UNREADABLE(pointer)
    except (JoseError, ValueError, TypeError, KeyError):
        raise KEY_UNREADABLE(pointer) from None
    return key
