"""Enter a service in a partnership's catalogue, as a document lists it."""

from __future__ import annotations

from services.contracts.actions.register_contract import NOT_COMMISSIONED
from services.contracts.rules import catalogued_service as rules
from services.contracts.store import services
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def enter_service(db: Database, caller: Caller, sent: Sent, draft: rules.CataloguedService) -> Answer:
    """Enter it once; a document that lists it twice enters it twice, and a finding says so."""
    if not caller.holds(draft.partnership_id, "commissioner", "host"):
        raise NOT_COMMISSIONED("/partnership_id")
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        service = await services.add(tx, rules.enter(draft))
        change = Change(
            what="service_entered",
            thing="service",
            thing_id=service.id,
            owner_organisation_id=service.owner_organisation_id,
            partnership_id=service.partnership_id,
        )
        return await finish(tx, sent, change, service)
