"""Open input for a period again, until a day and for a reason."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.input_window import LockException, check_exception
from services.outcomes.rules.kpi_return import OBLIGATION_UNKNOWN
from services.outcomes.rules.obligation import check_leads
from services.outcomes.store import input_windows, obligations
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def grant_lock_exception(db: Database, caller: Caller, sent: Sent, asked: LockException) -> Answer:
    """Grant the exception. Only the lead commissioner of the contract does, and it says until when and why."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        obligation = await obligations.maybe(tx, asked.obligation_id)
        if obligation is None:
            raise OBLIGATION_UNKNOWN("/obligation_id")
        check_leads(obligation, caller.organisations)
        due = await obligations.due(tx, obligation.id, asked.period)
        closes_on = await input_windows.closes_on(tx, obligation.id, asked.period)
        _, today = await clock(tx)
        exception = replace(
            check_exception(asked, due, closes_on, today),
            partnership_id=obligation.partnership_id,
            owner_organisation_id=obligation.owner_organisation_id,
        )
        exception = replace(
            exception, recorded_at=await input_windows.add_exception(tx, obligation, exception)
        )
        change = Change(
            what="lock_exception_granted",
            thing="lock_exception",
            thing_id=exception.id,
            owner_organisation_id=exception.owner_organisation_id,
            partnership_id=exception.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={"period": exception.period, "open_until": exception.open_until.isoformat()},
        )
        return await finish(tx, sent, change, exception)
