"""Record a figure for reference, as its source states it."""

from __future__ import annotations

from services.budget.rules.reference_figure import ReferenceFigure, work_out
from services.budget.store.assessments import reference_figures
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def record_reference_figure(db: Database, caller: Caller, sent: Sent, asked: ReferenceFigure) -> Answer:
    """Keep it with its qualifier and, where people are named, what it comes to a head."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        people = None
        if asked.people_figure_id is not None:
            people = await reference_figures.maybe(tx, asked.people_figure_id)
        record = work_out(asked, people)
        await reference_figures.add(tx, record.name, record)
        change = Change(
            what="reference_figure_recorded",
            thing="reference_figure",
            thing_id=record.id,
            owner_organisation_id=record.owner_organisation_id,
            partnership_id=record.partnership_id,
        )
        return await finish(tx, sent, change, record)
