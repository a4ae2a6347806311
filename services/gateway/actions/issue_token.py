"""Issue an access token to a client that proved who it is. Every failure to do so answers alike."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import KeySet

from services.gateway.rules import token_request as rules
from services.gateway.rules.access_token import ALGORITHM, LIFE_SECONDS, TYPE, Grant, claims_of
from services.gateway.rules.client import secret_matches
from services.gateway.rules.client_assertion import named_client, spend_as_much, verify_assertion
from services.gateway.rules.signed_token import Unsound, Unverified, read
from services.gateway.store import admissions
from services.gateway.store.admissions import Admitted
from shared.db import Database
from shared.logs import log


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues: our name, the audience of our tokens, where they are asked for, and the signing keys."""

    issuer: str
    audience: str
    token_endpoint: str
    keys: KeySet


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as it is handed out, in the members of RFC 6749 section 5.1."""

    access_token: str
    scope: str
    expires_in: int = LIFE_SECONDS
    token_type: str = "Bearer"  # noqa: S105 the name of a kind of token


async def issue_token(db: Database, by: Issuing, asked: rules.TokenRequest, now: int) -> Issued:
    """Check the proof, use up its one-time id, and sign a token for the scopes asked for. `now` is Unix time."""
    try:
        client = await (_by_assertion if asked.assertion is not None else _by_secret)(db, by, asked, now)
    except Unsound as unsound:
        log("gateway").info("client_refused", why=unsound.why)
        raise rules.INVALID_CLIENT() from None
    scopes = client.scopes if asked.scopes is None else asked.scopes
    if not scopes <= client.scopes:
        raise rules.INVALID_SCOPE(beyond=sorted(scopes - client.scopes)[:20])
    organisation = client.directory.organisation
    grant = Grant(client.client_id, scopes, now + LIFE_SECONDS)
    key = by.keys.keys[0]
    claims = claims_of(
        grant,
        organisation.parent_id or organisation.id,
        issuer=by.issuer,
        audience=by.audience,
        jti=uuid4().hex,
    )
    token = jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key)
    return Issued(token, " ".join(sorted(scopes)))


async def _by_assertion(db: Database, by: Issuing, asked: rules.TokenRequest, now: int) -> Admitted:
    unverified, client_id = _named(asked)
    client = await _enabled(db, client_id)
    keys = client.keys if client is not None else ()
    used = verify_assertion(unverified, keys, (by.token_endpoint, by.issuer), now)
    # The id is used up before anything is handed out. If the answer is lost, the client signs a new assertion.
    fresh = await admissions.use_assertion_id(db, client_id, used.jti, used.remembered_until)
    if client is None or not fresh:
        raise Unsound("replay")
    return client


def _named(asked: rules.TokenRequest) -> tuple[Unverified, UUID]:
    """The assertion and the client that it names. What cannot be read costs as much as what cannot be verified."""
    assert asked.assertion is not None
    try:
        unverified = read(asked.assertion)
        client_id = named_client(unverified)
        if asked.client_id not in (None, str(client_id)):
            raise Unsound("client_id")
    except Unsound:
        spend_as_much("")
        raise
    return unverified, client_id


async def _by_secret(db: Database, _by: Issuing, asked: rules.TokenRequest, _now: int) -> Admitted:
    client_id = rules.client_id_of(asked.client_id)
    client = await _enabled(db, client_id or UUID(int=0))
    secret = asked.secret or ""
    right = secret_matches(secret[: rules.LONGEST_SECRET], client.secret_digests if client else ())
    if client is None or not right or len(secret) > rules.LONGEST_SECRET:
        raise Unsound("secret")
    return client


async def _enabled(db: Database, client_id: UUID) -> Admitted | None:
    client = await admissions.client(db, client_id)
    return None if client is None or client.disabled else client
