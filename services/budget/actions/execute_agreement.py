"""Execute an agreement: record its signature by every party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.budget.actions.draft_agreement import told
from services.budget.rules import agreement as rules
from services.budget.store import agreements, decisions
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, check_version, find, finish


async def execute_agreement(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    expected_version: int,
    signed_on: date,
    signatories: Sequence[rules.Signatory],
) -> Answer:
    """Sign it. Approvals that began to count since the last look (call-in is over) are settled first."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        day = await today(tx)
        agreement = await _settle(tx, agreement, day)
        executed = rules.execute(agreement, signed_on, signatories, day)
        await agreements.save(tx, executed)
        return await finish(tx, sent, told("agreement_executed", executed), executed, status=200)


async def _settle(tx: Transaction, agreement: rules.Agreement, day: date) -> rules.Agreement:
    """A draft whose approvals count by now becomes approved, and is kept so."""
    settled = rules.settle_approval(agreement, await decisions.on_subject(tx, agreement.id), day)
    if settled.state is agreement.state:
        return agreement
    await agreements.save(tx, settled)
    return settled
