"""Record that a condition of a decision was met, and move the agreement that waited for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.actions.record_decision import told
from services.budget.rules import agreement as agreement_rules
from services.budget.rules import decision as rules
from services.budget.store import agreements, decisions
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, check_version, find, finish


async def meet_condition(
    db: Database,
    caller: Caller,
    sent: Sent,
    decision_id: UUID,
    expected_version: int,
    number: int,
    met_on: date,
    evidence: str,
) -> Answer:
    """Only the organisation whose body made the condition says that it was met."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        seen = await decisions.get(tx, decision_id)
        agreement = await _lock_agreement(tx, seen)
        decision = await decisions.get(tx, decision_id) if agreement else seen
        check_version(decision.version, expected_version)
        rules.require_own(decision, caller.organisations)
        rules.require_past(met_on, day := await today(tx))
        met = rules.meet_condition(decision, number, met_on, evidence)
        await decisions.add_met(tx, met, number)
        if agreement is not None:
            on_it = await decisions.on_subject(tx, agreement.id)
            agreement = agreement_rules.settle_approval(agreement, on_it, day)
            await agreements.save(tx, agreement)
        return await finish(tx, sent, told("condition_met", met, agreement), met, status=200)


async def _lock_agreement(tx: Transaction, decision: rules.Decision) -> agreement_rules.Agreement | None:
    if decision.subject is not rules.Subject.AGREEMENT:
        return None
    return await agreements.lock(tx, decision.subject_id)
