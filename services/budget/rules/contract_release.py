"""What is given back when a contract ends: the rest of what was set aside for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.commitment import Commitment, Move, release
from shared.calendar import read_financial_year


@dataclass(frozen=True, slots=True)
class ContractRelease:
    """A contract that has ended. `commitment_ids`: only these; None for all of it."""

    contract_id: UUID
    day: date
    reason: str
    commitment_ids: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What one commitment gave back. Nothing, where it had nothing left, or is another organisation's to release."""

    commitment_id: UUID
    line_id: UUID
    amount_pence: int
    left_pence: int


@dataclass(frozen=True, slots=True)
class ContractReleased:
    """What all commitments of a contract gave back."""

    contract_id: UUID
    commitments: tuple[Released, ...]


def wanted(asked: ContractRelease, commitment: Commitment) -> bool:
    return asked.commitment_ids is None or commitment.id in asked.commitment_ids


def give_back(asked: ContractRelease, commitment: Commitment) -> tuple[Commitment, Move]:
    """All that is left, dated within the year of the commitment's line, which may have ended before the contract."""
    last = read_financial_year(commitment.financial_year).last_day
    return release(commitment, None, min(asked.day, last), asked.reason)


def untouched(commitment: Commitment) -> Released:
    return Released(commitment.id, commitment.line_id, 0, commitment.rest_pence)


def released(before: Commitment, after: Commitment) -> Released:
    """What the one gave back on its way to the other."""
    return Released(before.id, before.line_id, before.rest_pence - after.rest_pence, after.rest_pence)
