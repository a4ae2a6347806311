"""End the contracts that are over by a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from services.contracts.actions.register_contract import NOT_COMMISSIONED, told
from services.contracts.rules.expiry import Expiry, ended_by
from services.contracts.rules.state import State
from services.contracts.store import contracts, expiries
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, tell

MOST_AT_ONCE = 500


async def expire_contracts(
    db: Database, caller: Caller, sent: Sent, as_at: date, partnership_id: UUID | None
) -> Answer:
    """End every running contract that the caller leads and whose last day lies before this one."""
    if partnership_id is not None and not caller.holds(partnership_id, "commissioner", "host"):
        raise NOT_COMMISSIONED("/partnership_id")
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        over = await expiries.over(tx, as_at, partnership_id, MOST_AT_ONCE + 1)
        locked = await contracts.lock_all(tx, over[:MOST_AT_ONCE])
        ended = ended_by(locked.values(), as_at)
        await contracts.save_all(
            tx, [(each.before, each.after) for each in ended], {each.after.id: each.step for each in ended}
        )
        await tell(tx, (told("contract_expired", each.after) for each in ended))
        expiry = Expiry(
            id=uuid4(),
            as_at=as_at,
            expired=tuple(each.after.id for each in ended if each.after.state is State.EXPIRED),
            terminated=tuple(each.after.id for each in ended if each.after.state is State.TERMINATED),
            more=len(over) > MOST_AT_ONCE,
        )
        return await finish(tx, sent, _told(expiry, caller, partnership_id), expiry)


def _told(expiry: Expiry, caller: Caller, partnership_id: UUID | None) -> Change:
    return Change(
        what="contracts_expired",
        thing="contract_expiry",
        thing_id=expiry.id,
        owner_organisation_id=caller.organisation_id,
        partnership_id=partnership_id,
        facts={"expired": len(expiry.expired), "terminated": len(expiry.terminated)},
    )
