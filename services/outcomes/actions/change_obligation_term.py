"""End an obligation earlier or later than it was set to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.outcomes.rules.obligation import ObligationTerm, change_term, check_leads
from services.outcomes.store import input_windows, obligations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_obligation_term(
    db: Database,
    caller: Caller,
    sent: Sent,
    obligation_id: UUID,
    version: int,
    ends_on: date,
    why: str,
) -> Answer:
    """Change the last day. Earlier ones stay on record, each with its reason."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await obligations.get(tx, obligation_id)
        check_leads(found, caller.organisations)
        check_version(found.version, version)
        term = ObligationTerm(ends_on, why, caller.organisation_id, caller.client_id)
        changed, due = change_term(found, term)
        recorded_at = await obligations.add_term(tx, changed, due)
        await input_windows.move_due_days(tx, obligation_id, found.settings)
        changed = replace(changed, terms=(*found.terms, replace(term, recorded_at=recorded_at)))
        change = Change(
            what="obligation_term_changed",
            thing="obligation",
            thing_id=changed.id,
            owner_organisation_id=changed.owner_organisation_id,
            partnership_id=changed.partnership_id,
            readers=tuple(obligations.readers(changed)),
            facts={"ends_on": ends_on.isoformat(), "due_returns": len(due)},
        )
        return await finish(tx, sent, change, changed, status=200)
