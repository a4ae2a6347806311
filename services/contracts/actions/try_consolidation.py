"""Try whether contracts could become one, and say who would go on for whom. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.contracts.actions.consolidate_contracts import led
from services.contracts.actions.register_contract import require_own
from services.contracts.actions.try_records import try_records
from services.contracts.rules import consolidation as rules
from services.contracts.rules.contract import Contract
from services.contracts.rules.passing_on import PassingOn, by_consolidation
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts
from shared.caller import Caller
from shared.db import Database


async def try_consolidation(
    db: Database, caller: Caller, made: rules.Regrouping, new: rules.NewContract
) -> PassingOn:
    """Who would go on for whom. Refuses as the consolidation itself would; nothing is written."""
    sources = await look_at(db, caller, made.source_contract_ids)
    ended, going = rules.consolidate(sources, new, made.effective_on)
    rules.proven(made, sources, ended, [going])
    require_own(going, caller)
    await try_records(db, caller, [going], Step(Move.CONSOLIDATION, on=made.effective_on, note=made.reason))
    return by_consolidation(sources, going, made.effective_on)


async def look_at(db: Database, caller: Caller, ids: Sequence[UUID]) -> list[Contract]:
    """These contracts as they stand, or a refusal that names those that the caller does not lead."""
    async with db.begin(caller, snapshot=True) as tx:
        seen = await contracts.get_all(tx, ids)
    return led(
        {id_: each for id_, each in seen.items() if each.owner_organisation_id in caller.organisations}, ids
    )
