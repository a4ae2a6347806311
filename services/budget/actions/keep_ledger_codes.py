"""Keep the codes of an organisation's own ledger for its lines and pools."""

from __future__ import annotations

from services.budget.rules.ledger_code_map import LedgerCodeMap, keep
from services.budget.store import ledger_code_maps
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def keep_ledger_codes(db: Database, caller: Caller, sent: Sent, asked: LedgerCodeMap) -> Answer:
    """Keep them. They count for the next journal, and change none that was drawn up."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        lines, pools = await ledger_code_maps.named(tx, asked)
        made = keep(asked, lines, pools)
        await ledger_code_maps.add(tx, made)
        change = Change(
            what="ledger_codes_kept",
            thing="ledger_code_map",
            thing_id=made.id,
            owner_organisation_id=made.owner_organisation_id,
            partnership_id=made.partnership_id,
            facts={"codes": len(made.codes)},
        )
        return await finish(tx, sent, change, made)
