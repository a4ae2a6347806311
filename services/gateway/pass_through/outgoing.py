"""Sending an answer: the few headers of a service's that go on, and those that every answer carries."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.types import Message, Send

from services.gateway.admission.desk import Visitor
from services.gateway.pass_through.incoming import Incoming

# What a service's answer may say besides its body.
PASSED_BACK = (
    "Content-Type",
    "ETag",
    "Location",
    "Idempotency-Replayed",
    "Retry-After",
    "Content-Disposition",
    "Last-Modified",
    "Link",
    "Deprecation",
    "Sunset",
)
_OURS = re.compile(r"/v1/[A-Za-z0-9/._~:?&=%-]*", re.ASCII)
ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
)
HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class Outgoing:
    """The way back to one caller: what every answer carries is added here, and what was sent is remembered."""

    __slots__ = ("_fixed", "_send", "counted", "extra", "read", "started", "status")

    def __init__(self, send: Send, fixed: tuple[tuple[bytes, bytes], ...]) -> None:
        self._send = send
        self._fixed = fixed
        self.extra: list[tuple[bytes, bytes]] = []
        self.started = False
        self.counted = False  # whoever answers counts the request itself
        self.status = 0
        self.read: tuple[Visitor, Incoming, str] | None = None  # of whom the answer is a read, for the audit

    async def __call__(self, message: Message) -> None:
        """An ASGI `send`. A header that the answer sets itself is not set a second time."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = list(message["headers"])
            there = {name for name, _ in headers}
            headers.extend(each for each in (*self.extra, *self._fixed) if each[0] not in there)
            message = {**message, "headers": headers}
        await self._send(message)

    async def whole(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Send an answer whose body is known whole."""
        self.started = True
        self.status = status
        if status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(body)))
        headers.extend(self.extra)
        headers.extend(self._fixed)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Begin an answer whose body follows in parts."""
        self.started = True
        self.status = status
        headers.extend(self.extra)
        headers.extend(self._fixed)
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def part(self, body: bytes, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})


def passed_back(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers of a service's answer that go on to the caller."""
    found = []
    for name in PASSED_BACK:
        value = headers.get(name)
        if value is not None and (name != "Location" or _OURS.fullmatch(value)):
            found.append((name.lower().encode("ascii"), value.encode("latin-1", "replace")))
    return found
