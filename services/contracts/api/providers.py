"""Providers: one body over all who buy from it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.api.contract_answers import ListedContractOut
from services.contracts.api.contract_summaries import EndsNextOut, KnownValueOut, StateCountOut
from services.contracts.api.provider_markets import ProviderConcentrationOut
from services.contracts.renderings.provider_contracts import HEADINGS, row_of
from services.contracts.rules.management_action import ManagementKind, ManagementState
from services.contracts.rules.provider_view import CountBasis
from services.contracts.store import contract_lists, provider_views
from services.contracts.store.contract_lists import Sort, keys_of
from shared.page import LARGEST_PAGE
from shared.web.answers import shown
from shared.web.csv_out import AS_CSV, Cells, streamed_as_csv, wants_csv
from shared.web.doors import Door, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/providers", tags=["providers"])


class ProviderPlacementsOut(Out):
    """People in care with the provider by one commissioner. `withheld`: 1 to 7, or not told to you; never nought."""

    partnership_id: UUID | None
    organisation_id: UUID
    basis: CountBasis
    placements: int | None
    weekly_cost_known_pence: int | None = Field(
        description="Where you may read every placement. Null: not known."
    )
    weekly_cost_unknown: int | None


class ProviderCommissionerOut(Out):
    """What one body buys: values of running contracts that it leads, and how many it joins."""

    organisation_id: UUID
    leads: int
    joins: int
    total: KnownValueOut
    annual: KnownValueOut


class QualityFlagOut(Out):
    """An act of contract management, or a concern, that is not closed."""

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    kind: ManagementKind
    state: ManagementState
    subject: str = Field(examples=["Waiting times of podiatry"])
    served_on: Day
    respond_by: Day | None
    safeguarding: bool


class ProviderViewOut(Out):
    """A provider over all its commissioners, as you may know it. Total and annual values are never added up."""

    provider_organisation_id: UUID
    partnership_id: UUID | None
    as_at: Day
    contracts: int
    running: int
    joint_contracts: int = Field(description="With other providers: their value is in no sum.")
    by_state: list[StateCountOut]
    commissioners: list[ProviderCommissionerOut]
    total: KnownValueOut
    annual: KnownValueOut
    ends_next: list[EndsNextOut]
    past_end: int
    placements: list[ProviderPlacementsOut]
    open_flags: int
    quality_flags: list[QualityFlagOut] = Field(description="At most 100: safeguarding first.")
    concentrations: list[ProviderConcentrationOut]
    listed: list[ListedContractOut] = Field(description="At most 100, in the order of their ends.")
    more_contracts: bool = Field(description="Read the rest at /v1/contracts?provider_id=, or ask for CSV.")
    complete: bool
    missing_contributors: list[UUID]
    withheld_contributors: list[UUID]


@router.get(
    "/{id}",
    operation_id="getProviderView",
    response_model=ProviderViewOut,
    responses={**problems(404), 200: AS_CSV},
    summary="Read a provider over all its commissioners",
)
async def view(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
    partnership_id: Annotated[UUID | None, Query(description="Left out: wherever you see it.")] = None,
) -> Response:
    """Contracts that you may see, who commissions them, care in numbers that point at nobody, quality, concentration.

    Others' placements are counted to the nearest five and from eight on. With `Accept: text/csv` every contract is a
    row. A provider of which you see no contract is not found.
    """
    today = today_in_england()
    async with door.db.begin(door.caller, snapshot=True, planned_once=True) as tx:
        found = await provider_views.of_provider(tx, id, partnership_id, today)
    if not wants_csv(request):
        return shown(request, found)
    return streamed_as_csv(_rows(door, id, partnership_id, today), "provider-contracts")


async def _rows(
    door: Door, provider_id: UUID, partnership_id: UUID | None, today: date
) -> AsyncIterator[Iterable[Cells]]:
    """Every contract of the provider, page by page in one snapshot."""
    filters = {"provider_id": provider_id}
    filters |= {} if partnership_id is None else {"partnership_id": partnership_id}
    key, after = keys_of(Sort.ENDS), None
    yield [HEADINGS]
    async with door.db.begin(door.caller, snapshot=True, planned_once=True) as tx:
        while True:
            rows = await contract_lists.page(tx, Sort.ENDS, filters, LARGEST_PAGE, after, today=today)
            yield [row_of(each) for each in rows[:LARGEST_PAGE]]
            if len(rows) <= LARGEST_PAGE:
                return
            after = key(rows[LARGEST_PAGE - 1])
