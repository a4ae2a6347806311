"""Take a list of services with a decision about scope for each row, or only say what it would do."""

from __future__ import annotations

from collections.abc import Sequence

from services.budget.rules import scope_list as rules
from services.budget.rules.scope_list import ReadScope, ScopeFinding, ScopeImport, ScopeRowOutcome
from services.budget.store.assessments import scope_assessments
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, not_kept, tell


async def import_scope(
    db: Database,
    caller: Caller,
    sent: Sent,
    whose: rules.ScopeListFor,
    read: Sequence[ReadScope],
    findings: Sequence[ScopeFinding],
    dry_run: bool,
) -> Answer | ScopeImport:
    """All rows that can be taken, in one transaction; the same list again changes nothing. A trial keeps nothing."""
    async with db.begin(caller, write=not dry_run) as tx:
        if not dry_run and (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, whose.partnership_id)
        known = {}
        for each in read:
            if (there := await scope_assessments.maybe(tx, each.asked.id)) is not None:
                known[there.id] = there
        made = rules.report(dry_run, read, known, findings)
        if dry_run:
            return made
        new = {each.assessment_id for each in made.taken if each.outcome is ScopeRowOutcome.ADDED}
        asked = [each.asked for each in read if each.asked.id in new]
        for record in asked:
            await scope_assessments.add(tx, record.service, record)
        changes = [
            Change(
                what="scope_assessment_recorded",
                thing="scope_assessment",
                thing_id=record.id,
                owner_organisation_id=record.owner_organisation_id,
                partnership_id=record.partnership_id,
            )
            for record in asked
        ]
        if not changes:
            return not_kept(made)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], made)
