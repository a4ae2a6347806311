"""What a supplementary estimate may be met from: no more than a reserve holds and has not given before."""

from __future__ import annotations

from services.budget.rules.ledger_account import Account, AccountKind
from shared.errors import Kind, reason

RESERVE_TOO_LITTLE = reason(
    "virement_reserve_too_little",
    Kind.CONFLICT,
    "The reserve has less than this: what it holds, less the estimates that it has met already.",
)


def require_in_reserve(account: Account, free_pence: int, amount_pence: int) -> None:
    """Refuse to meet an estimate from what a reserve does not have. `free_pence` is what it has left to give.

    A fund is not asked: what it holds on a day is the money of lines whose budgets stand, received or yet to come.
    """
    if account.kind is AccountKind.RESERVE and amount_pence > free_pence:
        raise RESERVE_TOO_LITTLE("/amount_pence", available_pence=max(free_pence, 0))
