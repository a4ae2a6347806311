"""Count what a succession would change, and change nothing."""

from __future__ import annotations

from services.contracts.actions.apply_succession import in_the_heirs_name, worked_out
from shared.caller import Caller
from shared.db import Database
from shared.succession import Succession, SuccessionReport


async def preview_succession(db: Database, caller: Caller, asked: Succession) -> SuccessionReport:
    """The same answer as the act would give, from the same reading under the same locks; nothing is written."""
    async with db.begin(in_the_heirs_name(caller, asked), write=True) as tx:
        return (await worked_out(tx, asked)).report(None)
