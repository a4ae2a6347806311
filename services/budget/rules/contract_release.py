"""What is given back when a contract ends or costs less: the rest of what was set aside for it, or a part of that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget.rules.commitment import Commitment, Move, release
from shared.calendar import read_financial_year
from shared.errors import Kind, reason

# Only what must not stay is named: what was set aside for a change that did not come about, or that costs less.
RELEASE_STAYS = reason(
    "commitment_release_stays",
    Kind.CONFLICT,
    "Some of what is to be given back stands on lines that your organisation may not use now, so nothing was given"
    " back. Let whoever may use those lines finish this, or have your organisation's right to them restored.",
)


@dataclass(frozen=True, slots=True)
class PartReleased:
    """A commitment that gives back at most so much; None for all that it has left."""

    commitment_id: UUID
    amount_pence: int | None = None


@dataclass(frozen=True, slots=True)
class ContractRelease:
    """A contract that has ended or costs less. `parts`: these commitments, and each of them; None for all that can be
    given back."""

    contract_id: UUID
    day: date
    reason: str
    parts: tuple[PartReleased, ...] | None = None


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


def wanted_pence(asked: ContractRelease, commitment: Commitment) -> int:
    """How much of a commitment's rest is to go back; what was drawn down meanwhile cannot."""
    if asked.parts is None:
        return commitment.rest_pence
    mine = [each for each in asked.parts if each.commitment_id == commitment.id]
    if any(each.amount_pence is None for each in mine):
        return commitment.rest_pence
    return min(sum(each.amount_pence or 0 for each in mine), commitment.rest_pence)


def concerns(asked: ContractRelease, commitment: Commitment) -> bool:
    return asked.parts is None or any(each.commitment_id == commitment.id for each in asked.parts)


def check_usable(asked: ContractRelease, usable: Iterable[UUID]) -> None:
    """Refuse to leave behind what was named."""
    named = {each.commitment_id for each in asked.parts or ()}
    if stays := named - set(usable):
        raise RELEASE_STAYS(commitment_ids=sorted(map(str, stays)))


def give_back(asked: ContractRelease, commitment: Commitment) -> tuple[Commitment, Move]:
    """Dated within the year of the commitment's line, which may have ended before the contract."""
    last = read_financial_year(commitment.financial_year).last_day
    return release(commitment, wanted_pence(asked, commitment), min(asked.day, last), asked.reason)


def untouched(commitment: Commitment) -> Released:
    return Released(commitment.id, commitment.line_id, 0, commitment.rest_pence)


def released(before: Commitment, after: Commitment) -> Released:
    """What the one gave back on its way to the other."""
    return Released(before.id, before.line_id, before.rest_pence - after.rest_pence, after.rest_pence)
