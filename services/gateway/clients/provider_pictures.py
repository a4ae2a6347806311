"""A provider over all who buy from it, as the contracts service answers it and views show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.contract_summaries import ContractsByState, ContractValue, EndingContract
from services.gateway.clients.priced_contracts import NamedProvider, StatedMoney
from services.gateway.clients.reading import Reader

PATH = "/v1/providers/{id}"


@dataclass(frozen=True, slots=True)
class BuysFromProvider:
    """What one body buys: values of running contracts that it leads, and how many it joins."""

    organisation_id: UUID
    leads: int
    joins: int
    total: ContractValue
    annual: ContractValue


@dataclass(frozen=True, slots=True)
class PlacedWithProvider:
    """People in care by one commissioner: exact, rounded, or withheld (null, and never nought)."""

    partnership_id: UUID | None
    organisation_id: UUID
    basis: Annotated[str, Field(examples=["rounded"])]
    placements: int | None


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """An act of contract management, or a concern, that is not closed."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    kind: Annotated[str, Field(examples=["query_notice"])]
    state: Annotated[str, Field(examples=["open"])]
    subject: Annotated[str, Field(examples=["Waiting times of podiatry"])]
    served_on: date
    respond_by: date | None


@dataclass(frozen=True, slots=True)
class ContractOfProvider:
    """A contract of the provider as lists have it."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    associate_organisation_ids: tuple[UUID, ...]
    reference: Annotated[str, Field(examples=["PCC-0142"])]
    title: Annotated[str, Field(examples=["Community health services"])]
    service: str | None
    state: Annotated[str, Field(examples=["active"])]
    ends_on: date | None
    value: StatedMoney
    value_basis: Annotated[str, Field(examples=["annual"])]
    providers: tuple[NamedProvider, ...]


@dataclass(frozen=True, slots=True)
class ProviderPicture:
    """Counts, values by commissioner, care in numbers that point at nobody, and what is open. As at the day it is read."""

    as_at: date
    contracts: int
    running: int
    joint_contracts: int
    by_state: tuple[ContractsByState, ...]
    commissioners: tuple[BuysFromProvider, ...]
    total: ContractValue
    annual: ContractValue
    ends_next: tuple[EndingContract, ...]
    past_end: int
    placements: tuple[PlacedWithProvider, ...]
    open_flags: int
    quality_flags: tuple[OpenFlag, ...]
    listed: tuple[ContractOfProvider, ...]
    more_contracts: bool
    complete: bool
    missing_contributors: tuple[UUID, ...]
    withheld_contributors: tuple[UUID, ...]


async def provider_picture(
    reader: Reader, provider_id: UUID, partnership_id: UUID | None, seconds: float
) -> ProviderPicture:
    """The provider's contracts, in one partnership or wherever the caller sees one."""
    query = {} if partnership_id is None else {"partnership_id": str(partnership_id)}
    return await reader.read(ProviderPicture, PATH.format(id=provider_id), query, seconds)
