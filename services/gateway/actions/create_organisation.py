"""Enter an organisation in the directory."""

from __future__ import annotations

from services.gateway.rules import organisation as rules
from services.gateway.store import organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def create_organisation(db: Database, caller: Caller, sent: Sent, asked: rules.Organisation) -> Answer:
    """Enter the organisation, or give back what was answered when it was entered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        parent = await organisations.find(tx, asked.parent_id) if asked.parent_id else None
        organisation = rules.create_organisation(asked, parent)
        await organisations.add(tx, organisation)
        change = Change(
            what="organisation_created",
            thing="organisation",
            thing_id=organisation.id,
            owner_organisation_id=caller.organisation_id,
            readers=(organisation.id,),
            facts={"kind": organisation.kind.value},
        )
        return await finish(tx, sent, change, organisation)
