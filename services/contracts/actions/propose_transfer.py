"""Propose a novation, or record a statutory transfer: for the lead of the contract."""

from __future__ import annotations

from services.contracts.rules import transfer as rules
from services.contracts.store import contracts, transfers
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def propose_transfer(db: Database, caller: Caller, sent: Sent, asked: rules.Transfer) -> Answer:
    """Keep it with whose consent it needs. The law's own needs none, and is ready at once."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contracts.lock(tx, asked.contract_id)
        made = await transfers.add(tx, rules.propose(contract, asked))
        return await finish(tx, sent, transferred("contract_transfer_proposed", made), made)


def transferred(what: str, transfer: rules.Transfer) -> Change:
    """What is told of a transfer, to every body that stands in it."""
    return Change(
        what=what,
        thing="transfer",
        thing_id=transfer.id,
        owner_organisation_id=transfer.owner_organisation_id,
        partnership_id=transfer.partnership_id,
        readers=transfer.readers,
        facts={
            "contract_id": str(transfer.contract_id),
            "new_contract_id": str(transfer.new_contract_id),
            "state": transfer.state.value,
            "effective_on": transfer.effective_on.isoformat(),
        },
    )
