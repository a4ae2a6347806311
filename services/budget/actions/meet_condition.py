"""Record that a condition of a decision was met, and move the agreement that waited for it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import decision as rules
from services.budget.store import decided_texts, decisions
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
        text = await _lock_text(tx, seen)
        decision = await decisions.get(tx, decision_id) if text else seen
        check_version(decision.version, expected_version)
        rules.require_own(decision, caller.organisations)
        rules.require_past(met_on, day := await today(tx))
        met = rules.meet_condition(decision, number, met_on, evidence)
        await decisions.add_met(tx, met, number)
        if text is None:
            return await finish(tx, sent, decisions.told("condition_met", met, ()), met, status=200)
        state = await decided_texts.settle(tx, text, day)
        change = decisions.told("condition_met", met, text.readers, agreement_state=state)
        return await finish(tx, sent, change, met, status=200)


async def _lock_text(tx: Transaction, decision: rules.Decision) -> decided_texts.DecidedText | None:
    if decision.subject is not rules.Subject.AGREEMENT:
        return None
    return await decided_texts.lock(tx, decision.subject_id)
