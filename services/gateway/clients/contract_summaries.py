"""The contracts of a partnership in one picture, as the contracts service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.reading import Reader

PATH = "/v1/contract-summaries"


@dataclass(frozen=True, slots=True)
class ContractValue:
    """A sum of contract values: the known part, and how many of the contracts have no known value."""

    known_pence: int | None
    complete: bool
    contracts: int
    unknown: int
    missing_contributors: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ContractsByState:
    """How many contracts stand in a state."""

    state: Annotated[str, Field(examples=["active"])]
    contracts: int


@dataclass(frozen=True, slots=True)
class ContractsByCategory:
    """Running contracts of a category; null: not classified."""

    category: str | None
    contracts: int
    total: ContractValue
    annual: ContractValue


@dataclass(frozen=True, slots=True)
class EndingContract:
    """A contract that ends next."""

    contract_id: UUID
    reference: Annotated[str, Field(examples=["PCC-0142"])]
    title: Annotated[str, Field(examples=["Community health services"])]
    owner_organisation_id: UUID
    ends_on: date


@dataclass(frozen=True, slots=True)
class ContractPicture:
    """Counts, values and what ends next. Total and annual values are never added to each other."""

    as_at: date
    contracts: int
    running: int
    by_state: tuple[ContractsByState, ...]
    by_category: tuple[ContractsByCategory, ...]
    total: ContractValue
    annual: ContractValue
    ends_next: tuple[EndingContract, ...]
    past_end: int
    without_indicator: int | None


async def contract_summary(
    reader: Reader, partnership_id: UUID, as_at: date, seconds: float
) -> ContractPicture:
    """The contracts of a partnership as at a day."""
    query = {"partnership_id": str(partnership_id), "as_at": as_at.isoformat()}
    return await reader.read(ContractPicture, PATH, query, seconds)
