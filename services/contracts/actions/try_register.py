"""Say what an import of a register would do, and do nothing."""

from __future__ import annotations

from dataclasses import replace

from services.contracts.actions.import_register import require_own_register, work_out
from services.contracts.rules.import_tally import Outcome
from services.contracts.rules.register_file import Asked, RegisterFile
from services.contracts.rules.register_report import RegisterReport, Tally
from services.contracts.store import contracts, staged_registers
from shared.caller import Caller
from shared.db import Database


async def try_register(db: Database, caller: Caller, asked: Asked, file: RegisterFile) -> RegisterReport:
    """The report that an import would give now. What would be new has no id yet."""
    require_own_register(asked, caller)
    async with db.begin(caller, write=True) as tx:  # its rows are staged, in tables that end with it
        await staged_registers.stage(tx, file)
        blank, tally = asked.blank(file.facts()), Tally()
        async for works in work_out(tx, blank, contracts.get_all):
            for step in (work.step for work in works):
                new = step.outcome is Outcome.TAKEN
                tally.add(replace(step, contract_id=None) if new else step, blank.register_date)
        return tally.fill(blank, await staged_registers.references(tx))
