"""What a signed head of an audit says: whose chain, how far, and the hash that holds everything before it."""

from __future__ import annotations

HEAD_TYPE = "audit-head+jwt"


def claims_of(service: str, position: int, digest: str, issuer: str, now: int) -> dict[str, str | int]:
    """The claims of a head's signature. It never expires: partners keep it as long as they like."""
    return {
        "iss": issuer,
        "iat": now,
        "service": service,
        "position": position,
        "hash": digest,
    }
