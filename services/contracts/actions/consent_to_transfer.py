"""Consent to a novation, or refuse it: as the outgoing, the incoming or the remaining party."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.actions.propose_transfer import transferred
from services.contracts.rules import transfer as rules
from services.contracts.store import transfers
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it is sent; with another's id it is what the lead records from a signed letter."""

    agreed: bool
    on: date
    note: str | None = None
    organisation_id: UUID | None = None


async def consent_to_transfer(
    db: Database, caller: Caller, sent: Sent, transfer_id: UUID, expected_version: int, given: Given
) -> Answer:
    """Keep the consent; the last one that is needed makes the transfer ready."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before, _ = await transfers.lock(tx, transfer_id)
        check_version(before.version, expected_version)
        whose = rules.whose_consent(before, caller.organisations, given.organisation_id, given.note)
        consent = rules.Consent(
            organisation_id=whose,
            agreed=given.agreed,
            on=given.on,
            note=given.note,
            recorded_by_organisation_id=caller.organisation_id,
            client_id=caller.client_id,
            person=caller.person,
        )
        after = rules.consent(before, consent)
        await transfers.consent(tx, before, consent)
        after = await transfers.move(tx, after)
        what = "contract_transfer_consented" if given.agreed else "contract_transfer_refused"
        return await finish(tx, sent, transferred(what, after), after, status=200)
