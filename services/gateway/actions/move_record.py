"""Change a record of a register of governance, or move it on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.gateway.rules.governance import require_own
from services.gateway.store import places
from services.gateway.store.places import Place
from services.gateway.store.registers import Register, T
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def move_record(
    db: Database,
    caller: Caller,
    sent: Sent,
    register: Register[T],
    record_id: UUID,
    version: int,
    what: str,
    decide: Callable[[T, Place], T],
    by_owner: bool = True,
) -> Answer:
    """Keep what the rule makes of a record that was read at this version. `what` names the change in feed and audit.

    It is its owner's to change; where not, the rule says whose, and row-level security again.
    """
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        seen = await register.get(tx, record_id)
        if by_owner:
            require_own(caller, seen.owner_organisation_id)
        place = await places.hold(tx, seen.partnership_id)
        before = await register.lock(tx, record_id)
        check_version(before.version, version)
        after = register.as_on(decide(before, place), place.today)
        await register.save(tx, after)
        return await finish(tx, sent, register.told(what, after), after, status=200)
