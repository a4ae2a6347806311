"""Draw up a data-sharing agreement between members of a partnership."""

from __future__ import annotations

from services.gateway.rules import data_sharing_agreement as rules
from services.gateway.store import data_sharing_agreements, members
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def draw_up_sharing(
    db: Database, caller: Caller, sent: Sent, asked: rules.DataSharingAgreement
) -> Answer:
    """Record the agreement, or give back what was answered when it was recorded before. Nobody has signed it yet."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        found = await members.of(tx, asked.partnership_id)
        present = {each.organisation_id for each in found if each.counts_on(asked.from_date)}
        ours = any(each.organisation_id == caller.organisation_id for each in found)
        agreement = rules.draw_up(asked, present if ours else None, await data_sharing_agreements.today(tx))
        await data_sharing_agreements.add(tx, agreement)
        change = Change(
            what="data_sharing_agreement_drawn_up",
            thing="data_sharing_agreement",
            thing_id=agreement.id,
            owner_organisation_id=agreement.owner_organisation_id,
            partnership_id=agreement.partnership_id,
            readers=tuple(rules.readers_of(agreement, caller)),
            facts={"categories": [each.value for each in agreement.categories]},
        )
        return await finish(tx, sent, change, agreement)
