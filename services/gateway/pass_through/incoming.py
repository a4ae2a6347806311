"""Reading a request as it comes in: ids, the headers that count, and nothing that two programs could read twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

from starlette.types import Scope

from shared.errors import Kind, reason
from shared.web.traffic import REQUEST_ID_UNREADABLE

HEADER_TWICE = reason(
    "header_twice", Kind.MALFORMED, "A header that must stand once stands twice. Send it once."
)
HEADERS_TOO_LARGE = reason(
    "headers_too_large",
    Kind.MALFORMED,
    "The headers of the request are too large. Send fewer or shorter ones.",
)
QUERY_UNREADABLE = reason(
    "query_unreadable",
    Kind.MALFORMED,
    "The query string is too long or holds characters that must be encoded.",
)

LONGEST_HEADERS = 24 * 1024
LONGEST_QUERY = 4096

# What a service may hear from a caller, under these names and no others. Whatever says who calls (Authorization,
# cookies, the assertion header), from where (Forwarded), or asks for another method is not among them.
PASSED_ON = {
    b"accept": "Accept",
    b"content-type": "Content-Type",
    b"if-match": "If-Match",
    b"if-none-match": "If-None-Match",
    b"idempotency-key": "Idempotency-Key",
    b"x-on-behalf-of": "X-On-Behalf-Of",
}
READ_HERE = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"host",
        b"traceparent",
        b"tracestate",
        b"transfer-encoding",
        b"x-correlation-id",
        b"x-request-id",
    }
)
_UUID = re.compile(rb"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}", re.ASCII)
_CORRELATION = re.compile(rb"[\x21-\x7e]{1,200}", re.ASCII)
_TRACE_PARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_TRACE_STATE = re.compile(rb"[\x20-\x7e]{1,512}", re.ASCII)
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*", re.ASCII)
_QUERY = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request that has come in, as far as it is known before anybody asks who sent it."""

    method: str
    headers: dict[bytes, bytes]
    query: bytes
    request_id: str
    correlation_id: str | None

    @property
    def token(self) -> str | None:
        """The bearer token, or None where there is none of that scheme."""
        scheme, _, token = self.headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        return token.strip().decode("latin-1")


def request_id_of(headers: list[tuple[bytes, bytes]]) -> tuple[str, bool]:
    """The id of the request, and whether the one that came with it could be used."""
    given = [value for name, value in headers if name == b"x-request-id"]
    if not given:
        return str(uuid4()), True
    if len(given) == 1 and _UUID.fullmatch(given[0]):
        return str(UUID(given[0].decode("ascii"))), True
    return str(uuid4()), False


def read_incoming(scope: Scope, request_id: str, id_is_good: bool) -> Incoming:
    """Read the headers that count. Refused: an unreadable request id, and a header of ours that stands twice."""
    if not id_is_good:
        raise REQUEST_ID_UNREADABLE()
    headers: dict[bytes, bytes] = {}
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in PASSED_ON or name in READ_HERE:
            if name in headers:
                raise HEADER_TWICE(header=name.decode("ascii"))
            headers[name] = value
    if size > LONGEST_HEADERS:
        raise HEADERS_TOO_LARGE()
    query: bytes = scope["query_string"]
    if len(query) > LONGEST_QUERY or not _QUERY.fullmatch(query):
        raise QUERY_UNREADABLE()
    correlation = headers.get(b"x-correlation-id")
    good = correlation is not None and _CORRELATION.fullmatch(correlation) is not None
    return Incoming(
        method=scope["method"],
        headers=headers,
        query=query,
        request_id=request_id,
        correlation_id=correlation.decode("ascii") if good and correlation is not None else None,
    )


def passed_on(incoming: Incoming, assertion: str, seconds: float) -> dict[str, str]:
    """The headers of the call to a service: some of the caller's, and what the gateway says itself."""
    headers = {
        "X-Caller-Assertion": assertion,
        "X-Request-ID": incoming.request_id,
        "X-Request-Deadline": str(int(seconds * 1000)),
    }
    for name, written in PASSED_ON.items():
        value = incoming.headers.get(name)
        if value is not None and _VALUE.fullmatch(value):
            headers[written] = value.decode("latin-1")
    if incoming.correlation_id is not None:
        headers["X-Correlation-ID"] = incoming.correlation_id
    parent = incoming.headers.get(b"traceparent")
    if parent is not None and _TRACE_PARENT.fullmatch(parent):
        headers["traceparent"] = parent.decode("ascii")
        state = incoming.headers.get(b"tracestate")
        if state is not None and _TRACE_STATE.fullmatch(state):
            headers["tracestate"] = state.decode("ascii")
    return headers
