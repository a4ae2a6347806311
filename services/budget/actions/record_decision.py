"""Record a body's decision, and move the agreement that it approves."""

from __future__ import annotations

from services.budget.rules import decision as rules
from services.budget.rules.ratification import check_ratification, require_meeting
from services.budget.store import decided_texts, decisions, subjects
from services.budget.store.clock import today
from services.budget.store.visibility import require_commissioner
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def record_decision(db: Database, caller: Caller, sent: Sent, asked: rules.Decision) -> Answer:
    """Keep the decision of one of the caller's own bodies. An agreement is approved when the last one counts."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        text = await _text(tx, asked)
        decision = rules.decide(asked)
        rules.require_past(decision.decided_on, day := await today(tx))
        if decision.authority is not None:
            rules.check_authority(decision, await _delegating(tx, decision))
        await _check_links(tx, decision)
        await decisions.add(tx, decision)
        if text is None:
            return await finish(tx, sent, decisions.told("decision_recorded", decision, ()), decision)
        state = await decided_texts.settle(tx, text, day)
        change = decisions.told("decision_recorded", decision, text.readers, agreement_state=state)
        return await finish(tx, sent, change, decision)


async def _text(tx: Transaction, decision: rules.Decision) -> decided_texts.DecidedText | None:
    """The agreement that is decided on, locked; None where something else is."""
    if decision.subject is not rules.Subject.AGREEMENT:
        rules.require_no_edition(decision)
        if not await subjects.exists(tx, decision.subject, decision.subject_id, decision.partnership_id):
            raise rules.SUBJECT_UNKNOWN("/subject_id")
        return None
    try:
        text = await decided_texts.lock(tx, decision.subject_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        raise rules.SUBJECT_UNKNOWN("/subject_id") from None
    if text.agreement.partnership_id != decision.partnership_id:
        raise rules.SUBJECT_UNKNOWN("/subject_id")
    rules.require_edition(decision, text.latest_edition)
    return text


async def _delegating(tx: Transaction, decision: rules.Decision) -> rules.Decision:
    """The decision that delegated, of the same organisation and on the same subject."""
    assert decision.authority is not None
    wanted = decision.authority.decision_id
    for each in await decisions.on_subject(tx, decision.subject_id):
        if each.id == wanted and each.owner_organisation_id == decision.owner_organisation_id:
            return each
    raise rules.DELEGATION_UNKNOWN("/authority/decision_id")


async def _check_links(tx: Transaction, decision: rules.Decision) -> None:
    """What it ratifies, and the meeting at which it was made, are decisions on the same subject."""
    on_it = {each.id: each for each in await decisions.on_subject(tx, decision.subject_id)}
    if decision.ratifies_decision_id is not None:
        check_ratification(decision, on_it.get(decision.ratifies_decision_id))
    if decision.at_meeting_id is not None:
        require_meeting(on_it.get(decision.at_meeting_id), decision)
