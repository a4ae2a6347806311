"""Count what a succession would change, and change nothing."""

from __future__ import annotations

from services.contracts.actions.apply_succession import Asked, part_of, worked_out
from services.contracts.rules.succession import SuccessionPart
from shared.caller import Caller
from shared.db import Database


async def preview_succession(db: Database, caller: Caller, asked: Asked) -> SuccessionPart:
    """The same answer as the act would give, from the same reading under the same locks; nothing is written."""
    async with db.begin(caller, write=True) as tx:
        return part_of(asked, await worked_out(tx, asked), written=False)
