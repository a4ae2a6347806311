"""Say what of outcomes would go on under a successor, and record nothing."""

from __future__ import annotations

from services.outcomes.actions.apply_succession import in_the_heirs_name, worked_out
from shared.caller import Caller
from shared.db import Database
from shared.succession import Succession, SuccessionReport


async def preview_succession(db: Database, caller: Caller, asked: Succession) -> SuccessionReport:
    """The same counts and remarks as the succession itself gives."""
    async with db.begin(in_the_heirs_name(caller, asked), snapshot=True) as tx:
        return await worked_out(tx, asked, None)
