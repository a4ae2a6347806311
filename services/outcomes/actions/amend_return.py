"""Change figures of a return while it is with its provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.outcomes.rules.input_window import due_of
from services.outcomes.rules.kpi_return import amend, check_open, check_provider
from services.outcomes.store import input_windows, obligations, returns
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def amend_return(
    db: Database,
    caller: Caller,
    sent: Sent,
    return_id: UUID,
    version: int,
    values: Mapping[UUID, Mapping[str, Any] | None],
) -> Answer:
    """Merge the figures given into those in the making; the others stay."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_provider(await returns.get(tx, return_id), caller.organisations)
        found = await returns.lock(tx, return_id)
        check_version(found.version, version)
        check_open(found)
        obligation = await obligations.get(tx, found.obligation_id)
        _, today = await clock(tx)
        await input_windows.require_open(tx, obligation.id, due_of(found), found.state, today)
        form = {each.indicator_id: each.compulsory for each in obligation.indicators}
        changed = replace(found, values=amend(found.values or {}, values, form), version=found.version + 1)
        changed = replace(changed, updated_at=await returns.save(tx, changed))
        await returns.replace_draft(tx, changed)
        change = Change(
            what="return_amended",
            thing="return",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            facts={"figures": len(values)},
        )
        return await finish(tx, sent, change, changed, status=200)
