"""Set what a provider has to report under a contract, and with it every return that is due."""

from __future__ import annotations

from dataclasses import replace

from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.rules.obligation import Obligation, check_obligation, due_returns
from services.outcomes.store import indicators, obligations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_obligation(db: Database, caller: Caller, sent: Sent, asked: Obligation) -> Answer:
    """Set the obligation. The organisation that sets it leads the contract, and owns the obligation."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        known = await indicators.of_ids(tx, (each.indicator_id for each in asked.indicators))
        obligation = check_obligation(asked, known, caller.organisations)
        due = due_returns(obligation)
        obligation = replace(obligation, recorded_at=await obligations.add(tx, obligation, due))
        change = Change(
            what="obligation_created",
            thing="obligation",
            thing_id=obligation.id,
            owner_organisation_id=obligation.owner_organisation_id,
            partnership_id=obligation.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={"contract_id": str(obligation.contract_id), "due_returns": len(due)},
        )
        return await finish(tx, sent, change, obligation)
