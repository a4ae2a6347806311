"""Findings that no service can make alone: what one has on record does not fit what another has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

# States in which a contract is delivered, so that money may be promised to it and returns be owed for it.
RUNNING = frozenset(
    {"active", "recorded_as_active", "suspended", "notice_given", "part_terminated", "held_over"}
)
ENDED = frozenset({"expired", "terminated", "abandoned", "novated", "consolidated"})


class JoinedFindingKind(StrEnum):
    """What does not fit: money promised to a contract that does not run, or returns owed for one that has ended."""

    COMMITMENT_WITHOUT_RUNNING_CONTRACT = "commitment_without_running_contract"
    COMMITMENT_TO_UNKNOWN_CONTRACT = "commitment_to_unknown_contract"
    RETURN_OWED_FOR_ENDED_CONTRACT = "return_owed_for_ended_contract"


WHAT_TO_DO = {
    JoinedFindingKind.COMMITMENT_WITHOUT_RUNNING_CONTRACT: (
        "Activate the contract, or release what is left of the commitment."
    ),
    JoinedFindingKind.COMMITMENT_TO_UNKNOWN_CONTRACT: (
        "Register the contract under this id in the partnership, or release the commitment."
    ),
    JoinedFindingKind.RETURN_OWED_FOR_ENDED_CONTRACT: (
        "End the obligation on the day on which the contract ended, or correct the contract."
    ),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A contract as far as it matters here: its state and its last day."""

    title: str
    state: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Promised:
    """Money that is promised to a contract; `rest_pence` is neither drawn nor released."""

    id: UUID
    owner_organisation_id: UUID
    contract_id: UUID
    description: str
    rest_pence: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What a provider owes for a contract, until `ends_on`."""

    id: UUID
    lead_organisation_id: UUID
    contract_id: UUID
    title: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class JoinedFinding:
    """One thing that does not fit: on which record of which organisation, in words, and what to do."""

    kind: JoinedFindingKind
    thing_id: UUID
    organisation_id: UUID
    title: str
    because: str
    what_to_do: str


def without_running_contract(
    promised: Iterable[Promised], contracts: Mapping[UUID, Held], register_whole: bool
) -> Iterator[JoinedFinding]:
    """Commitments with money left whose contract does not run, or is not in the register.

    A contract that is not in the register is told only where the register was read whole.
    """
    for each in promised:
        if each.rest_pence <= 0:
            continue
        contract = contracts.get(each.contract_id)
        if contract is None and register_whole:
            kind = JoinedFindingKind.COMMITMENT_TO_UNKNOWN_CONTRACT
            because = "The register of the partnership has no such contract."
        elif contract is not None and contract.state not in RUNNING:
            kind = JoinedFindingKind.COMMITMENT_WITHOUT_RUNNING_CONTRACT
            because = f"The contract {contract.title} is {contract.state.replace('_', ' ')}."
        else:
            continue
        yield JoinedFinding(
            kind, each.id, each.owner_organisation_id, each.description, because, WHAT_TO_DO[kind]
        )


def owed_for_ended(owed: Iterable[Owed], contracts: Mapping[UUID, Held]) -> Iterator[JoinedFinding]:
    """Obligations that go on after their contract has ended."""
    kind = JoinedFindingKind.RETURN_OWED_FOR_ENDED_CONTRACT
    for each in owed:
        contract = contracts.get(each.contract_id)
        if contract is None or contract.state not in ENDED:
            continue
        if contract.ends_on is None or each.ends_on > contract.ends_on:
            ended = f" on {contract.ends_on.isoformat()}" if contract.ends_on else ""
            because = f"The contract {contract.title} ended{ended}; returns are owed until {each.ends_on.isoformat()}."
            yield JoinedFinding(
                kind, each.id, each.lead_organisation_id, each.title, because, WHAT_TO_DO[kind]
            )
