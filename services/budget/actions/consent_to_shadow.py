"""Consent, as a party, that the other parties see one's shadow lines while the agreement is a draft."""

from __future__ import annotations

from uuid import UUID

from services.budget.rules import agreement as rules
from services.budget.store import agreements
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged


async def consent_to_shadow(db: Database, caller: Caller, sent: Sent, agreement_id: UUID) -> Answer:
    """Record the consent of the caller's own organisation. A second one changes nothing."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        agreement = await agreements.lock(tx, agreement_id)
        consented = rules.consent_to_shadow(agreement, caller.organisation_id)
        if consented is agreement:
            return await finish_unchanged(tx, sent, agreement)
        await agreements.save(tx, consented)
        return await finish(
            tx, sent, agreements.told("shadow_consent_given", consented), consented, status=200
        )
