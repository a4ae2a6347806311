"""The contracts of a partnership with what they are for, whose they are and what they are worth, as views join them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

CONTRACTS = "/v1/contracts"


@dataclass(frozen=True, slots=True)
class StatedMoney:
    """Pence with their status; null pence where the amount is not known."""

    amount_pence: int | None
    status: Annotated[str, Field(examples=["actual"])]


@dataclass(frozen=True, slots=True)
class NamedProvider:
    """A provider of a contract: by its id in the directory, by its name, or both."""

    organisation_id: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class PricedContract:
    """A contract as its list has it."""

    id: UUID
    owner_organisation_id: UUID
    associate_organisation_ids: tuple[UUID, ...]
    reference: str
    title: str
    category: str | None
    service: str | None
    state: str
    start_date: date | None
    ends_on: date | None
    value: StatedMoney
    value_basis: str
    providers: tuple[NamedProvider, ...]


@dataclass(frozen=True, slots=True)
class PricedPage:
    items: tuple[PricedContract, ...]
    next: str | None


async def priced_contracts(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[PricedContract]:
    """Every contract of the partnership that the caller may see."""

    async def page(following: dict[str, str]) -> PricedPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(PricedPage, CONTRACTS, query, seconds)

    return await every(page)
