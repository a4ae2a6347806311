"""Take over a contract that the outgoing lead handed over: with the incoming lead's own reference and funding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.contracts.actions.register_contract import require_own, told
from services.contracts.rules import transfer as rules
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.step import Move, Step
from services.contracts.store import contracts, first_awards, transfers
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What the incoming lead gives of its own."""

    funding: tuple[FundingLine, ...] = ()
    reference: str | None = None
    partnership_id: UUID | None = None


async def take_over_contract(
    db: Database, caller: Caller, sent: Sent, transfer_id: UUID, expected_version: int, given: TakenOver
) -> Answer:
    """The contract under the incoming lead: awarded, until it is activated with its money and approvals."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        transfer, handed = await transfers.lock(tx, transfer_id)
        if transfer.incoming_organisation_id not in caller.organisations:
            raise NOT_FOUND()
        check_version(transfer.version, expected_version)
        partnership_id = given.partnership_id or transfer.partnership_id
        terms = None if handed is None else handed.contract
        going, done = rules.take_over(transfer, terms, given.funding, given.reference, partnership_id)
        require_own(going, caller)
        step = Step(
            Move(transfer.kind.value),
            on=transfer.effective_on,
            reason=transfer.role.value,
            note=transfer.reason,
        )
        going = replace(going, occurrence=await contracts.next_occurrence(tx, going))
        going = await contracts.add(tx, going, step)
        if handed is not None and handed.award is not None:
            await first_awards.add_all(tx, [(going, handed.award)])
        done = await transfers.move(tx, done)
        change = told("contract_taken_over", going, contract_id=str(transfer.contract_id))
        return await finish(
            tx, sent, replace(change, facts={**change.facts, "transfer_id": str(done.id)}), going
        )
