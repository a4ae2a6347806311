"""Submit a return as its next revision."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.input_window import check_ended, due_of
from services.outcomes.rules.kpi_return import check_open, check_provider, submit
from services.outcomes.rules.revision import submission_steps
from services.outcomes.rules.submission import check_submission, whole
from services.outcomes.rules.validation_rule import check_rules
from services.outcomes.store import alerts, forms, input_windows, returns, revisions, validation_rules
from services.outcomes.store.instants import clock
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def submit_return(db: Database, caller: Caller, sent: Sent, return_id: UUID, version: int) -> Answer:
    """Check every figure and freeze them as a revision. Late is flagged and never refused."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_provider(await returns.get(tx, return_id), caller.organisations)
        found = await returns.lock(tx, return_id)
        check_version(found.version, version)
        check_open(found)
        now, today = await clock(tx)
        check_ended(found.last_day, today)
        await input_windows.require_open(tx, found.obligation_id, due_of(found), found.state, today)
        form = await forms.asked(tx, found.obligation_id, found.first_day)
        warned = check_submission(form, found.values or {})
        rules = await validation_rules.holding(tx, found.obligation_id)
        warned += check_rules(rules, form, found.values or {})
        submitted = replace(submit(found, now, today, bool(warned)), values=whole(form, found.values or {}))
        submitted = replace(submitted, updated_at=await returns.save(tx, submitted))
        await revisions.freeze(tx, submitted)
        moves = submission_steps(found, submitted, warned, caller.organisation_id, caller.client_id)
        await revisions.add_moves(tx, submitted, moves)
        closed = await alerts.received(tx, submitted)
        change = Change(
            what="return_submitted",
            thing="return",
            thing_id=submitted.id,
            owner_organisation_id=submitted.owner_organisation_id,
            partnership_id=submitted.partnership_id,
            readers=tuple(revisions.parties(submitted)),
            facts={
                "revision": submitted.revision,
                "days_late": submitted.days_late,
                "warnings": len(warned),
                "triggers_closed": closed,
            },
        )
        return await finish(tx, sent, change, submitted, status=200)
