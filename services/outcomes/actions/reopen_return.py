"""Reopen an accepted or locked return for a correction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.kpi_return import FieldReason, check_lead
from services.outcomes.rules.return_decision import reopen
from services.outcomes.rules.revision import steps
from services.outcomes.store import returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def reopen_return(
    db: Database,
    caller: Caller,
    sent: Sent,
    return_id: UUID,
    version: int,
    reasons: tuple[FieldReason, ...],
    reviewer: str | None,
) -> Answer:
    """Reopen the return. What was accepted holds until the correction is accepted."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_lead(await returns.get(tx, return_id), caller.organisations)
        found = await returns.lock(tx, return_id)
        check_version(found.version, version)
        changed = reopen(found, reasons, found.values or {})
        changed = replace(changed, updated_at=await returns.save(tx, changed))
        now, _ = await clock(tx)
        path = steps(
            found,
            (changed.state,),
            now,
            caller.organisation_id,
            caller.client_id,
            reasons=reasons,
            reviewer=reviewer or caller.person,
        )
        await revisions.add_moves(tx, changed, path)
        change = Change(
            what="return_reopened",
            thing="return",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            readers=tuple(revisions.parties(changed)),
            facts={"revision": changed.revision, "reasons": len(reasons)},
        )
        return await finish(tx, sent, change, changed, status=200)
