"""What a client must say to prove who it is with a key of its own (RFC 7523, NHS signed JWT).

The same fixed list for everybody; whoever fails is told nothing but that the client is not valid.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

from services.gateway.rules.signed_token import SKEW_SECONDS, Unsound, Unverified, verify, whole_seconds

ALGORITHMS = ("RS512", "PS256", "ES256")
LONGEST_LIFE_SECONDS = 300
TYPES = (None, "JWT", "client-authentication+jwt")

_JTI = re.compile(r"[\x21-\x7e]{16,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A public key of one client, with the one algorithm that it was registered for."""

    kid: str
    algorithm: str
    key: Key


@dataclass(frozen=True, slots=True)
class OneTimeId:
    """The id that this assertion may use once, and until when (Unix time) it is remembered."""

    jti: str
    remembered_until: int


def named_client(unverified: Unverified) -> UUID:
    """Whom the assertion speaks of: `iss` and `sub` are the same client id, in its one spelling."""
    issuer, subject = unverified.claims.get("iss"), unverified.claims.get("sub")
    if not isinstance(subject, str) or issuer != subject:
        raise Unsound("sub")
    try:
        client_id = UUID(subject)
    except ValueError:
        raise Unsound("sub") from None
    if str(client_id) != subject:
        raise Unsound("sub")
    return client_id


def verify_assertion(
    unverified: Unverified, keys: Sequence[RegisteredKey], audiences: Sequence[str], now: int
) -> OneTimeId:
    """Check signature and claims against the keys of the client that the assertion names.

    `audiences` are the token endpoint's address and the issuer's. Raises Unsound. When no key of the client
    has the assertion's id, a key of our own is tried in its place, so that this takes as long.
    """
    registered = next((each for each in keys if each.kid == unverified.kid), None)
    if registered is None:
        spend_as_much(unverified.algorithm)
        raise Unsound("kid")
    if unverified.algorithm != registered.algorithm:
        spend_as_much(unverified.algorithm)
        raise Unsound("alg")
    verify(unverified, registered.key, registered.algorithm)
    return _check_claims(unverified, audiences, now)


def _check_claims(unverified: Unverified, audiences: Sequence[str], now: int) -> OneTimeId:
    claims = unverified.claims
    if unverified.header.get("typ") not in TYPES:
        raise Unsound("typ")
    audience = claims.get("aud")
    if not isinstance(audience, str) or audience not in audiences:
        raise Unsound("aud")
    expires = whole_seconds(claims, "exp")
    if expires is None or not now < expires <= now + LONGEST_LIFE_SECONDS:
        raise Unsound("exp")
    issued, not_before = whole_seconds(claims, "iat"), whole_seconds(claims, "nbf")
    if issued is not None and not now - LONGEST_LIFE_SECONDS - SKEW_SECONDS <= issued <= now + SKEW_SECONDS:
        raise Unsound("iat")
    if not_before is not None and not_before > now + SKEW_SECONDS:
        raise Unsound("nbf")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise Unsound("jti")
    return OneTimeId(jti, expires + SKEW_SECONDS)


# Nobody holds the private halves of these: they are there to spend the time of a verification.
_SPARE_MODULUS = (
    "1pwl2xNPqgGwpNllUYztYPAzO4js1lep-JjwC8VrGbR3c0XzvsolzcZWmVEJqhSngmaTKsppqR12VWTw3gMTcZcKJ_nW-"
    "mwDkmWuaFe_KrRlCImrASzMPerNWjJw8EXqZACTPChFNoEMso-"
    "aFJ59MNYvQgmhhwyGF3gaoSpR0Z7svfQO8QH8zxsPj7gCIMgBZFOy2B141IwKaUzfnyiYft_EbG6FC3cTmBA-SDRLlBfuJ18"
    "r1V2GxQdm4EQOTl_iuInwkPU17sR2itZQVPuNDVvGnvGtH_0juC9E7SYfpf43zCggKyZNNDzFHW_J9euE69qermYyZpZeeku"
    "w-ApAmQ"
)
_SPARE_RSA = RSAKey.import_key({"kty": "RSA", "n": _SPARE_MODULUS, "e": "AQAB"})
_SPARE_EC = ECKey.import_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "6Br_7YpWbjrpwEBwJ1NdYXnNvriKbfLxQUtTxd6iGeA",
        "y": "kzOLt3PQm-ETORcM9lmJQG1V1p4ZmDXu7cI79eEwWPQ",
    }
)
_SPARE_SIGNATURES = {"ES256": bytes(range(64)), "RS512": bytes(range(256)), "PS256": bytes(range(256))}


def spend_as_much(algorithm: str) -> None:
    """Do the work of a verification that fails, so that its time does not say which client or key exists."""
    chosen = algorithm if algorithm in ALGORITHMS else ALGORITHMS[0]
    key = _SPARE_EC if chosen == "ES256" else _SPARE_RSA
    JWSRegistry.algorithms[chosen].verify(b"spare", _SPARE_SIGNATURES[chosen], key)
