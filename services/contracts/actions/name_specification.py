"""Name the version of a specification by which a contract goes from a day on."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.rules import specification as rules
from services.contracts.store import contracts, specifications
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def name_specification(
    db: Database, caller: Caller, sent: Sent, asked: tuple[UUID, UUID, UUID, date]
) -> Answer:
    """Name it, or give back what was answered before. `asked`: the new record, the contract, the version, the day."""
    made_id, contract_id, specification_id, on = asked
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.maybe(tx, contract_id)
        version = await specifications.maybe(tx, specification_id)
        named = rules.name((made_id, on), contract, version, caller.organisations)
        named = await specifications.add_named(tx, named)
        assert contract is not None
        change = Change(
            what="specification_named",
            thing="contract_specification",
            thing_id=named.id,
            owner_organisation_id=named.owner_organisation_id,
            partnership_id=named.partnership_id,
            readers=contract.provider_ids if contract.disclosed else (),
            facts={"contract_id": str(named.contract_id), "number": named.number},
        )
        return await finish(tx, sent, change, named)
