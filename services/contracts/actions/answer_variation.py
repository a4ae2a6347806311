"""Answer a variation: agree to it or refuse it, as lead commissioner or as a provider of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.actions.propose_variation import varied
from services.contracts.rules import variation_move as rules
from services.contracts.rules.variation_side import Answered, side_of
from services.contracts.store import contracts, variations
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is sent. `by_letter`: the lead records what a provider signed."""

    agreed: bool
    on: date
    note: str | None = None
    provider_organisation_id: UUID | None = None
    by_letter: bool = False


async def answer_variation(
    db: Database, caller: Caller, sent: Sent, variation_id: UUID, expected_version: int, given: Given
) -> Answer:
    """Keep the answer; the last side's agreement agrees the variation, one refusal ends it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        contract_id = await variations.lock(tx, variation_id)
        before = await variations.get(tx, variation_id)
        check_version(before.version, expected_version)
        contract, _ = await contracts.get(tx, contract_id)
        side, organisation_id = side_of(
            contract, caller.organisations, given.provider_organisation_id, given.by_letter, given.note
        )
        answered = Answered(
            side=side,
            organisation_id=organisation_id,
            agreed=given.agreed,
            on=given.on,
            note=given.note,
            recorded_by_organisation_id=caller.organisation_id,
            client_id=caller.client_id,
            person=caller.person,
        )
        after = rules.answer(before, answered, contract.provider_ids)
        await variations.answer(tx, before, answered)
        after = await variations.move(tx, after)
        what = "variation_agreement_given" if given.agreed else "variation_refused"
        return await finish(tx, sent, varied(what, contract, after), after, status=200)
