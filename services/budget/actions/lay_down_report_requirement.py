"""Lay down when a report is due and which conditions it answers."""

from __future__ import annotations

from services.budget.rules.report_requirement import ReportRequirement, lay_down
from services.budget.store import report_requirements
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def lay_down_report_requirement(
    db: Database, caller: Caller, sent: Sent, asked: ReportRequirement
) -> Answer:
    """Keep it. The last that was recorded for a year or quarter counts."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        requirement = lay_down(asked)
        await report_requirements.add(tx, requirement)
        change = Change(
            what="report_requirement_laid_down",
            thing="report_requirement",
            thing_id=requirement.id,
            owner_organisation_id=requirement.owner_organisation_id,
            partnership_id=requirement.partnership_id,
            facts={"report": requirement.report.value, "due_on": requirement.due_on.isoformat()},
        )
        return await finish(tx, sent, change, requirement)
