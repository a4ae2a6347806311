"""Change the text of a draft agreement, so that its bodies decide on the new edition."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.budget.rules import agreement as rules
from services.budget.rules.terms import Terms
from services.budget.store import agreements, decisions
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish, finish_unchanged


async def amend_agreement(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    expected_version: int,
    change: Callable[[Terms], Terms],
) -> Answer:
    """Put `change` to the terms of a draft that is still at the version it was decided on."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        check_version(agreement.version, expected_version)
        amended = rules.amend(
            agreement, change(agreement.terms), await decisions.on_subject(tx, agreement_id)
        )
        if amended is agreement:
            return await finish_unchanged(tx, sent, agreement)
        await agreements.save(tx, amended)
        return await finish(tx, sent, agreements.told("agreement_amended", amended), amended, status=200)
