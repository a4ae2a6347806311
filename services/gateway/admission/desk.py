"""The admission desk: from a bearer token to a caller, and from a caller to what a service is told about it."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.gateway.admission.clients_seen import ClientsSeen
from services.gateway.admission.key_source import KeySource
from services.gateway.rules.access_token import verify_own
from services.gateway.rules.internal import Internal
from services.gateway.rules.outside_token import OutsideGrant, OutsideIssuer, verify_outside
from services.gateway.rules.policy import Row, decide, scopes_of
from services.gateway.rules.signed_token import LONGEST_TOKEN, Unsound, Unverified, read
from services.gateway.rules.standing import caller_of
from services.gateway.store.admissions import Admitted
from shared.caller import DRIVE, LIFETIME_SECONDS, PUBLIC, Caller, Errand, mint_assertion
from shared.errors import Kind, reason

TOKEN_MISSING = reason(
    "token_missing", Kind.UNAUTHENTICATED, "Send an access token: Authorization: Bearer, from /oauth2/token."
)
TOKEN_REFUSED = reason(
    "token_refused", Kind.UNAUTHENTICATED, "The access token is not valid or has expired. Get a new one."
)

MOST_TOKENS = 8192
ASSERTION_SECONDS = (
    LIFETIME_SECONDS - 15
)  # what is left of its life when it is sent for the last time: 15 seconds


@dataclass(frozen=True, slots=True)
class Place:
    """The names by which this gateway goes: as issuer, and as audience of access tokens."""

    issuer: str

    @property
    def audience(self) -> str:
        return f"{self.issuer}/v1"

    @property
    def token_endpoint(self) -> str:
        return f"{self.issuer}/oauth2/token"


@dataclass(slots=True)
class Visitor:
    """A token that was verified: what it grants, and who that makes the caller as the directory stands."""

    client_id: UUID
    granted: frozenset[str] | None
    expires: int
    issuer: str | None = None  # an outside one, and what was registered about it when the token was verified
    registered: list[OutsideIssuer] | None = None
    record: Admitted | None = None
    caller: Caller | None = None
    assertions: dict[str, tuple[str, float]] = field(default_factory=dict)


class Desk:
    """Verified tokens, and assertions minted for them, are remembered while both are good."""

    def __init__(
        self, place: Place, tokens: KeySource, assertions: KeySource, seen: ClientsSeen, rows: tuple[Row, ...]
    ) -> None:
        self._place = place
        self._tokens = tokens
        self._assertions = assertions
        self._seen = seen
        self._scopes = {service: scopes_of(rows, service) for service in {row.service for row in rows}}
        self._scopes["gateway"] = scopes_of(rows)  # it decides which scopes its caller may give to others
        self._visitors: OrderedDict[bytes, Visitor] = OrderedDict()
        self._public = Visitor(PUBLIC.client_id, frozenset(), 0, caller=PUBLIC)

    async def admit(self, token: str | None, row: Row) -> Visitor:
        """Who brings this token, if it may call the operation of this row; otherwise a refusal."""
        if token is None:
            raise TOKEN_MISSING()
        visitor = await self._visitor(token)
        known = self._seen.known(visitor.client_id)
        record = known[1] if known is not None else await self._seen.client(visitor.client_id)
        if record is None or record.disabled:
            raise TOKEN_REFUSED()
        if visitor.record is not record or visitor.caller is None:
            granted = record.scopes if visitor.granted is None else record.scopes & visitor.granted
            caller = caller_of(record.client_id, granted, record.directory, record.today)
            if caller != visitor.caller:
                visitor.assertions.clear()
            visitor.record, visitor.caller = record, caller
        decide(row, visitor.caller)
        return visitor

    def public(self) -> Visitor:
        """The public, for the doors of services that are open to everybody. A token that comes along is not read."""
        return self._public

    def assertion(self, visitor: Visitor, service: str) -> str:
        """What a service is told about the caller, signed: of the scopes, those that it asks for alone."""
        minted = visitor.assertions.get(service)
        now = time.time()
        if minted is not None and minted[1] > now:
            return minted[0]
        assert visitor.caller is not None
        narrowed = replace(visitor.caller, scopes=visitor.caller.scopes & self._scopes[service])
        assertion = mint_assertion(
            narrowed, service, self._place.issuer, self._assertions.current(), int(now)
        )
        visitor.assertions[service] = (assertion, now + ASSERTION_SECONDS)
        return assertion

    def observing(self, visitor: Visitor, service: str, partnership_id: UUID) -> str:
        """What a service is told where something is read as scrutiny may have it: an observer here, and nobody else.

        It names the client and no organisation, so that no row is the caller's own.
        """
        assert visitor.caller is not None
        scopes = visitor.caller.scopes & self._scopes[service]
        observer = Caller(
            visitor.client_id, PUBLIC.organisation_id, (), scopes, {"observer": (partnership_id,)}
        )
        return mint_assertion(
            observer, service, self._place.issuer, self._assertions.current(), int(time.time())
        )

    def errand(self, caller: Caller, operation: Internal, target: str, seen: dict[str, Any]) -> str:
        """What a service is told when the gateway calls of its own accord: for this operation and address alone.

        The caller is whose rows are meant. It brings no scope of its own to the errand, and is told to nobody else.
        """
        sent = replace(
            caller,
            scopes=frozenset({DRIVE}),
            errand=Errand(operation.operation_id, target, seen),
        )
        return mint_assertion(
            sent, operation.service, self._place.issuer, self._assertions.current(), int(time.time())
        )

    async def _visitor(self, token: str) -> Visitor:
        if len(token) > LONGEST_TOKEN:
            raise TOKEN_REFUSED()
        now = time.time()
        name = sha256(token.encode()).digest()
        known = self._visitors.get(name)
        if known is not None and known.expires > now and await self._still_registered(known):
            return known
        try:
            visitor = await self._verified(read(token), int(now))
        except Unsound:
            self._visitors.pop(name, None)
            raise TOKEN_REFUSED() from None
        self._visitors[name] = visitor
        while len(self._visitors) > MOST_TOKENS:
            self._visitors.popitem(last=False)
        return visitor

    async def _still_registered(self, visitor: Visitor) -> bool:
        """Whether a token was verified by what is registered now: an outside one is verified anew as often as that is read."""
        return visitor.issuer is None or await self._seen.issuers(visitor.issuer) is visitor.registered

    async def _verified(self, unverified: Unverified, now: int) -> Visitor:
        issuer = unverified.claims.get("iss")
        if issuer == self._place.issuer:
            keys = {str(key.kid): key for key in self._tokens.current()}
            grant = verify_own(unverified, keys, self._place.issuer, self._place.audience, now)
            return Visitor(grant.client_id, grant.scopes, grant.expires)
        if not isinstance(issuer, str):
            raise Unsound("iss")
        registered = await self._seen.issuers(issuer)
        outside = _outside(unverified, registered, now)
        return Visitor(outside.client_id, outside.scopes, outside.expires, issuer, registered)


def _outside(unverified: Unverified, registrations: list[OutsideIssuer], now: int) -> OutsideGrant:
    """A token of an outside issuer, by the registration whose key it is signed with."""
    why = "issuer"
    for registered in registrations:
        try:
            return verify_outside(unverified, registered, now)
        except Unsound as unsound:
            why = unsound.why
    raise Unsound(why)
