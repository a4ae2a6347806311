"""How partners share a cost between them: by weights, to the penny."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from shared.money import allocate_by_name


def share(amount_pence: int, weights: Mapping[UUID, Fraction | Decimal | int]) -> dict[UUID, int]:
    """Each partner's part in pence. The parts add up to the amount; the order of partners does not matter."""
    parts = allocate_by_name(amount_pence, {str(partner): weight for partner, weight in weights.items()})
    return {UUID(partner): pence for partner, pence in parts.items()}


def share_equally(amount_pence: int, partners: Iterable[UUID]) -> dict[UUID, int]:
    """«Project costs should be equally split» (S1-B06): an odd penny goes to the first partner by id."""
    return share(amount_pence, dict.fromkeys(partners, 1))
