"""Registering an organisation's own OIDC provider, so that its tokens stand for that organisation's clients."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from services.gateway.rules.client_key import read_key
from shared.errors import Kind, reason
from shared.text import forbidden_character

MOST_KEYS, MOST_CLIENTS, LONGEST_CLAIM = 20, 100, 200

ISSUER_UNREADABLE = reason(
    "issuer_unreadable",
    Kind.INVALID,
    "An issuer is an https address exactly as its tokens name it in `iss`, without user, query and fragment.",
)
ISSUER_OURS = reason(
    "issuer_is_this_gateway", Kind.INVALID, "This gateway's own tokens need no registration."
)
ISSUER_TAKEN = reason(
    "issuer_taken", Kind.CONFLICT, "Your organisation has registered this issuer and audience already."
)
ISSUER_KEY_TWICE = reason("issuer_key_twice", Kind.INVALID, "Two of the keys have the same `kid`.")
ISSUER_CLIENT_UNKNOWN = reason(
    "issuer_client_unknown",
    Kind.INVALID,
    "An issuer's tokens can only stand for clients of the same organisation.",
)


CLAIM_UNREADABLE = reason(
    "issuer_claim_unreadable", Kind.INVALID, "What a claim says is a text of 1 to 200 plain characters."
)


class ClientClaim(StrEnum):
    """The claim of a token that says which client of the provider it was given to."""

    AZP = "azp"
    CLIENT_ID = "client_id"
    APPID = "appid"
    SUB = "sub"


class ScopeClaim(StrEnum):
    """The claim of a token that lists what the provider lets it do."""

    SCOPE = "scope"
    SCP = "scp"


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider as an organisation registered it. Its keys are uploaded; nothing is fetched from outside.

    `clients` maps what is found in the token's `client_claim` to one of the organisation's own clients. With
    a `scope_claim` the token's scopes narrow what that client may do.
    """

    id: UUID
    owner_organisation_id: UUID
    issuer: str
    audience: str
    algorithm: str
    keys: tuple[dict[str, str], ...]
    client_claim: ClientClaim
    clients: dict[str, UUID]
    scope_claim: ScopeClaim | None = None
    longest_life_seconds: int = 3600
    enabled: bool = True
    version: int = 1


def read_keys(keys: Sequence[Mapping[str, Any]], algorithm: str) -> tuple[dict[str, str], ...]:
    """The public members of each key, all for this one algorithm."""
    found = tuple(read_key(each, algorithm, f"/keys/{index}")[0] for index, each in enumerate(keys))
    if len({each["kid"] for each in found}) != len(found):
        raise ISSUER_KEY_TWICE("/keys")
    return found


def check_issuer(issuer: Issuer, clients: Collection[UUID], own_issuer: str) -> Issuer:
    """Check a registration. `clients` are the ids of the organisation's clients, `own_issuer` is this gateway."""
    if not _plain_https(issuer.issuer):
        raise ISSUER_UNREADABLE("/issuer")
    if issuer.issuer.rstrip("/") == own_issuer.rstrip("/"):
        raise ISSUER_OURS("/issuer")
    for value, client_id in issuer.clients.items():
        if not 1 <= len(value) <= LONGEST_CLAIM or forbidden_character(value):
            raise CLAIM_UNREADABLE("/clients")
        if client_id not in clients:
            raise ISSUER_CLIENT_UNKNOWN(f"/clients/{value.replace('~', '~0').replace('/', '~1')}")
    return issuer


def scopes_behind(issuer: Issuer, held: Mapping[UUID, Iterable[str]]) -> frozenset[str]:
    """Every scope that a token of this issuer could bring. `held` are the scopes of each client."""
    return frozenset(scope for client_id in issuer.clients.values() for scope in held[client_id])


def _plain_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    extra = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme == "https" and bool(parts.hostname) and not extra and len(address) <= 500
