"""Reading the feed of a service in the name of a client, for its webhooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from services.gateway.clients.answers import kind_of, whole
from services.gateway.clients.upstream import ANSWER_UNREADABLE, Asked, Upstream

SECONDS = 3.0
_NEXT = re.compile(r'<[^>]*lastEventId=(\d{1,19})>; rel="next"')


@dataclass(frozen=True, slots=True)
class Followed:
    """Events as they go over the wire, and how far the feed was looked through; None where nothing may be heard."""

    events: tuple[dict[str, Any], ...]
    looked_to: int


async def follow(upstream: Upstream, assertion: str, after: str) -> Followed | None:
    """What follows a place in a service's feed, for whoever the assertion vouches for. None where that is nobody's."""
    headers = {"X-Caller-Assertion": assertion, "X-Request-Deadline": str(int(SECONDS * 1000))}
    target = f"/v1/events/{upstream.service}?lastEventId={after}"
    async with upstream.call(Asked("GET", target, headers, None, SECONDS, repeatable=True)) as response:
        kind_of(response)
        if response.status == 403:
            return None
        if response.status != 200:
            raise ANSWER_UNREADABLE(service=upstream.service, answered=response.status)
        body = await whole(response, SECONDS)
        following = _NEXT.fullmatch(response.headers.get("Link", ""))
    try:
        events = msgspec.json.decode(body, type=tuple[dict[str, Any], ...])
    except msgspec.MsgspecError:
        raise ANSWER_UNREADABLE(service=upstream.service, answered=200) from None
    return Followed(events, int(following[1]) if following else 0)


def encoded(event: Mapping[str, Any]) -> bytes:
    """An event as the body of a message."""
    return msgspec.json.encode(event)


def on_the_wire(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as whoever is sent it reads it: ids and instants as text."""
    found: dict[str, Any] = msgspec.json.decode(encoded(event))
    return found
