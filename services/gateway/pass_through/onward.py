"""The way on: from an admitted request to the service that answers it, and back again."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from starlette.types import Receive

from services.gateway.admission.desk import Desk, Visitor
from services.gateway.clients.answers import WHOLE_BYTES, kind_of, parts
from services.gateway.clients.upstream import Asked, Upstream
from services.gateway.pass_through.bodies import Streamed, check_depth, whole
from services.gateway.pass_through.incoming import Incoming, passed_on
from services.gateway.pass_through.links import KnownOf, Links, MembersOf
from services.gateway.pass_through.outgoing import Outgoing, passed_back
from services.gateway.rules.policy import Row, Takes
from shared.errors import Refusal

# Repeating these counts once: reads, creations under an id, and whatever carries a key or a version.
_KEYS = (b"idempotency-key", b"if-match")


class Onward:
    """Calls services for admitted requests. A service hears who calls from the gateway and from nobody else."""

    def __init__(
        self,
        desk: Desk,
        upstreams: Mapping[str, Upstream],
        waiting: Mapping[str, Upstream],
        rows: Mapping[str, Row],
        members_of: MembersOf,
        known_of: KnownOf,
    ) -> None:
        self._desk = desk
        self._upstreams = upstreams
        self._waiting = waiting
        self._links = Links(desk, upstreams, rows, members_of, known_of)

    async def pass_on(
        self,
        row: Row,
        visitor: Visitor,
        incoming: Incoming,
        path: str,
        receive: Receive,
        outgoing: Outgoing,
        largest: int,
    ) -> None:
        """Send the request on and its answer back. Raises a refusal when there is no answer to send."""
        body: bytes | Streamed | None = None
        if row.takes is Takes.CSV:
            body = Streamed(receive, largest)
        elif row.method != "GET":
            body = await whole(receive, largest)
            check_depth(body)
            if row.links or row.organisations or row.parties is not None:
                await self._links.check(row, visitor, incoming, path, body)
        asked = Asked(
            method=row.method,
            target=path + ("?" + incoming.query.decode("ascii") if incoming.query else ""),
            headers=passed_on(incoming, self._desk.assertion(visitor, row.service), row.seconds),
            body=body,
            seconds=row.seconds,
            repeatable=row.method in {"GET", "PUT"} or any(name in incoming.headers for name in _KEYS),
        )
        upstreams = self._waiting if row.waits else self._upstreams
        try:
            async with upstreams[row.service].call(asked) as response:
                await _send_back(response, row, outgoing)
        except Refusal:
            # What stopped the body on its way in is the reason; that the service's answer failed only follows.
            if isinstance(body, Streamed) and body.refusal is not None:
                raise body.refusal from None
            raise


async def _send_back(response: aiohttp.ClientResponse, row: Row, outgoing: Outgoing) -> None:
    kind_of(response)
    headers = passed_back(response.headers)
    length = response.content_length
    if length is not None and length <= WHOLE_BYTES:
        await outgoing.whole(response.status, headers, await response.read())
        return
    await outgoing.begin(response.status, headers)
    async for part in parts(response, row.seconds * 20):
        await outgoing.part(part)
    await outgoing.part(b"", more=False)
