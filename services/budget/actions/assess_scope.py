"""Assess whether a service's spend belongs in the partners' common scope."""

from __future__ import annotations

from services.budget.rules.line import LINE_UNKNOWN
from services.budget.rules.scope_assessment import ScopeAssessment, assess
from services.budget.store import assessments, lines
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def assess_scope(db: Database, caller: Caller, sent: Sent, asked: ScopeAssessment) -> Answer:
    """Keep the answers with what follows from them. A later one takes its place and both stay."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        if asked.line_id is not None:
            line = await lines.maybe(tx, asked.line_id)
            if line is None or line.partnership_id != asked.partnership_id:
                raise LINE_UNKNOWN("/line_id")
        former = None
        if asked.replaces_assessment_id is not None:
            former = await assessments.scope_assessments.maybe(tx, asked.replaces_assessment_id)
        record = assess(asked, former)
        await assessments.scope_assessments.add(tx, record.service, record)
        change = Change(
            what="scope_assessment_recorded",
            thing="scope_assessment",
            thing_id=record.id,
            owner_organisation_id=record.owner_organisation_id,
            partnership_id=record.partnership_id,
        )
        return await finish(tx, sent, change, record)
