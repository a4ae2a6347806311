"""Apply a succession of organisations to the books: close what was held, open it under the successors, once."""

from __future__ import annotations

from dataclasses import replace

from services.budget.rules.succession import Succession, check, heir
from services.budget.rules.succession_report import SuccessionReport, report
from services.budget.store import takeovers
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def apply_succession(db: Database, caller: Caller, sent: Sent, asked: Succession) -> Answer:
    """In one transaction and in the heir's name, since the rows that it makes are the successors' own."""
    succession = check(asked)
    acting = in_the_heirs_name(caller, succession)
    async with db.begin(acting, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        tally = await takeovers.take_over(tx, succession)
        done: SuccessionReport = report(succession.id, tally)
        change = Change(
            what="succession_applied",
            thing="succession",
            thing_id=succession.id,
            owner_organisation_id=acting.organisation_id,
            readers=succession.successors,
            facts={
                "effective_on": str(succession.effective_on),
                "kind": succession.kind.value,
                **done.counts,
            },
        )
        return await finish(tx, sent, change, done)


def in_the_heirs_name(caller: Caller, succession: Succession) -> Caller:
    """The caller acting for who takes most of the first predecessor, and for all whose rows are touched."""
    own = heir(succession.of(succession.predecessors[0]))
    others = (*succession.successors, *succession.predecessors)
    every = tuple(dict.fromkeys((own, *others, *caller.organisations)))
    return replace(caller, organisation_id=own, organisations=every)
