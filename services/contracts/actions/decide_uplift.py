"""Decide on a proposed uplift: it holds from its day, and the rate before it ends; or nothing changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.actions.record_rate import told_of_rate
from services.contracts.rules import rate as rules
from services.contracts.store import rates
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def decide_uplift(
    db: Database, caller: Caller, sent: Sent, asked: tuple[UUID, int, date], *, agreed: bool
) -> Answer:
    """Agree or refuse. `asked`: which proposal, at what version it was decided on, and the day."""
    rate_id, expected_version, on = asked
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        proposal = await rates.lock(tx, rate_id)
        check_version(proposal.version, expected_version)
        if not agreed:
            refused = await rates.save(tx, proposal, rules.refuse(proposal, on))
            return await finish(tx, sent, told_of_rate("uplift_refused", refused), refused, status=200)
        before = None if proposal.uplifts_id is None else await rates.lock(tx, proposal.uplifts_id)
        after, ended = rules.agree(proposal, before, on)
        if before is not None and ended is not None:
            await tell(tx, [told_of_rate("rate_ended", await rates.save(tx, before, ended))])
        after = await rates.save(tx, proposal, after)
        return await finish(tx, sent, told_of_rate("uplift_agreed", after), after, status=200)
