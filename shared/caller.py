"""Who calls: the organisation, client, scopes and standing that the gateway vouches for, and how a service checks it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key, KeySet

from shared.errors import Kind, reason

Made = TypeVar("Made")

ASSERTION_TYPE = "caller+jwt"
DRIVE = "gateway:drive"  # the scope of operations that the gateway itself calls; no client can hold it
ALGORITHM = "ES256"
LIFETIME_SECONDS = 60
SKEW_SECONDS = 10
LONGEST_ASSERTION = 64 * 1024

CALLER_UNVERIFIED = reason(
    "caller_unverified", Kind.UNAUTHENTICATED, "The call does not carry a valid assertion of who makes it."
)
SCOPE_MISSING = reason(
    "scope_missing", Kind.FORBIDDEN, "Your client does not hold the scope that this operation needs."
)


@dataclass(frozen=True, slots=True)
class Audit:
    """What an auditor was appointed to: named bodies and financial years (`2014/15`) in one partnership."""

    partnership_id: UUID
    organisation_ids: tuple[UUID, ...]
    financial_years: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Errand:
    """One call that the gateway itself makes: which operation, at which address, and what it saw before it called.

    `seen` is plain JSON. The service may rest on it, since it stands under the gateway's signature.
    """

    operation: str
    target: str
    seen: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """What another organisation shares with the caller's in a partnership, by a data-sharing agreement in force."""

    partnership_id: UUID
    organisation_id: UUID
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """Named records of one kind that their owner opened to the caller's organisation for a while."""

    thing: str
    owner_organisation_id: UUID
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Caller:
    """One machine client acting for one organisation.

    `organisations` holds the organisation and those it succeeded: their rows count as its own.
    `standing` maps a role in a partnership (commissioner, host, ...) to the partnerships where it is held.
    `shares` is what others share with it today under signed data-sharing agreements. A share opens nothing by
    itself: a service asks for it where a role alone would not do (placements, aligned line detail).
    `grants` are named records that their owners opened to it for scrutiny, or as an auditor's sample.
    `person` is who the client says it acts for: recorded, never trusted.
    `errand` is there when the gateway calls of its own accord, in this caller's name.
    """

    client_id: UUID
    organisation_id: UUID
    organisations: tuple[UUID, ...]
    scopes: frozenset[str]
    standing: dict[str, tuple[UUID, ...]] = field(default_factory=dict)
    audits: tuple[Audit, ...] = ()
    shares: tuple[Share, ...] = ()
    grants: tuple[Grant, ...] = ()
    sub_unit_id: UUID | None = None
    operator: bool = False
    person: str | None = None
    errand: Errand | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def succeeded(self) -> tuple[UUID, ...]:
        """Those whom the caller's organisation succeeded."""
        return tuple(each for each in self.organisations if each != self.organisation_id)

    def once(self, make: Callable[[Caller], Made]) -> Made:
        """What `make` makes of this caller, made once: one caller comes with all requests of its minute."""
        made: Made | None = self._made.get(make)
        if made is None:
            made = self._made[make] = make(self)
        return made

    def partnerships(self, *roles: str) -> tuple[UUID, ...]:
        """The partnerships in which the caller's organisation holds any of these roles."""
        found = {partnership for role in roles for partnership in self.standing.get(role, ())}
        return tuple(sorted(found))

    def holds(self, partnership_id: UUID, *roles: str) -> bool:
        return any(partnership_id in self.standing.get(role, ()) for role in roles)

    def shared(self, category: str) -> tuple[tuple[UUID, UUID], ...]:
        """Who shares this category with the caller's organisation: pairs of partnership and organisation."""
        return tuple(
            (each.partnership_id, each.organisation_id) for each in self.shares if category in each.categories
        )

    def granted(self, thing: str) -> tuple[tuple[UUID, UUID], ...]:
        """The records of this kind that were opened to the caller's organisation: pairs of owner and record."""
        return tuple(
            (each.owner_organisation_id, record)
            for each in self.grants
            if each.thing == thing
            for record in each.record_ids
        )

    def require(self, scope: str) -> None:
        """Refuse unless the client holds this scope."""
        if scope not in self.scopes:
            raise SCOPE_MISSING(scope=scope)


# Whoever comes without a token to a door that is open to everybody: it holds nothing and acts for nobody.
PUBLIC = Caller(UUID(int=0), UUID(int=0), (), frozenset())


def to_claims(caller: Caller) -> dict[str, Any]:
    """The caller as claims, without the person (who may differ from call to call)."""
    return {
        "sub": str(caller.client_id),
        "org": str(caller.organisation_id),
        "orgs": [str(each) for each in caller.organisations],
        "scope": " ".join(sorted(caller.scopes)),
        "standing": {role: [str(each) for each in ids] for role, ids in sorted(caller.standing.items())},
        "audits": [
            [str(audit.partnership_id), [str(o) for o in audit.organisation_ids], list(audit.financial_years)]
            for audit in caller.audits
        ],
        **({"shares": _shares(caller)} if caller.shares else {}),
        **({"grants": _grants(caller)} if caller.grants else {}),
        **({"unit": str(caller.sub_unit_id)} if caller.sub_unit_id else {}),
        **({"operator": True} if caller.operator else {}),
        **({"errand": _told(caller.errand)} if caller.errand else {}),
    }


def _told(errand: Errand) -> list[Any]:
    return [errand.operation, errand.target, errand.seen]


def _shares(caller: Caller) -> list[Any]:
    return [
        [str(each.partnership_id), str(each.organisation_id), list(each.categories)] for each in caller.shares
    ]


def _grants(caller: Caller) -> list[Any]:
    return [
        [each.thing, str(each.owner_organisation_id), [str(record) for record in each.record_ids]]
        for each in caller.grants
    ]


def from_claims(claims: dict[str, Any]) -> Caller:
    """The caller that claims describe. Raises KeyError, ValueError or TypeError on a wrong shape."""
    return Caller(
        client_id=UUID(claims["sub"]),
        organisation_id=UUID(claims["org"]),
        organisations=tuple(UUID(each) for each in claims["orgs"]),
        scopes=frozenset(str(claims["scope"]).split()),
        standing={str(role): tuple(UUID(each) for each in ids) for role, ids in claims["standing"].items()},
        audits=tuple(
            Audit(UUID(partnership), tuple(UUID(o) for o in bodies), tuple(str(year) for year in years))
            for partnership, bodies, years in claims["audits"]
        ),
        shares=tuple(
            Share(UUID(partnership), UUID(organisation), tuple(str(category) for category in categories))
            for partnership, organisation, categories in claims.get("shares", ())
        ),
        grants=tuple(
            Grant(str(thing), UUID(owner), tuple(UUID(record) for record in records))
            for thing, owner, records in claims.get("grants", ())
        ),
        sub_unit_id=UUID(claims["unit"]) if "unit" in claims else None,
        operator=claims.get("operator") is True,
        errand=_errand(*claims["errand"]) if "errand" in claims else None,
    )


def _errand(operation: Any, target: Any, seen: Any) -> Errand:
    if not (isinstance(operation, str) and isinstance(target, str) and isinstance(seen, dict)):
        raise TypeError("an errand names an operation, an address and what was seen")
    return Errand(operation, target, seen)


def mint_assertion(caller: Caller, audience: str, issuer: str, keys: KeySet, now: int) -> str:
    """Sign the caller for one service, with the first key of the set. Valid for a minute."""
    key = keys.keys[0]
    header = {"alg": ALGORITHM, "typ": ASSERTION_TYPE, "kid": key.kid}
    claims = {
        **to_claims(caller),
        "iss": issuer,
        "aud": audience,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
    }
    return jwt.encode(header, claims, key)


class AssertionVerifier:
    """Checks the assertion that comes with every call to a service, against a fixed list.

    The checks: size, signature by a key of the gateway's published set, algorithm, type, issuer, a single
    audience equal to this service, issue and expiry within a minute. Verified ones are remembered by the
    hash of the token until they expire, since verifying costs a hundred times more than looking up.
    """

    def __init__(
        self, audience: str, issuer: str, read_keys: Callable[[], KeySet], remembered: int = 4096
    ) -> None:
        self._audience = audience
        self._issuer = issuer
        self._read_keys = read_keys
        self._keys = read_keys()
        self._read_at = time.monotonic()
        self._known: OrderedDict[bytes, tuple[int, Caller]] = OrderedDict()
        self._remembered = remembered

    def verify(self, token: str) -> Caller:
        now = int(time.time())
        if len(token) > LONGEST_ASSERTION:
            raise CALLER_UNVERIFIED()
        digest = sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and known[0] > now:
            return known[1]
        expires, caller = self._verify(token, now)
        self._known[digest] = (expires, caller)
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)
        return caller

    def _verify(self, token: str, now: int) -> tuple[int, Caller]:
        try:
            decoded = jwt.decode(token, self._pick, algorithms=[ALGORITHM])
            claims = decoded.claims
            issued, expires = claims["iat"], claims["exp"]
            right = (
                decoded.header.get("typ") == ASSERTION_TYPE
                and isinstance(issued, int)
                and isinstance(expires, int)
                and claims["iss"] == self._issuer
                and claims["aud"] == self._audience
                and expires > now
                and issued <= now + SKEW_SECONDS
                and expires - issued <= LIFETIME_SECONDS
            )
            if not right:
                raise CALLER_UNVERIFIED()
            return expires, from_claims(claims)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise CALLER_UNVERIFIED() from None

    def _pick(self, token: GuestProtocol) -> Key:
        """The key that the token names; the set is read again, at most once a second, for an unknown one."""
        kid = token.headers().get("kid")
        for attempt in (1, 2):
            for key in self._keys.keys:
                if isinstance(kid, str) and key.kid == kid:
                    return key
            if attempt == 1 and time.monotonic() - self._read_at > 1:
                self._read_at = time.monotonic()
                with suppress(OSError, ValueError, KeyError, JoseError):  # unreadable: the old ones hold
                    self._keys = self._read_keys()
        raise CALLER_UNVERIFIED()
