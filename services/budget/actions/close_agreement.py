"""Sign the final account of an agreement for one's own organisation; it closes once every party has."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.budget.rules.agreement import State
from services.budget.rules.agreement_end import FinalAccount
from services.budget.rules.signature import Signatory
from services.budget.rules.winding_up import sign_final_account
from services.budget.store import accounts, agreements, reclassifications
from services.budget.store.clock import today
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def close_agreement(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    expected_version: int,
    account: FinalAccount,
    office: str,
    signed_on: date,
) -> Answer:
    """All parties sign the same document. After that nothing is posted under the agreement."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        await accounts.hold_under(tx, agreement_id)
        signature = Signatory(caller.organisation_id, office, signed_on)
        waiting = await reclassifications.still_interim(tx, agreement_id)
        signed = sign_final_account(agreement, account, signature, waiting, await today(tx))
        await agreements.save(tx, signed)
        what = "agreement_closed" if signed.state is State.CLOSED else "final_account_signed"
        return await finish(tx, sent, agreements.told(what, signed), signed, status=200)
