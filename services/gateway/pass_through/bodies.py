"""Bodies on their way in: of the right type, within their limit, and not nested beyond measure."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from starlette.types import Receive

from services.gateway.pass_through.incoming import Incoming
from services.gateway.rules.policy import Row, Takes
from shared.errors import Kind, Refusal, reason
from shared.web.problem import BODY_TOO_LARGE, REQUEST_MALFORMED, TYPE_UNSUPPORTED

LARGEST_JSON = 1024 * 1024
LARGEST_FORM = 16 * 1024
LARGEST_CSV = 1024 * 1024 * 1024
LARGEST_RELEASES = 16 * 1024 * 1024
DEEPEST = 20

TOO_DEEP = reason("body_too_deep", Kind.MALFORMED, "The body is nested more than 20 deep. Send it flatter.")

_JSON = re.compile(rb"application/(?:json|merge-patch\+json)(?:\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_CSV = re.compile(rb"text/csv(?:\s*;\s*(?:charset|header)=\"?[A-Za-z0-9_-]{1,20}\"?){0,2}", re.IGNORECASE)
_FORM = re.compile(rb"application/x-www-form-urlencoded(?:\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_RELEASES = re.compile(rb"application/(?:json|x-ndjson)(?:\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_TYPES = {Takes.RELEASES: _RELEASES, Takes.JSON: _JSON, Takes.CSV: _CSV, Takes.FORM: _FORM}
_NAMES = {
    Takes.JSON: "application/json",
    Takes.CSV: "text/csv",
    Takes.RELEASES: "application/json or application/x-ndjson",
    Takes.FORM: "application/x-www-form-urlencoded",
}
_LARGEST = {
    Takes.JSON: LARGEST_JSON,
    Takes.CSV: LARGEST_CSV,
    Takes.RELEASES: LARGEST_RELEASES,
    Takes.FORM: LARGEST_FORM,
    Takes.NOTHING: LARGEST_FORM,
}
_SIGNIFICANT = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def check_type(incoming: Incoming, row: Row) -> int:
    """Refuse a body of another type, an encoded one, and one that says it is too large. Its largest size, in bytes."""
    headers = incoming.headers
    if b"content-encoding" in headers:
        raise TYPE_UNSUPPORTED()
    length = headers.get(b"content-length")
    if length is not None and (not length.isdigit() or len(length) > 15):
        raise REQUEST_MALFORMED()
    largest = _LARGEST[row.takes]
    if int(length or 0) > largest:
        raise BODY_TOO_LARGE(largest_bytes=largest)
    wanted = _TYPES.get(row.takes)
    if wanted is None:
        return largest
    given = headers.get(b"content-type")
    has_body = b"transfer-encoding" in headers or int(length or 0) > 0
    if (given is None and has_body) or (given is not None and not wanted.fullmatch(given.strip())):
        raise TYPE_UNSUPPORTED(takes=_NAMES[row.takes])
    return largest


async def whole(receive: Receive, largest: int) -> bytes:
    """The whole body, if it is not larger than that."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body += b"".join([part async for part in pieces(receive, largest - len(body))])
    if message["type"] == "http.disconnect":
        raise REQUEST_MALFORMED()
    if len(body) > largest:
        raise BODY_TOO_LARGE(largest_bytes=largest)
    return body


async def pieces(receive: Receive, largest: int) -> AsyncIterator[bytes]:
    """The body as it comes, cut off with a refusal once it is larger than that."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise REQUEST_MALFORMED()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > largest:
            raise BODY_TOO_LARGE(largest_bytes=largest)
        if part:
            yield part
        if not message.get("more_body"):
            return


class Streamed:
    """A body that goes on to a service while it comes in. A refusal on the way is kept, since the sender's
    machinery would turn it into an error of its own.
    """

    def __init__(self, receive: Receive, largest: int) -> None:
        self._pieces = pieces(receive, largest)
        self.refusal: Refusal | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._pieces:
                yield piece
        except Refusal as refusal:
            self.refusal = refusal
            raise


def check_depth(body: bytes) -> None:
    """Refuse JSON that nests deeper than any body of ours. Brackets within texts do not count."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for found in _SIGNIFICANT.finditer(body):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > DEEPEST:
                raise TOO_DEEP()
        elif mark in (b"]", b"}"):
            depth -= 1
