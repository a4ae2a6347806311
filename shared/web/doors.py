"""What every door asks before it opens: who calls, with which scope, under which key, on which version."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Header, Query, Request
from starlette.requests import ClientDisconnect

from shared.caller import CALLER_UNVERIFIED, DRIVE, AssertionVerifier, Caller
from shared.db import Database
from shared.errors import Kind, reason
from shared.idempotency import KEPT_DAYS, Sent
from shared.page import LARGEST_PAGE
from shared.web.problem import JSON_MALFORMED, REQUEST_MALFORMED

ASSERTION_HEADER = "x-caller-assertion"
PERSON_HEADER = "x-on-behalf-of"
KEY_HEADER = "Idempotency-Key"
VERSION_HEADER = "If-Match"

KEY_MISSING = reason(
    "idempotency_key_missing", Kind.MALFORMED, "Send an Idempotency-Key of 16 to 255 printable characters."
)
VERSION_MISSING = reason(
    "if_match_missing", Kind.PRECONDITION, "Send If-Match with the ETag of the version that you decided on."
)
VERSION_UNREADABLE = reason(
    "if_match_unreadable",
    Kind.STALE,
    'If-Match takes one ETag as an answer gave it, with its quotes: If-Match: "3".',
)
PERSON_UNREADABLE = reason(
    "person_unreadable",
    Kind.MALFORMED,
    "X-On-Behalf-Of must be at most 200 plain characters, without accents.",
)
# A header has no encoding of its own, so that one name in other letters would come as another and pass for a second
# person.
_PLAIN = re.compile(r"[\x20-\x7e]{0,200}")


@dataclass(frozen=True, slots=True)
class Door:
    """What an operation works with once its caller is known."""

    caller: Caller
    db: Database


class May:
    """A dependency: the caller is vouched for by the gateway and holds this scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self, request: Request) -> Door:
        token = request.headers.get(ASSERTION_HEADER)
        if token is None:
            raise CALLER_UNVERIFIED()
        verifier: AssertionVerifier = request.app.state.verifier
        caller = verifier.verify(token)
        caller.require(self.scope)
        person = request.headers.get(PERSON_HEADER)
        if person is not None:
            if not _PLAIN.fullmatch(person):
                raise PERSON_UNREADABLE()
            caller = replace(caller, person=person)
        return Door(caller, request.app.state.db)


def may(scope: str) -> Any:
    """Declare who may call an operation: `door: Annotated[Door, may("budget:read")]`."""
    return Depends(May(scope))


class Driven(May):
    """A dependency: the gateway itself calls, on an errand for this operation at this very address."""

    def __init__(self, operation: str) -> None:
        super().__init__(DRIVE)
        self.operation = operation

    async def __call__(self, request: Request) -> Door:
        door = await super().__call__(request)
        errand = door.caller.errand
        if errand is None or (errand.operation, errand.target) != (self.operation, request.url.path):
            raise CALLER_UNVERIFIED()
        return door


def driven(operation: str) -> Any:
    """Declare an operation that only the gateway may call: `door: Annotated[Door, driven("activateContract")]`.

    It stands in the gateway's `rules/internal_table.py` and not in its policy table. What the gateway saw before it
    called is in `door.caller.errand.seen`.
    """
    return Depends(Driven(operation))


class Anyone:
    """A dependency of a door that is open to everybody: the gateway still vouches for who comes, if only as the public."""

    async def __call__(self, request: Request) -> Door:
        token = request.headers.get(ASSERTION_HEADER)
        if token is None:
            raise CALLER_UNVERIFIED()
        return Door(request.app.state.verifier.verify(token), request.app.state.db)


def anyone() -> Any:
    """Declare an open door: `door: Annotated[Door, anyone()]`. What it shows is published."""
    return Depends(Anyone())


_KEY_MEANS = (
    "16 to 255 printable characters, new for each new request. The first answer is kept for"
    f" {KEPT_DAYS} days. Sent again after that, the request counts as new: a record whose id you chose is refused"
    " as there already, and anything else would be made a second time. So look before you repeat an old request."
)
_KEY = re.compile(r"[\x21-\x7e]{16,255}", re.ASCII)


async def _digest(request: Request) -> bytes:
    """A digest of path, query and body; JSON in canonical order, since a repeat may order it anew."""
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json") and body:
        try:
            body = msgspec.json.encode(msgspec.json.decode(body), order="sorted")
        except (msgspec.MsgspecError, RecursionError):
            raise JSON_MALFORMED() from None
    return sha256(f"{request.url.path}?{request.url.query}\n".encode() + body).digest()


def put_once(operation: str, name: str = "id") -> Any:
    """`Sent` for a PUT that creates: the id in the path is the key."""

    async def sent(request: Request) -> Sent:
        return Sent(operation, str(request.path_params[name]).lower(), await _digest(request))

    return Depends(sent)


def post_once(operation: str) -> Any:
    """`Sent` for a POST: the Idempotency-Key header is the key, and must be there."""

    async def sent(
        request: Request,
        idempotency_key: Annotated[
            str | None,
            Header(alias=KEY_HEADER, description=_KEY_MEANS),
        ] = None,
    ) -> Sent:
        if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
            raise KEY_MISSING()
        return Sent(operation, idempotency_key, await _digest(request))

    return Depends(sent)


@dataclass(slots=True)
class Arriving:
    """A body that is read while it comes, of a POST that counts once. Its `Sent` is known at its end."""

    operation: str
    key: str
    request: Request
    seen: Any  # the digest of address and body, by which a repeat is known
    content: Any  # the digest of the body alone
    length: int = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self.request.stream():
                self.seen.update(piece)
                self.content.update(piece)
                self.length += len(piece)
                yield piece
        except ClientDisconnect:
            raise REQUEST_MALFORMED() from None

    def sent(self) -> Sent:
        return Sent(self.operation, self.key, self.seen.digest())


def post_streamed(operation: str) -> Any:
    """`Arriving` for a POST with a body that may be too large to hold: the Idempotency-Key header is the key."""

    async def arriving(
        request: Request,
        idempotency_key: Annotated[
            str | None,
            Header(alias=KEY_HEADER, description=_KEY_MEANS),
        ] = None,
    ) -> Arriving:
        if idempotency_key is None or not _KEY.fullmatch(idempotency_key):
            raise KEY_MISSING()
        seen = sha256(f"{request.url.path}?{request.url.query}\n".encode())
        return Arriving(operation, idempotency_key, request, seen, sha256())

    return Depends(arriving)


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(alias=VERSION_HEADER, description="The ETag of the version that you decided on."),
    ] = None,
) -> int:
    if if_match is None:
        raise VERSION_MISSING()
    found = re.fullmatch(r'"(\d{1,9})(?:-[0-9a-f]{32})?"', if_match.strip(), re.ASCII)
    if found is None:
        raise VERSION_UNREADABLE()
    return int(found[1])


IfMatch = Annotated[int, Depends(_if_match)]


def patch_once(operation: str) -> Any:
    """`Sent` for a PATCH: address, version and content are the key, so a repeat is known and a rival is stale."""

    async def sent(request: Request, version: IfMatch) -> Sent:
        digest = await _digest(request)
        return Sent(operation, f"{request.url.path}@{version}:{digest.hex()[:32]}", digest)

    return Depends(sent)


@dataclass(frozen=True, slots=True)
class Paging:
    """How much of a list, and from where."""

    limit: int
    cursor: str | None


async def _paging(
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="From the `next` link of a page.")
    ] = None,
) -> Paging:
    return Paging(limit, cursor)


Pages = Annotated[Paging, Depends(_paging)]
