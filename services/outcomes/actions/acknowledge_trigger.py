"""Acknowledge a trigger: the lead commissioner has seen it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.trigger import acknowledge, check_trigger_lead
from services.outcomes.store import obligations, triggers
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def acknowledge_trigger(
    db: Database, caller: Caller, sent: Sent, trigger_id: UUID, version: int, note: str | None
) -> Answer:
    """Acknowledge the trigger, with a note or without."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_trigger_lead(await triggers.get(tx, trigger_id), caller.organisations)
        found = await triggers.lock(tx, trigger_id)
        check_version(found.version, version)
        now, _ = await clock(tx)
        changed = acknowledge(found, note, now)
        changed = replace(changed, updated_at=await triggers.save(tx, changed))
        obligation = await obligations.get(tx, changed.obligation_id)
        change = Change(
            what="trigger_acknowledged",
            thing="trigger",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={"rule": changed.rule.value, "contract_id": str(changed.contract_id)},
        )
        return await finish(tx, sent, change, changed, status=200)
