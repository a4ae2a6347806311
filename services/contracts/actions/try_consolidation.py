"""Try whether contracts could become one, and say who would go on for whom. Nothing is written."""

from __future__ import annotations

from datetime import date

from services.contracts.actions.consolidate_contracts import led
from services.contracts.actions.register_contract import require_own
from services.contracts.actions.try_records import try_records
from services.contracts.rules import consolidation as rules
from services.contracts.rules.carry_over import check_ready
from services.contracts.rules.contract import Contract
from services.contracts.rules.passing_on import PassingOn, by_consolidation
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, variations
from shared.caller import Caller
from shared.db import Database


async def try_consolidation(
    db: Database, caller: Caller, made: rules.Regrouping, new: rules.NewContract, today: date
) -> PassingOn:
    """Who would go on for whom. Refuses as the consolidation itself would; nothing is written."""
    sources = await look_at(db, caller, made, today)
    ended, going = rules.consolidate(sources, new, made.effective_on)
    rules.proven(made, sources, ended, [going])
    require_own(going, caller)
    await try_records(db, caller, [going], Step(Move.CONSOLIDATION, on=made.effective_on, note=made.reason))
    return by_consolidation(sources, going, made.effective_on)


async def look_at(db: Database, caller: Caller, made: rules.Regrouping, today: date) -> list[Contract]:
    """Its sources as they stand, or a refusal: of those that the caller does not lead, or that are not ready."""
    ids = made.source_contract_ids
    async with db.begin(caller, snapshot=True) as tx:
        seen = await contracts.get_all(tx, ids)
        waiting = await variations.of_contracts(tx, ids)
    found = led(
        {id_: each for id_, each in seen.items() if each.owner_organisation_id in caller.organisations}, ids
    )
    check_ready(made.effective_on, today, waiting)
    return found
