"""The ways by which what stood on a predecessor's accounts goes to those of its successors."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.budget.rules.opening_balance import Passage
from shared.db import Prepared, Transaction

_OUT_OF = Prepared(
    """
select i.succession_id, i.predecessor_organisation_id as predecessor_id, i.owner_organisation_id as successor_id,
       i.arrangement::text, a.pool_id, i.from_id, i.to_id, i.share, s.effective_on
  from succession_items i
  join successions s on s.id = i.succession_id and s.partnership_id = i.partnership_id
   and s.predecessor_organisation_id = i.predecessor_organisation_id
   and s.owner_organisation_id = i.owner_organisation_id
  join accounts a on a.id = i.from_id
 where i.thing = 'account' and i.from_id = any ($1::uuid[])
 order by i.from_id, i.share desc, i.to_id
""",
    ("accounts",),
    {},
)


async def out_of(tx: Transaction, account_ids: Iterable[UUID]) -> list[Passage]:
    """Where what is on these accounts goes; nothing for one that was not succeeded."""
    return [Passage(**row) for row in await tx.all(_OUT_OF, accounts=list(account_ids))]
