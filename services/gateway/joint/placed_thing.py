"""Records of the services that are placed under a programme: each must be the caller's to read, and of the partnership."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from services.gateway.clients.errands import Declined, Errands
from services.gateway.clients.upstream import ANSWER_UNREADABLE
from services.gateway.rules.link import LINK_DISAGREES, LINK_UNKNOWN
from services.gateway.rules.programme_part import Placed, PlacedThing

_READ_AT = {
    PlacedThing.POOL: ("budget", "/v1/pools/"),
    PlacedThing.LINE: ("budget", "/v1/lines/"),
    PlacedThing.CONTRACT: ("contracts", "/v1/contracts/"),
    PlacedThing.INDICATOR: ("outcomes", "/v1/indicators/"),
}


async def check_things(errands: Errands, partnership_id: UUID, things: Sequence[Placed]) -> None:
    """Refuse a record that the caller cannot read, as one that is not there, and one of another partnership."""
    found = await asyncio.gather(*(_partnership_of(errands, at, each) for at, each in enumerate(things)))
    for at, of in enumerate(found):
        if of != str(partnership_id):
            raise LINK_DISAGREES(f"/things/{at}/id", partnership_id=of)


async def _partnership_of(errands: Errands, at: int, placed: Placed) -> str | None:
    service, path = _READ_AT[placed.thing]
    try:
        told = await errands.look(service, f"{path}{placed.id}")
    except Declined as why:
        # Without the scope or the role to read such records, none of them is there.
        if why.status in {403, 404}:
            raise LINK_UNKNOWN(f"/things/{at}/id") from None
        raise ANSWER_UNREADABLE(service=service, answered=why.status) from None
    of = told.said.get("partnership_id")
    return None if of is None else str(of)
