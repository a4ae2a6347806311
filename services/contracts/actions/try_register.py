"""Say what an import of a register would do, and do nothing."""

from __future__ import annotations

from dataclasses import replace

from services.contracts.actions.import_register import Register, require_own_register, work_out
from services.contracts.rules.register_import import Outcome
from services.contracts.rules.register_report import RegisterReport, report_on
from services.contracts.store import contracts
from shared.caller import Caller
from shared.db import Database


async def try_register(db: Database, caller: Caller, register: Register) -> RegisterReport:
    """The report that an import would give now. What would be new has no id yet."""
    require_own_register(register.blank, caller)
    async with db.begin(caller) as tx:
        works = await work_out(tx, register, contracts.get_all)
    steps = [
        replace(work.step, contract_id=None) if work.step.outcome is Outcome.TAKEN else work.step
        for work in works
    ]
    return report_on(register.blank, steps, register.control_total_pence)
