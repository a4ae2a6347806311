"""One side of a journal: an account, an amount that counts, its VAT, and what it was for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.dimension import Dimensions
from services.budget.rules.vat import Vat, undone
from shared.errors import Kind, reason

BALANCE_TOO_LARGE = reason(
    "balance_too_large",
    Kind.INVALID,
    "The account would hold more than any ledger of public money does. Check the scale of the amounts.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a journal. `amount_pence` is positive for a debit, negative for a credit; it is what counts.

    `vat` is None where the poster did not state it, which is not the same as no VAT.
    """

    account_id: UUID
    amount_pence: int
    vat: Vat | None = None
    dimensions: Dimensions | None = None

    def undone(self) -> Entry:
        """The entry of a reversal: the other sign, for the same purpose."""
        vat = None if self.vat is None else undone(self.vat)
        return Entry(self.account_id, -self.amount_pence, vat, self.dimensions)
