"""Draw up a report for the board that gives assurance."""

from __future__ import annotations

from uuid import UUID

from services.gateway.rules import assurance_report as rules
from services.gateway.store import places
from services.gateway.store.governance_registers import (
    assurance_reports,
    papers,
    responsibility_charts,
    risks,
)
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def draw_up_assurance(
    db: Database,
    caller: Caller,
    sent: Sent,
    report_id: UUID,
    partnership_id: UUID,
    board_id: UUID,
    title: str,
) -> Answer:
    """What the partnership's registers hold today, kept as it stands. Nobody writes in them meanwhile."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        place = await places.hold(tx, partnership_id)
        rules.require_assurance_body(board_id, place.boards)
        most = rules.MOST_ITEMS + 1
        found = (
            await risks.all(tx, partnership_id, most),
            await papers.all(tx, partnership_id, most),
            await responsibility_charts.all(tx, partnership_id, most),
        )
        if any(len(each) == most for each in found):
            raise rules.ASSURANCE_TOO_LARGE()
        report = rules.AssuranceReport(
            report_id,
            partnership_id,
            caller.organisation_id,
            board_id,
            title,
            place.today,
            rules.content_of(*found),
        )
        await assurance_reports.add(tx, report)
        return await finish(tx, sent, assurance_reports.told("drawn_up", report), report)
