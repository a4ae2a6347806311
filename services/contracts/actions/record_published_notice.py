"""Record a notice that was published of a contract: once, by its lead commissioner."""

from __future__ import annotations

from datetime import date

from services.contracts.rules import published_notice as rules
from services.contracts.store import contracts, published_notices, variations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_published_notice(
    db: Database, caller: Caller, sent: Sent, draft: rules.PublishedNotice, today: date
) -> Answer:
    """Record the notice, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.maybe(tx, draft.contract_id)
        found = [] if draft.variation_id is None else await variations.of_contract(tx, draft.contract_id)
        of_it = [each.id for each in found]
        notice = rules.record(draft, contract, of_it, caller.organisations, today)
        notice = await published_notices.add(tx, notice)
        change = Change(
            what="notice_published",
            thing="published_notice",
            thing_id=notice.id,
            owner_organisation_id=notice.owner_organisation_id,
            partnership_id=notice.partnership_id,
            facts={"contract_id": str(notice.contract_id), "kind": notice.kind.value},
        )
        return await finish(tx, sent, change, notice)
