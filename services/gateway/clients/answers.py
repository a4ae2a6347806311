"""Reading a service's answer: never more than was bargained for, and only kinds that may be passed on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import aiohttp

from services.gateway.clients.upstream import ANSWER_UNREADABLE

WHOLE_BYTES = 1024 * 1024
LARGEST_BYTES = 256 * 1024 * 1024
KINDS = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/cloudevents-batch+json",
        "application/jsonl",
        "text/csv",
        "text/calendar",
        "image/svg+xml",
    }
)
_BODILESS = frozenset({204, 304})
_KIND = re.compile(r"([a-z]+/[a-z0-9.+-]+)(?:\s*;\s*charset=utf-8)?", re.IGNORECASE | re.ASCII)


def kind_of(response: aiohttp.ClientResponse) -> str | None:
    """The media type of an answer that may be passed on; None for one that has no body to have a type.

    Refused: redirects, information, and anything that is not one of the few types that the services write.
    """
    status = response.status
    if "Content-Encoding" in response.headers:  # nobody asked for one
        raise ANSWER_UNREADABLE(answered=status)
    if status in _BODILESS:
        return None
    # A 401 speaks of the gateway's own assertion and not of the caller's token, which was good.
    if status == 401 or not (200 <= status < 300 or 400 <= status < 600):
        raise ANSWER_UNREADABLE(answered=status)
    found = _KIND.fullmatch(response.headers.get("Content-Type", ""))
    if found is None or found[1].lower() not in KINDS:
        raise ANSWER_UNREADABLE(answered=status)
    kind = found[1].lower()
    if status >= 400 and kind != "application/problem+json":
        raise ANSWER_UNREADABLE(answered=status)
    return kind


async def whole(response: aiohttp.ClientResponse, seconds: float, largest: int = WHOLE_BYTES) -> bytes:
    """The body of an answer that must not be larger than `largest` bytes."""
    if (response.content_length or 0) > largest:
        raise ANSWER_UNREADABLE(answered=response.status)
    async with asyncio.timeout(seconds):
        if response.content_length is not None:
            return await response.read()
        parts: list[bytes] = []
        size = 0
        async for part in response.content.iter_any():
            size += len(part)
            if size > largest:
                raise ANSWER_UNREADABLE(answered=response.status)
            parts.append(part)
    return b"".join(parts)


async def parts(response: aiohttp.ClientResponse, seconds: float) -> AsyncIterator[bytes]:
    """The body piece by piece, cut off where it is larger or slower than any answer should be."""
    size = 0
    async with asyncio.timeout(seconds):
        async for part in response.content.iter_any():
            size += len(part)
            if size > LARGEST_BYTES:
                raise ANSWER_UNREADABLE(answered=response.status)
            yield part
