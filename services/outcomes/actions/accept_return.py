"""Accept a submitted return, so that its figures take effect."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.kpi_return import check_lead
from services.outcomes.rules.observation import published
from services.outcomes.rules.return_decision import accept, accepted
from services.outcomes.rules.revision import steps
from services.outcomes.store import alerts, indicators, observations, relatives, returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def accept_return(
    db: Database,
    caller: Caller,
    sent: Sent,
    return_id: UUID,
    version: int,
    explanations_accepted: bool,
    reviewer: str | None,
) -> Answer:
    """Accept the return. Figures that the provider explained are accepted only expressly."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_lead(await returns.get(tx, return_id), caller.organisations)
        found = await returns.lock(tx, return_id)
        check_version(found.version, version)
        path = accept(found, explanations_accepted)
        changed = accepted(found)
        changed = replace(changed, updated_at=await returns.save(tx, changed))
        now, _ = await clock(tx)
        moves = steps(
            found, path, now, caller.organisation_id, caller.client_id, reviewer=reviewer or caller.person
        )
        await revisions.add_moves(tx, changed, moves)
        known = await indicators.of_ids(tx, changed.values or {})
        family = await relatives.of(tx, known)
        beside = await relatives.on_view(tx, changed, family) if len(family) > len(known) else {}
        await observations.add(tx, changed, published(changed.values or {}, family, beside))
        raised = await alerts.after_acceptance(tx, changed.obligation_id, list(known))
        change = Change(
            what="return_accepted",
            thing="return",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            readers=tuple(revisions.parties(changed)),
            facts={"revision": changed.revision, "triggers": len(raised)},
        )
        return await finish(tx, sent, change, changed, status=200)
