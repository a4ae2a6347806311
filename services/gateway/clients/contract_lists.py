"""Lists of the contracts service that views join: contracts, what is due on them, findings, variations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

CONTRACTS = "/v1/contracts"
DUE_DATES = "/v1/due-dates"
FINDINGS = "/v1/contract-findings"
VARIATIONS = "/v1/variations"


@dataclass(frozen=True, slots=True)
class ListedContract:
    """A contract of the partnership, as its list has it."""

    id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str
    state: str
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class ContractPage:
    items: tuple[ListedContract, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class DueOnContract:
    """One thing that is due on a contract."""

    kind: str
    on: date
    because: str
    overdue: bool
    contract_id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str


@dataclass(frozen=True, slots=True)
class DuePage:
    items: tuple[DueOnContract, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class FoundOnContract:
    """One thing that is not right with a contract."""

    kind: str
    contract_id: UUID
    owner_organisation_id: UUID
    reference: str
    title: str
    ends_on: date | None
    what_to_do: str


@dataclass(frozen=True, slots=True)
class FindingPage:
    items: tuple[FoundOnContract, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ProposedVariation:
    """A variation that one side has proposed."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    kind: str
    description: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class VariationPage:
    items: tuple[ProposedVariation, ...]
    next: str | None


async def contracts(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedContract]:
    """Every contract of the partnership that the caller may see."""

    async def page(following: dict[str, str]) -> ContractPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(ContractPage, CONTRACTS, query, seconds)

    return await every(page)


async def due_on_contracts(
    reader: Reader, partnership_id: UUID, until: date, as_at: date, seconds: float
) -> WholeList[DueOnContract]:
    """What falls due on contracts until a day, and what is overdue."""
    days = {"until": until.isoformat(), "as_at": as_at.isoformat()}

    async def page(following: dict[str, str]) -> DuePage:
        query = {"partnership_id": str(partnership_id), **days, **following}
        return await reader.read(DuePage, DUE_DATES, query, seconds)

    return await every(page)


async def found_on_contracts(
    reader: Reader, partnership_id: UUID, as_at: date, seconds: float
) -> WholeList[FoundOnContract]:
    """The findings of the contracts service itself."""

    async def page(following: dict[str, str]) -> FindingPage:
        query = {"partnership_id": str(partnership_id), "as_at": as_at.isoformat(), **following}
        return await reader.read(FindingPage, FINDINGS, query, seconds)

    return await every(page)


async def proposed_variations(
    reader: Reader, partnership_id: UUID, seconds: float
) -> WholeList[ProposedVariation]:
    """Variations that wait for the other side."""

    async def page(following: dict[str, str]) -> VariationPage:
        query = {"partnership_id": str(partnership_id), "state": "proposed", **following}
        return await reader.read(VariationPage, VARIATIONS, query, seconds)

    return await every(page)
