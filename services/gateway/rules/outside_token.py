"""Tokens of an organisation's own OIDC provider, and the clients of that organisation that they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from joserfc.jwk import Key

from services.gateway.rules.access_token import checked_life
from services.gateway.rules.signed_token import Unsound, Unverified, verify

TYPES = ("at+jwt", "application/at+jwt", "JWT", None)


@dataclass(frozen=True, slots=True)
class OutsideIssuer:
    """An OIDC provider of an organisation, whose tokens stand for some of that organisation's clients.

    `client_claim` names the claim that says which client it is, `clients` maps what is found there to the
    client that it stands for. With a `scope_claim` the token's scopes narrow
    the client's; without one the client has what it was registered with.
    """

    issuer: str
    audience: str
    algorithm: str
    keys: dict[str, Key]
    client_claim: str
    clients: dict[str, UUID]
    scope_claim: str | None
    longest_life_seconds: int


@dataclass(frozen=True, slots=True)
class OutsideGrant:
    """What an outside token proves. `scopes` is None where it says nothing about them."""

    client_id: UUID
    scopes: frozenset[str] | None
    expires: int


def verify_outside(unverified: Unverified, issuer: OutsideIssuer, now: int) -> OutsideGrant:
    """Check a token of an outside issuer against what was registered about it. Raises Unsound."""
    key = issuer.keys.get(unverified.kid)
    if key is None:
        raise Unsound("kid")
    verify(unverified, key, issuer.algorithm)
    claims = unverified.claims
    if unverified.header.get("typ") not in TYPES:
        raise Unsound("typ")
    if claims.get("iss") != issuer.issuer:
        raise Unsound("iss")
    if claims.get("aud") not in (issuer.audience, [issuer.audience]):
        raise Unsound("aud")
    expires = checked_life(claims, issuer.longest_life_seconds, now)
    named = claims.get(issuer.client_claim)
    if not isinstance(named, str) or named not in issuer.clients:
        raise Unsound("sub")
    scopes = None
    if issuer.scope_claim is not None:
        said = claims.get(issuer.scope_claim)
        if not isinstance(said, str):
            raise Unsound("scope")
        scopes = frozenset(said.split())
    return OutsideGrant(issuer.clients[named], scopes, expires)
