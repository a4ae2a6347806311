"""Try whether records could be made that go on for others, before anybody's budget goes to them. Nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence

from services.contracts.rules.contract import Contract
from services.contracts.rules.step import Step
from services.contracts.store import contracts
from shared.caller import Caller
from shared.db import Database


async def try_records(db: Database, caller: Caller, going: Sequence[Contract], step: Step) -> None:
    """Refuses an id that is taken, also by a record that the caller cannot see, and whatever else the database would
    refuse. They are added and taken back in one transaction."""
    async with db.begin(caller, write=True) as tx, tx.part(undo=True):
        await contracts.add_all(tx, going, step)
