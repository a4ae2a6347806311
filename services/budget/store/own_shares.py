"""Whether another body has set its own share of a contract aside. How much it has there is its own to see."""

from __future__ import annotations

from collections.abc import Sequence

from services.budget.rules.contract_reservation import ContractReservation, OwnShare
from shared.db import Prepared, Transaction

_IS_SET_ASIDE = Prepared(
    "select own_share_is_set_aside($1, $2, $3, $4, $5) as there",
    ("partnership", "contract", "body", "year", "pence"),
    {},
)


async def lacking(tx: Transaction, asked: ContractReservation, shares: Sequence[OwnShare]) -> list[OwnShare]:
    """Those of these shares that their bodies have not set aside for the contract."""
    found = []
    for each in shares:
        row = await tx.one(
            _IS_SET_ASIDE,
            partnership=asked.partnership_id,
            contract=asked.contract_id,
            body=each.organisation_id,
            year=each.financial_year,
            pence=each.amount_pence,
        )
        if not row["there"]:
            found.append(each)
    return found
