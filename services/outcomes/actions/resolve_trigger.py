"""Resolve a trigger, with what came of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules import trigger as rules
from services.outcomes.rules.trigger import TriggerOutcome
from services.outcomes.store import obligations, triggers
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def resolve_trigger(
    db: Database,
    caller: Caller,
    sent: Sent,
    trigger_id: UUID,
    version: int,
    outcome: TriggerOutcome,
    note: str,
) -> Answer:
    """Resolve an acknowledged trigger. What the rule saw stays on record."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        rules.check_trigger_lead(await triggers.get(tx, trigger_id), caller.organisations)
        found = await triggers.lock(tx, trigger_id)
        check_version(found.version, version)
        now, _ = await clock(tx)
        changed = rules.resolve_trigger(found, outcome, note, now)
        changed = replace(changed, updated_at=await triggers.save(tx, changed))
        obligation = await obligations.get(tx, changed.obligation_id)
        change = Change(
            what="trigger_resolved",
            thing="trigger",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={
                "rule": changed.rule.value,
                "outcome": outcome.value,
                "contract_id": str(changed.contract_id),
            },
        )
        return await finish(tx, sent, change, changed, status=200)
