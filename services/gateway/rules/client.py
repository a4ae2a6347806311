"""Machine clients: scopes that nobody gives beyond their own, keys, and secrets kept as digests."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.gateway.rules.organisation import Organisation, OrganisationKind
from shared.caller import Caller
from shared.errors import Kind, reason

MOST_SECRETS = 2  # the one in use and the one that takes over
MOST_KEYS = 10

SCOPE_UNKNOWN = reason(
    "scope_unknown",
    Kind.INVALID,
    "There is no such scope. The documentation lists the scope of each operation.",
)
SCOPE_BEYOND = reason(
    "scope_beyond_own",
    Kind.FORBIDDEN,
    "A client can only be given scopes that the one who gives them holds as well.",
)
SCOPE_OF_OPERATOR = reason(
    "scope_of_operator",
    Kind.INVALID,
    "The operator of the system has scopes of its own and no others, and nobody else has those.",
)
CLIENT_NAME_TAKEN = reason(
    "client_name_taken", Kind.CONFLICT, "Your organisation has a client of this name. Choose another."
)
OWNER_UNKNOWN = reason(
    "client_owner_unknown",
    Kind.INVALID,
    "The organisation that the client should act for is not in the directory.",
)
CLIENT_DISABLED = reason("client_disabled", Kind.CONFLICT, "The client is disabled. Enable it first.")
CLIENT_ENABLED = reason("client_enabled", Kind.CONFLICT, "The client is not disabled.")
DISABLES_ITSELF = reason(
    "client_disables_itself",
    Kind.CONFLICT,
    "A client cannot disable itself. Use another client of your organisation.",
)
SECRETS_ENOUGH = reason(
    "client_secrets_enough",
    Kind.CONFLICT,
    "The client has two secrets already: the one in use and the next. Retire one first.",
)
KEYS_ENOUGH = reason(
    "client_keys_enough", Kind.CONFLICT, "The client has ten keys already. Retire one first."
)
KEY_NAME_TAKEN = reason(
    "client_key_id_taken",
    Kind.CONFLICT,
    "The client has or had a key of this id. Give the new key another `kid`.",
)
RETIRED = reason("already_retired", Kind.CONFLICT, "This was retired already, and stays so.")


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes that there are: those the operator's clients may hold, and those all others may."""

    operator: frozenset[str]
    organisation: frozenset[str]


@dataclass(frozen=True, slots=True)
class Client:
    """A machine client of one organisation or sub-unit. The body that owns it is the organisation or its parent."""

    id: UUID
    owner_organisation_id: UUID
    organisation_id: UUID
    name: str
    scopes: tuple[str, ...]
    disabled_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key of a client: `jwk` holds its public members only."""

    id: UUID
    client_id: UUID
    owner_organisation_id: UUID
    kid: str
    algorithm: str
    jwk: dict[str, str]
    retired_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A secret of a client. The secret itself is in the first answer and nowhere else."""

    id: UUID
    client_id: UUID
    owner_organisation_id: UUID
    secret: str | None = None
    expires_at: datetime | None = None
    retired_at: datetime | None = None
    version: int = 1


def manages(caller: Caller, organisation: Organisation) -> bool:
    """Whether the caller may manage this organisation's clients: the operator everybody's, others their own.

    A client of a sub-unit manages that unit's, and not those of the body that the unit is part of.
    """
    if caller.operator:
        return True
    if caller.sub_unit_id is not None:
        return organisation.id == caller.sub_unit_id
    return caller.organisation_id in (organisation.id, organisation.parent_id)


def create_client(client: Client, organisation: Organisation | None, known: Scopes, by: Caller) -> Client:
    """Check a new client of an organisation, which is None where there is no such one."""
    if organisation is None or not manages(by, organisation):
        raise OWNER_UNKNOWN("/organisation_id")
    _check_scopes(client.scopes, organisation, known, by)
    return replace(client, scopes=tuple(sorted(set(client.scopes))))


def change_client(
    before: Client, changes: dict[str, Any], organisation: Organisation, known: Scopes, by: Caller
) -> Client:
    """Take over a new name or new scopes. Scopes that stay need not be held by whoever changes the others."""
    after = replace(before, **changes, version=before.version + 1)
    added = tuple(scope for scope in after.scopes if scope not in before.scopes)
    _check_scopes(added, organisation, known, by)
    return replace(after, scopes=tuple(sorted(set(after.scopes))))


def _check_scopes(scopes: Sequence[str], organisation: Organisation, known: Scopes, by: Caller) -> None:
    unknown = sorted(set(scopes) - known.operator - known.organisation)
    if unknown:
        raise SCOPE_UNKNOWN("/scopes", unknown=unknown)
    is_operator = organisation.kind is OrganisationKind.OPERATOR
    misplaced = sorted(set(scopes) - (known.operator if is_operator else known.organisation))
    if misplaced:
        raise SCOPE_OF_OPERATOR("/scopes", misplaced=misplaced)
    # The operator registers clients for others and therefore gives what it does not hold; it can use none of
    # it, since it holds no role in any partnership. Everybody else gives of their own.
    beyond = [] if by.operator else sorted(set(scopes) - by.scopes)
    if beyond:
        raise SCOPE_BEYOND("/scopes", beyond=beyond)


def require_no_more(scopes: Iterable[str], known: Scopes, by: Caller) -> None:
    """Refuse a way in to a client that may do more than whoever makes it, who could then come as that client.

    A scope that opens nothing any more is nobody's to hold, and so none that could be missing.
    """
    open_to_somebody = set(scopes) & (known.operator | known.organisation)
    beyond = [] if by.operator else sorted(open_to_somebody - by.scopes)
    if beyond:
        raise SCOPE_BEYOND(beyond=beyond)


def disable(client: Client, at: datetime, by: Caller) -> Client:
    if client.disabled_at is not None:
        raise CLIENT_DISABLED()
    if client.id == by.client_id:
        raise DISABLES_ITSELF()
    return replace(client, disabled_at=at, version=client.version + 1)


def enable(client: Client) -> Client:
    if client.disabled_at is None:
        raise CLIENT_ENABLED()
    return replace(client, disabled_at=None, version=client.version + 1)


def add_key(key: ClientKey, others: Sequence[ClientKey]) -> ClientKey:
    """Check a further key of a client. `others` are all it has and had."""
    if any(each.kid == key.kid for each in others):
        raise KEY_NAME_TAKEN("/jwk/kid")
    if sum(each.retired_at is None for each in others) >= MOST_KEYS:
        raise KEYS_ENOUGH()
    return key


def add_secret(secret: ClientSecret, others: Sequence[ClientSecret], now: datetime) -> ClientSecret:
    """Check a further secret of a client: no more than two count at a time."""
    counting = [each for each in others if each.retired_at is None and (each.expires_at or now) >= now]
    if len(counting) >= MOST_SECRETS:
        raise SECRETS_ENOUGH()
    return secret


def retire_key(key: ClientKey, at: datetime) -> ClientKey:
    if key.retired_at is not None:
        raise RETIRED()
    return replace(key, retired_at=at, version=key.version + 1)


def retire_secret(secret: ClientSecret, at: datetime) -> ClientSecret:
    if secret.retired_at is not None:
        raise RETIRED()
    return replace(secret, retired_at=at, version=secret.version + 1)


def digest(secret: str) -> bytes:
    """How a secret is kept. SHA-256 is enough for 256 random bits; a slow hash would only help to tire us."""
    return sha256(secret.encode()).digest()


_NO_DIGEST = bytes(32)


def secret_matches(secret: str, digests: Sequence[bytes]) -> bool:
    """Whether the secret is one of these, in the same time whichever it is and also where there is none."""
    given = digest(secret)
    padded = (*digests[:MOST_SECRETS], *[_NO_DIGEST] * (MOST_SECRETS - len(digests)))
    found = [hmac.compare_digest(given, each) for each in padded]
    return any(found)
