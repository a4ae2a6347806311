"""Say what an import of placements would do, and do nothing."""

from __future__ import annotations

from dataclasses import replace

from services.contracts.actions.import_placements import work_out_placements
from services.contracts.rules import placement_import as rules
from services.contracts.rules.import_tally import Outcome
from services.contracts.store import placement_imports
from services.contracts.store.placement_imports import PlacementFile
from shared.caller import Caller
from shared.db import Database


async def try_placements(
    db: Database, caller: Caller, asked: rules.AskedPlacements, file: PlacementFile
) -> rules.PlacementReport:
    """The report that an import would give now. What would be new has no id yet."""
    async with db.begin(caller, write=True) as tx:  # its rows are staged, in tables that end with it
        await placement_imports.stage(tx, file)
        tally = rules.PlacementTally()
        async for steps in work_out_placements(tx, asked, lock=False):
            for step in steps:
                new = step.row.outcome is Outcome.TAKEN
                tally.add(replace(step, row=replace(step.row, placement_id=None)) if new else step)
        return tally.fill(file.blank(caller.organisation_id, asked.control_total_pence))
