"""Accept a return as an associate of the contract, beside its lead."""

from __future__ import annotations

from uuid import UUID

from services.outcomes.rules.associate_decision import AssociateStanding, Decision, deciding
from services.outcomes.store import associate_decisions, returns, revisions
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def accept_as_associate(
    db: Database, caller: Caller, sent: Sent, return_id: UUID, version: int
) -> Answer:
    """Accept the revision that holds, for every associate that the caller is. The return itself does not move by it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await returns.get(tx, return_id)
        check_version(found.version, version)
        _, today = await clock(tx)
        associates = deciding(
            found, caller.organisations, await associate_decisions.standing(tx, found, today)
        )
        for each in associates:
            await associate_decisions.add(tx, found, each, Decision.ACCEPTED)
        standing: AssociateStanding = next(
            each
            for each in await associate_decisions.standing(tx, found, today)
            if each.associate_organisation_id == associates[0]
        )
        change = Change(
            what="return_accepted_by_associate",
            thing="return",
            thing_id=found.id,
            owner_organisation_id=found.owner_organisation_id,
            partnership_id=found.partnership_id,
            readers=tuple(revisions.parties(found)),
            facts={
                "revision": standing.revision,
                "associate_organisation_id": str(associates[0]),
                "associate_organisation_ids": [str(each) for each in associates],
            },
        )
        return await finish(tx, sent, change, standing)
