"""The market of providers in a partnership: volumes for bargaining together, and what rests on few."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.store import provider_markets
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/provider-markets", tags=["providers"])


class ProviderValueOut(Out):
    """A sum of contract values: the known part, whether that is the whole, and whose part is missing."""

    known_pence: int | None
    complete: bool
    contracts: int
    unknown: int
    missing_contributors: list[UUID]


class ProviderVolumeOut(Out):
    """What all commissioners whose contracts you see whole buy from one provider."""

    provider_organisation_id: UUID
    contracts: int
    joint_contracts: int = Field(description="With other providers: their value is in no sum.")
    commissioner_ids: list[UUID]
    total: ProviderValueOut
    annual: ProviderValueOut


class ProviderVolumesOut(Out):
    """A page of providers."""

    items: list[ProviderVolumeOut]
    next: str | None


class ProviderShareOut(Out):
    """A provider's share of a service's yearly spend."""

    provider_organisation_id: UUID
    annual_pence: int
    share_percent: str = Field(examples=["62.50"])


class ProviderConcentrationOut(Out):
    """How a service is spread over providers."""

    service: str = Field(examples=["Residential care, older people"])
    contracts: int
    unknown: int = Field(
        description="Contracts whose yearly value is not known, or not split over providers."
    )
    complete: bool
    providers: int
    single_provider: bool
    annual_known_pence: int
    hhi: int | None = Field(description="Herfindahl-Hirschman index of the known part, up to 10,000.")
    concentrated: bool = Field(description="Above 1,000.")
    highly_concentrated: bool = Field(description="Above 2,000.")
    largest: list[ProviderShareOut]


class ProviderConcentrationsOut(Out):
    """A page of services."""

    items: list[ProviderConcentrationOut]
    next: str | None


@router.get(
    "/volumes",
    operation_id="listProviderVolumes",
    response_model=ProviderVolumesOut,
    responses=problems(),
    summary="List what is bought from each provider",
)
async def volumes(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """Over all leads, for contracts that run and that you see whole. For bargaining together."""
    after = read_cursor(pages.cursor, UUID, UUID)
    async with door.db.begin(door.caller, planned_once=True) as tx:
        rows = await provider_markets.volumes(tx, partnership_id, pages.limit, after)
    return listed(
        request,
        page_of(
            rows, pages.limit, lambda each: (each.provider_organisation_id, each.provider_organisation_id)
        ),
    )


@router.get(
    "/concentrations",
    operation_id="listProviderConcentrations",
    response_model=ProviderConcentrationsOut,
    responses=problems(),
    summary="List how services rest on few providers",
)
async def concentrations(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """By service, or where none is stated by category: shares of yearly spend, the index, and single providers."""
    after = read_cursor(pages.cursor, str, int)
    async with door.db.begin(door.caller, planned_once=True) as tx:
        rows = await provider_markets.concentrations(tx, partnership_id, pages.limit, after)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.service, each.contracts)))
