"""Enter the caller's own organisation as a publisher of its contracts."""

from __future__ import annotations

from services.contracts.actions.set_publisher import told
from services.contracts.rules.publisher import PUBLISHER_NOT_OWN, Publisher, check_identifiers
from services.contracts.store import publishers
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def add_publisher(db: Database, caller: Caller, sent: Sent, publisher: Publisher) -> Answer:
    """Enter it, and open what nobody decided on where that is its default."""
    if publisher.owner_organisation_id not in caller.organisations:
        raise PUBLISHER_NOT_OWN()
    check_identifiers(publisher.identifiers)
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await tx.take_time(publishers.LONGEST_SECONDS)
        made = await publishers.add(tx, publisher)
        followed = await publishers.follow_default(tx, made)
        return await finish(tx, sent, told("publisher_added", made, followed), made)
