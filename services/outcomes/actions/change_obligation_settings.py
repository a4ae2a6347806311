"""Set, from a day on, when returns of an obligation are due, when input closes and how long silence lasts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.input_window import change_settings
from services.outcomes.rules.obligation import ObligationSettings, check_leads
from services.outcomes.store import input_windows, obligations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def change_obligation_settings(
    db: Database, caller: Caller, sent: Sent, obligation_id: UUID, version: int, asked: ObligationSettings
) -> Answer:
    """Keep the settings, and move the due days of the periods from their day on that have not been decided."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        obligation = await obligations.get(tx, obligation_id)
        check_leads(obligation, caller.organisations)
        check_version(obligation.version, version)
        before = obligation.settings
        changed = change_settings(obligation, asked, before[-1] if before else None)
        recorded_at = await input_windows.add_settings(tx, obligation, asked, len(before) + 1)
        settings = (*before, replace(asked, recorded_at=recorded_at))
        await input_windows.move_due_days(tx, obligation_id, settings)
        changed = replace(changed, settings=settings)
        change = Change(
            what="obligation_settings_changed",
            thing="obligation",
            thing_id=obligation_id,
            owner_organisation_id=obligation.owner_organisation_id,
            partnership_id=obligation.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={"effective_from": asked.effective_from.isoformat(), "due_days": asked.due_days},
        )
        return await finish(tx, sent, change, changed, status=200)
