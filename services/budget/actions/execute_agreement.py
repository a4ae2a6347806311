"""Sign an agreement for one's own organisation; it is executed once every party has signed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules import agreement as rules
from services.budget.rules.signature import Signatory
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
    office: str,
    signed_on: date,
) -> Answer:
    """Sign it. Approvals that began to count since the last look (call-in is over) are settled first."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        day = await today(tx)
        agreement = await _settle(tx, agreement, day)
        signed = rules.sign(agreement, Signatory(caller.organisation_id, office, signed_on), day)
        await agreements.save(tx, signed)
        what = "agreement_executed" if signed.state is rules.State.EXECUTED else "agreement_signed"
        return await finish(tx, sent, agreements.told(what, signed), signed, status=200)


async def _settle(tx: Transaction, agreement: rules.Agreement, day: date) -> rules.Agreement:
    """A draft whose approvals count by now becomes approved, and is kept so."""
    settled = rules.settle_approval(agreement, await decisions.on_subject(tx, agreement.id), day)
    if settled.state is agreement.state:
        return agreement
    await agreements.save(tx, settled)
    return settled
