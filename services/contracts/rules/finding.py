"""Findings: what is not right with running contracts, and what to do about it (S1-C03, S5-C01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.state import State


class FindingKind(StrEnum):
    HELD_OVER = "held_over"
    PAST_END = "past_end"
    SMALL_OF_ONE_PROVIDER = "small_of_one_provider"
    WITHOUT_OUTCOME = "without_outcome"


TO_DO = {
    FindingKind.HELD_OVER: "Agree a new contract or an extension, or end delivery.",
    FindingKind.PAST_END: "Complete it, extend it, or record that it is held over.",
    FindingKind.SMALL_OF_ONE_PROVIDER: "See whether these contracts with one provider could be one.",
    FindingKind.WITHOUT_OUTCOME: "Link an outcome indicator, or record the reason why there is none.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not right with a contract. `contracts`: of how many small ones of `provider_id` it is one."""

    kind: FindingKind
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    title: str
    state: State
    ends_on: date | None
    provider_id: UUID | None
    contracts: int | None
    what_to_do: str
