"""The one table that says who may call what. An operation without a row does not exist for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.gateway.rules.client import Scopes
from services.gateway.rules.link import Link
from services.gateway.rules.party import Parties
from services.gateway.rules.standing import held_roles
from shared.caller import DRIVE, SCOPE_MISSING, Caller
from shared.errors import Kind, reason

ROLE_MISSING = reason(
    "role_missing",
    Kind.FORBIDDEN,
    "Your organisation holds no role, in any partnership, to which this operation is open.",
)

SERVICES = ("budget", "contracts", "outcomes", "gateway")
METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE")

OPERATOR = frozenset({"operator"})
ORGANISATIONS = frozenset({"operator", "organisation"})  # any client, in a partnership or not
ANY_ORGANISATION = frozenset({"organisation"})  # any client but the operator's
COMMISSIONERS = frozenset({"commissioner", "host"})
MEMBERS = frozenset({"commissioner", "host", "associate", "provider", "observer", "auditor"})


class Takes(StrEnum):
    """What kind of body an operation takes."""

    NOTHING = "nothing"
    JSON = "json"
    FORM = "form"
    CSV = "csv"
    RELEASES = (
        "releases"  # JSON of the Open Contracting Data Standard, larger than bodies of ours, or lines of it
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: where it is, who answers it, and who may call it.

    A row without a scope is open to everybody, with or without a token. With one, the token must carry the
    scope, and the caller's organisation must hold one of the roles somewhere.
    What of the operation's records the caller then sees is decided by the service, row by row.
    `seconds` is how long an answer may take. One that `waits` for something to happen has places of its own at the
    service, so that those who wait keep nobody else out.
    `organisations`: where ids of bodies stand in a request (as in links), each of which must be in the directory as the
    caller sees it. A record of the gateway's own is never a link: no service is asked for it.
    """

    operation_id: str
    method: str
    path: str
    service: str
    scope: str | None
    roles: frozenset[str] = frozenset()
    takes: Takes = Takes.NOTHING
    seconds: float = 3.0
    links: tuple[Link, ...] = ()
    waits: bool = False
    parties: Parties | None = None
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the OpenAPI document has it."""

    operation_id: str
    method: str
    path: str
    service: str
    scope: str | None


def decide(row: Row, caller: Caller) -> None:
    """Refuse a caller whom no record could make welcome: the scope is missing, or every fitting role is."""
    if row.scope is None:
        return
    if row.scope not in caller.scopes:
        raise SCOPE_MISSING(scope=row.scope)
    if not row.roles & held_roles(caller):
        raise ROLE_MISSING(roles=sorted(row.roles))


def scopes_of(rows: Iterable[Row], service: str | None = None) -> frozenset[str]:
    """Every scope that some operation (of one service) needs."""
    return frozenset(row.scope for row in rows if row.scope and service in (None, row.service))


def known_scopes(rows: Iterable[Row]) -> Scopes:
    """The scopes that open something to the operator, and those that open something to anybody else."""
    asked = [(row.scope, row.roles) for row in rows if row.scope is not None]
    return Scopes(
        operator=frozenset(scope for scope, roles in asked if "operator" in roles),
        organisation=frozenset(scope for scope, roles in asked if roles - OPERATOR),
    )


def mistakes(rows: Sequence[Row], operations: Iterable[Operation]) -> list[str]:
    """What is wrong between the table and the operations that there are, a sentence each."""
    return [*_malformed(rows), *_unmatched(rows, operations)]


_PATH = re.compile(r"(/[a-z0-9.-]+|/\{[a-z_]+\})+", re.ASCII)


def _malformed(rows: Sequence[Row]) -> Iterator[str]:
    seen: set[str] = set()
    places: set[tuple[str, str]] = set()
    by_id = {row.operation_id: row for row in rows}
    for row in rows:
        place = (row.method, re.sub(r"\{[a-z_]+\}", "{}", row.path))
        if row.operation_id in seen or place in places:
            yield f"{row.operation_id} ({row.method} {row.path}) has more than one row."
        if row.service not in SERVICES or row.method not in METHODS or not _PATH.fullmatch(row.path):
            yield f"{row.operation_id} has a row with an unknown service, method or form of path."
        if (row.scope is None) != (not row.roles) or row.roles - ORGANISATIONS - MEMBERS:
            yield f"{row.operation_id} must name a scope and known roles, or, if public, neither."
        if row.scope == DRIVE:
            yield f"{row.operation_id} is for the gateway alone and cannot have a row here."
        for link in row.links:
            target = by_id.get(link.operation_id)
            if target is not None and target.service == "gateway":
                yield f"{row.operation_id} links to {link.operation_id} of the gateway, which it cannot ask as a service."
            elif target is None or target.method != "GET" or target.path.count("{") != 1:
                yield f"{row.operation_id} links to {link.operation_id}, which does not read a record by id."
        seen.add(row.operation_id)
        places.add(place)


def _told(of: Row | Operation) -> str:
    return f"{of.method} {of.path} of {of.service} for {of.scope or 'the public'}"


def _unmatched(rows: Sequence[Row], operations: Iterable[Operation]) -> Iterator[str]:
    by_id = {row.operation_id: row for row in rows}
    found = set()
    for operation in operations:
        found.add(operation.operation_id)
        row = by_id.get(operation.operation_id)
        if row is None:
            yield f"{operation.operation_id} ({operation.method} {operation.path}) has no row."
        elif Operation(row.operation_id, row.method, row.path, row.service, row.scope) != operation:
            yield (
                f"{operation.operation_id}: the operation is {_told(operation)},"
                f" and its row says {_told(row)}."
            )
    for row in rows:
        if row.operation_id not in found:
            yield f"{row.operation_id} ({row.method} {row.path}) has a row and is no operation."
