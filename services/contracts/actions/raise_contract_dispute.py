"""Raise a dispute on a contract."""

from __future__ import annotations

from services.contracts.rules import contract_dispute as rules
from services.contracts.rules.contract_dispute import ContractDispute
from services.contracts.store import contract_disputes, contracts
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, find, finish


async def raise_contract_dispute(db: Database, caller: Caller, sent: Sent, draft: ContractDispute) -> Answer:
    """Keep it for the party that raises it; the other side hears of it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        await contract_disputes.require_inside(tx, draft.contract_id)
        contract = await contracts.maybe(tx, draft.contract_id)
        if contract is None:
            raise NOT_FOUND()
        day = await contract_disputes.today(tx)
        dispute = rules.raise_on(draft, contract, caller.organisations, day)
        made = await contract_disputes.add(tx, dispute)
        return await finish(tx, sent, told_of_dispute("contract_dispute_raised", made), made)


def told_of_dispute(what: str, dispute: ContractDispute) -> Change:
    """What is told of a dispute: to both of its sides."""
    return Change(
        what=what,
        thing="contract_dispute",
        thing_id=dispute.id,
        owner_organisation_id=dispute.owner_organisation_id,
        partnership_id=dispute.partnership_id,
        readers=(dispute.against_organisation_id,),
        facts={"stage": dispute.stage.value, "version": dispute.version},
    )
