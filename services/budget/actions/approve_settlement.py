"""Approve a settlement for one's own organisation."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import settlement as rules
from services.budget.rules.decision import Subject
from services.budget.rules.delegation_limit import Case, LimitSubject
from services.budget.rules.own_limit import require_decided
from services.budget.rules.settlement_claim import require_untaken
from services.budget.store import decisions, delegation_limits, settlements
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, check_version, find, finish


async def approve_settlement(
    db: Database, caller: Caller, sent: Sent, settlement_id: UUID, expected_version: int
) -> Answer:
    """Keep the approval. It is never that of the client or the person who proposed."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        settlement, maker = await settlements.lock(tx, settlement_id)
        check_version(settlement.version, expected_version)
        approver = rules.Maker(caller.client_id, caller.person)
        approved = rules.approve(settlement, caller.organisation_id, maker, approver)
        await _require_decided(tx, approved)
        if approved.state is rules.SettlementState.APPROVED:
            require_untaken(approved, await settlements.approved_in_turn(tx, approved))
        await settlements.add_approval(tx, approved, approver)
        await settlements.save(tx, approved)
        approved = await settlements.get(tx, settlement_id)  # with the instant of the approval
        return await finish(tx, sent, settlements.told("settlement_approved", approved), approved, status=200)


async def _require_decided(tx: Transaction, settlement: rules.Settlement) -> None:
    """What the organisation bears or gets by it is within its officer's limit, or a body of it has decided."""
    own, day = tx.caller.organisation_id, await today(tx)
    borne = [each.amount_pence for each in settlement.outcome.by_partner if each.organisation_id == own]
    if not sum(map(abs, borne)):
        return
    case = Case(LimitSubject.SETTLEMENT, sum(map(abs, borne)), day)
    limits = await delegation_limits.in_force(tx, settlement.partnership_id, case.subject, day)
    on_it = [
        each for each in await decisions.on_subject(tx, settlement.id) if each.subject is Subject.SETTLEMENT
    ]
    require_decided(own, limits, case, on_it, day)
