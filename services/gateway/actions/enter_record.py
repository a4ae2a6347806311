"""Enter a record in a register of governance: a board, a chart, a risk, a part of a programme, a paper."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.gateway.store import places
from services.gateway.store.places import Place
from services.gateway.store.registers import Register, T
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def enter_record(
    db: Database,
    caller: Caller,
    sent: Sent,
    register: Register[T],
    partnership_id: UUID,
    decide: Callable[[Place], T],
) -> Answer:
    """Keep what the rule makes of it in this partnership, or give back what was answered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        place = await places.hold(tx, partnership_id)
        thing = register.as_on(decide(place), place.today)
        await register.add(tx, thing)
        return await finish(tx, sent, register.told("entered", thing), thing)
