"""Record a dated rate of a contract."""

from __future__ import annotations

from services.contracts.rules import rate as rules
from services.contracts.store import contracts, rates
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_rate(db: Database, caller: Caller, sent: Sent, draft: rules.Rate) -> Answer:
    """Record the rate, or give back what was answered when it was recorded before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.maybe(tx, draft.contract_id)
        rate = await rates.add(tx, rules.record(draft, contract, caller.organisations))
        return await finish(tx, sent, told_of_rate("rate_recorded", rate), rate)


def told_of_rate(what: str, rate: rules.Rate) -> Change:
    """What is told of a rate: to its provider once it is agreed."""
    return Change(
        what=what,
        thing="contract_rate",
        thing_id=rate.id,
        owner_organisation_id=rate.owner_organisation_id,
        partnership_id=rate.partnership_id,
        readers=(rate.provider_organisation_id,) if rate.state is rules.RateState.AGREED else (),
        facts={"state": rate.state.value, "version": rate.version},
    )
