"""Record that a succession counts in outcomes: successors go on through the bodies that they carry."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.succession import going_on
from services.outcomes.store import successions
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish
from shared.succession import Succession, SuccessionReport


async def apply_succession(db: Database, caller: Caller, sent: Sent, asked: Succession) -> Answer:
    """One audit row with what went on, in the heir's name; sent again, it gives the first answer."""
    async with db.begin(in_the_heirs_name(caller, asked), write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        report = await worked_out(tx, asked, asked.id)
        change = Change(
            what="succession_applied",
            thing="succession",
            thing_id=asked.id,
            owner_organisation_id=asked.heir,
            readers=asked.successors,
            facts={
                "effective_on": str(asked.effective_on),
                "instrument": asked.instrument,
                **report.counts,
            },
        )
        return await finish(tx, sent, change, report)


def in_the_heirs_name(caller: Caller, asked: Succession) -> Caller:
    """The caller acting for the successor: history names who took over, not who keeps the directory."""
    return replace(caller, organisation_id=asked.heir)


async def worked_out(tx: Transaction, asked: Succession, succession_id: UUID | None) -> SuccessionReport:
    """What goes on under the successors, as things stand now."""
    bodies = asked.predecessors
    return going_on(
        asked,
        succession_id,
        await successions.duties(tx, bodies, asked.effective_on),
        await successions.open_returns(tx, bodies),
        await successions.aims(tx, bodies),
    )
