"""Move a placement in its life: lock it, ask the rule of the move, save it with the step that its history keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.contracts.actions.register_placement import told_of
from services.contracts.rules.contract import Contract
from services.contracts.rules.placement import Placement
from services.contracts.rules.placement_life import KeptPlacementStep, PlacementStep
from services.contracts.store import contracts, placements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish

PlacementRule = Callable[[Placement, Sequence[KeptPlacementStep], Contract | None], Placement]


@dataclass(frozen=True, slots=True)
class AskedMove:
    """A move that is asked for: what is told of it, its facts, and the rule that makes or refuses it."""

    what: str
    step: PlacementStep
    rule: PlacementRule


async def move_placement(
    db: Database, caller: Caller, sent: Sent, placement_id: UUID, expected_version: int, asked: AskedMove
) -> Answer:
    """Make the move with a placement of the caller's own that is still at the version it was decided on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await placements.lock(tx, placement_id)
        check_version(before.version, expected_version)
        history = await placements.steps_of(tx, placement_id)
        after = asked.rule(before, history, await contracts.maybe(tx, before.contract_id))
        after = await placements.save(tx, before, after, asked.step)
        return await finish(tx, sent, told_of(asked.what, after), after, status=200)
