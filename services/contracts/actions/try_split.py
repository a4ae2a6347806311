"""Try whether a contract could be split, and say who would go on for it. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.contracts.actions.register_contract import require_own
from services.contracts.actions.try_consolidation import look_at
from services.contracts.actions.try_records import try_records
from services.contracts.rules import consolidation as rules
from services.contracts.rules.passing_on import PassingOn, by_split
from services.contracts.rules.step import Move, Step
from shared.caller import Caller
from shared.db import Database


async def try_split(
    db: Database,
    caller: Caller,
    made: rules.Regrouping,
    parts: Sequence[rules.NewContract],
    today: date,
) -> PassingOn:
    """Who would go on for whom. Refuses as the split itself would; nothing is written."""
    [source] = await look_at(db, caller, made, today)
    ended, going = rules.split(source, parts, made.effective_on)
    rules.proven(made, [source], [ended], going)
    for each in going:
        require_own(each, caller)
    await try_records(db, caller, going, Step(Move.SPLIT, on=made.effective_on, note=made.reason))
    return by_split(source, parts, going, made.effective_on)
