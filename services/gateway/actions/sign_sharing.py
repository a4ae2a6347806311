"""Sign a data-sharing agreement for the caller's organisation."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.gateway.rules import data_sharing_agreement as rules
from services.gateway.store import data_sharing_agreements
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, check_version, find, finish


async def sign_sharing(
    db: Database,
    caller: Caller,
    sent: Sent,
    agreement_id: UUID,
    version: int,
    signed_on: date,
    signatory: str,
) -> Answer:
    """Add the signature to an agreement that was read at this version. The last one brings it into force."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        before = await data_sharing_agreements.lock(tx, agreement_id)
        check_version(before.version, version)
        signature = rules.SharingSignature(caller.organisation_id, signed_on, signatory)
        after = rules.sign(before, signature, await data_sharing_agreements.today(tx))
        await data_sharing_agreements.sign(tx, after, signature)
        change = Change(
            what="data_sharing_agreement_signed",
            thing="data_sharing_agreement",
            thing_id=after.id,
            owner_organisation_id=after.owner_organisation_id,
            partnership_id=after.partnership_id,
            readers=tuple(rules.readers_of(after, caller)),
            facts={"signed_on": signed_on.isoformat(), "state": after.state.value},
        )
        return await finish(tx, sent, change, after, status=200)
