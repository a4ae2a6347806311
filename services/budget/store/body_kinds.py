"""Which organisations of a partnership are NHS bodies: by any text of its agreements, and by whom they succeeded."""

from __future__ import annotations

from uuid import UUID

from shared.db import Prepared, Transaction

# By every text that there ever was: what a body is does not change when it leaves an agreement or is succeeded, and so
# no answer of before does either.
_NHS = Prepared(
    """
with recursive named as (
    select (party ->> 'organisation_id')::uuid as id
      from (select terms from agreements where partnership_id = $1
            union all select terms from agreement_texts where partnership_id = $1) text,
           jsonb_array_elements(text.terms -> 'parties') party
     where party ->> 'kind' = 'nhs_body'
    union
    select s.predecessor_organisation_id from named
      join successions s on s.partnership_id = $1 and s.owner_organisation_id = named.id)
select id from named
""",
    ("place",),
    {},
)


async def nhs_bodies(tx: Transaction, partnership_id: UUID) -> frozenset[UUID]:
    return frozenset(row["id"] for row in await tx.all(_NHS, place=partnership_id))
