"""Whose package a commitment is for, looked up through those that it goes on with, and what others see of it."""

from __future__ import annotations

from collections.abc import Sequence

from services.budget.rules.commitment import Commitment, Move
from services.budget.rules.package_sight import doubtful, without_person, without_words
from shared.db import Prepared, Transaction

# Who set money aside first: after a succession another made the row that goes on with it.
_OWN = Prepared(
    """
with recursive back as (
    select c.id as of, c.id, c.continues_commitment_id, c.made_by_organisation_id, c.partnership_id, c.financial_year
      from commitments c where c.id = any ($1::uuid[])
    union all
    select back.of, c.id, c.continues_commitment_id, c.made_by_organisation_id, c.partnership_id, c.financial_year
      from back join commitments c on c.id = back.continues_commitment_id)
select of from back
 where continues_commitment_id is null
   and (made_by_organisation_id = any ($2::uuid[])
        or budget.ctx_audited(partnership_id, made_by_organisation_id, financial_year))
""",
    ("ids", "organisations"),
    {},
)


async def all_seen(tx: Transaction, rows: Sequence[Commitment]) -> list[Commitment]:
    """The commitments as this caller sees them."""
    organisations = list(tx.caller.organisations)
    others = set(doubtful(rows, organisations))
    if others:
        found = await tx.all(_OWN, ids=list(others), organisations=organisations)
        others -= {row["of"] for row in found}
    return [without_person(each) if each.id in others else each for each in rows]


async def seen(tx: Transaction, commitment: Commitment) -> Commitment:
    """One commitment as this caller sees it."""
    [found] = await all_seen(tx, [commitment])
    return found


async def moves_seen(tx: Transaction, commitment: Commitment, moves: list[Move]) -> list[Move]:
    """Its history as this caller sees it."""
    return moves if await seen(tx, commitment) is commitment else without_words(moves)
