"""Plan a milestone under an agreement."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import milestone as rules
from services.budget.rules.agreement import AGREEMENT_UNKNOWN, party_ids, require_party
from services.budget.store import agreements, milestones
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def plan_milestone(
    db: Database, caller: Caller, sent: Sent, asked: rules.Milestone, partnership_id: UUID
) -> Answer:
    """Keep it for the caller's organisation, which is a party to the agreement."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, partnership_id)
        try:
            agreement = await agreements.get(tx, asked.agreement_id)
        except Refusal as refusal:
            if refusal.reason is not NOT_FOUND:
                raise
            raise AGREEMENT_UNKNOWN("/agreement_id") from None
        if agreement.partnership_id != partnership_id:
            raise AGREEMENT_UNKNOWN("/agreement_id")
        require_party(agreement, caller.organisation_id)
        milestone = rules.plan(asked)
        await milestones.add(tx, milestone)
        change = milestones.told("milestone_planned", milestone, party_ids(agreement.terms))
        return await finish(tx, sent, change, milestone)
