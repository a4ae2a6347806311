"""Record that something a line's grant demands was met, so that the line may be spent."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.budget.rules.line_budget import require_living
from services.budget.rules.ring_fence import MetDemand, meet
from services.budget.store import line_changes, lines, met_demands
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def meet_demand(
    db: Database, caller: Caller, sent: Sent, line_id: UUID, expected_version: int, met: MetDemand
) -> Answer:
    """Keep what was met and what shows it. The line waits for one thing less."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        line = await lines.lock(tx, line_id)
        check_version(line.version, expected_version)
        require_living(line)
        before = [each.code for each in await met_demands.of_line(tx, line.id)]
        meet(line.nature.ring_fence, before, met, await today(tx))
        await met_demands.add(tx, line, met)
        left = tuple(code for code in line.waits_for if code != met.code)
        changed = replace(line, waits_for=left, version=line.version + 1)
        await lines.wait_for(tx, changed)
        told = await line_changes.told(tx, "line_demand_met", line, {"code": met.code})
        return await finish(tx, sent, told, changed, status=200)
