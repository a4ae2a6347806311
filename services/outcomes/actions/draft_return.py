"""Begin a return for a period that is owed, with as many figures as there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.outcomes.rules.input_window import due_of
from services.outcomes.rules.kpi_return import OBLIGATION_UNKNOWN, amend, open_draft
from services.outcomes.store import input_windows, obligations, returns
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def draft_return(
    db: Database,
    caller: Caller,
    sent: Sent,
    return_id: UUID,
    obligation_id: UUID,
    period: str,
    values: Mapping[UUID, Mapping[str, Any] | None],
) -> Answer:
    """Begin the return. Until it is submitted nobody but its provider sees that there is one."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        obligation = await obligations.maybe(tx, obligation_id)
        if obligation is None:
            raise OBLIGATION_UNKNOWN("/obligation_id")
        due = await obligations.due(tx, obligation_id, period)
        draft = open_draft(return_id, obligation, due, caller.organisations)
        _, today = await clock(tx)
        await input_windows.require_open(tx, obligation_id, due_of(draft), None, today)
        form = {each.indicator_id: each.compulsory for each in obligation.indicators}
        draft = replace(draft, values=amend({}, values, form))
        draft = replace(draft, updated_at=await returns.add(tx, draft, obligations.readers(obligation)))
        change = Change(
            what="return_drafted",
            thing="return",
            thing_id=draft.id,
            owner_organisation_id=draft.owner_organisation_id,
            partnership_id=draft.partnership_id,
            facts={"obligation_id": str(obligation_id), "period": period},
        )
        return await finish(tx, sent, change, draft)
