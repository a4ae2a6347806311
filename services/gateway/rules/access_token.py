"""What an access token says (RFC 9068), and how one is checked that we are said to have issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc.jwk import Key

from services.gateway.rules.signed_token import SKEW_SECONDS, Unsound, Unverified, verify, whole_seconds

TYPE = "at+jwt"
ALGORITHM = "ES256"
LIFE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token gives: these scopes to this client until that second (Unix time)."""

    client_id: UUID
    scopes: frozenset[str]
    expires: int


def claims_of(grant: Grant, organisation_id: UUID, *, issuer: str, audience: str, jti: str) -> dict[str, Any]:
    """The claims of a new access token. It was issued as long ago as its life is longer than what is left."""
    return {
        "iss": issuer,
        "sub": str(grant.client_id),
        "aud": audience,
        "client_id": str(grant.client_id),
        "org": str(organisation_id),
        "scope": " ".join(sorted(grant.scopes)),
        "jti": jti,
        "iat": grant.expires - LIFE_SECONDS,
        "exp": grant.expires,
    }


def verify_own(unverified: Unverified, keys: dict[str, Key], issuer: str, audience: str, now: int) -> Grant:
    """Check a token that we are said to have issued. Raises Unsound."""
    key = keys.get(unverified.kid)
    if key is None:
        raise Unsound("kid")
    verify(unverified, key, ALGORITHM)
    claims = unverified.claims
    if unverified.header.get("typ") != TYPE:
        raise Unsound("typ")
    if claims.get("iss") != issuer:
        raise Unsound("iss")
    if claims.get("aud") != audience:
        raise Unsound("aud")
    expires = checked_life(claims, LIFE_SECONDS, now)
    subject, scope = claims.get("sub"), claims.get("scope")
    if not isinstance(subject, str) or claims.get("client_id") != subject or not isinstance(scope, str):
        raise Unsound("sub")
    if not isinstance(claims.get("jti"), str):
        raise Unsound("jti")
    try:
        return Grant(UUID(subject), frozenset(scope.split()), expires)
    except ValueError:
        raise Unsound("sub") from None


def checked_life(claims: dict[str, Any], longest_seconds: int, now: int) -> int:
    """When it ends. It must have begun, not have ended, and not live longer than it may."""
    expires, issued = whole_seconds(claims, "exp"), whole_seconds(claims, "iat")
    if expires is None or expires <= now:
        raise Unsound("exp")
    if issued is None or issued > now + SKEW_SECONDS:
        raise Unsound("iat")
    if expires - issued > longest_seconds or expires > now + longest_seconds + SKEW_SECONDS:
        raise Unsound("exp")
    not_before = whole_seconds(claims, "nbf")
    if not_before is not None and not_before > now + SKEW_SECONDS:
        raise Unsound("nbf")
    return expires
