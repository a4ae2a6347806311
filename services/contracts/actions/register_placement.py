"""Register a placement: once, under the placing commissioner's own reference."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts.rules import placement as rules
from services.contracts.rules.contract import Contract
from services.contracts.rules.placement_life import PlacementMove, PlacementState, PlacementStep
from services.contracts.store import contracts, placements
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish


async def register_placement(db: Database, caller: Caller, sent: Sent, draft: rules.Placement) -> Answer:
    """Register the draft, or give back what was answered when it was registered before."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract = await contract_for(tx, draft.contract_id)
        placement = rules.register(draft, contract, caller.organisations)
        placement = await placements.add(
            tx, placement, PlacementStep(PlacementMove.REGISTRATION, placement.start_date)
        )
        return await finish(tx, sent, told_of("placement_registered", placement), placement)


async def contract_for(tx: Transaction, contract_id: UUID) -> Contract:
    """The contract to place under. One that is not there answers as one of other commissioners does."""
    contract = await contracts.maybe(tx, contract_id)
    if contract is None:
        raise rules.CONTRACT_UNKNOWN("/contract_id")
    return contract


def told_of(what: str, placement: rules.Placement, **facts: Any) -> Change:
    """What is told of a change, and to whom: nothing of the person, and nobody but the owner until it begins."""
    begun = placement.state is not PlacementState.PLANNED and placement.end_reason != "not_started"
    return Change(
        what=what,
        thing="placement",
        thing_id=placement.id,
        owner_organisation_id=placement.owner_organisation_id,
        partnership_id=placement.partnership_id,
        readers=(placement.provider_organisation_id,) if begun else (),
        facts={"state": placement.state.value, "version": placement.version, **facts},
    )
