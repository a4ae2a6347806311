"""Contract summaries: the contracts of a partnership in one picture."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.rules.classification import Category
from services.contracts.rules.state import State
from services.contracts.store import contract_summaries
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/contract-summaries", tags=["contract-summaries"])


_AS_AT = "The day from which ends are counted. States and values are those of today, whichever day this is."


class KnownValueOut(Out):
    """A sum of contract values: what is known, of how many, and who leads those that are not known.

    `known_pence` null with `complete` true: there is no such contract to add up.
    """

    known_pence: int | None
    complete: bool
    contracts: int
    unknown: int
    missing_contributors: list[UUID]


class StateCountOut(Out):
    """How many contracts stand in a state."""

    state: State
    contracts: int


class CategoryCountOut(Out):
    """Running contracts of a category; null: not classified."""

    category: Category | None
    contracts: int
    total: KnownValueOut
    annual: KnownValueOut


class EndsNextOut(Out):
    """A contract that ends next."""

    contract_id: UUID
    reference: str = Field(examples=["PCC-0142"])
    title: str = Field(examples=["Community health services"])
    owner_organisation_id: UUID
    ends_on: Day


class FieldKnownOut(Out):
    """Of how many running contracts a field is known."""

    field: str = Field(examples=["notice_period"])
    known: int
    contracts: int


class ContractSummaryOut(Out):
    """The contracts of a partnership that you may see. Total and annual values are never added to each other."""

    partnership_id: UUID
    as_at: Day = Field(description=_AS_AT)
    contracts: int
    running: int
    by_state: list[StateCountOut]
    by_category: list[CategoryCountOut]
    total: KnownValueOut
    annual: KnownValueOut
    ends_next: list[EndsNextOut]
    past_end: int
    without_indicator: int | None
    completeness: list[FieldKnownOut]


@router.get(
    "",
    operation_id="getContractSummary",
    response_model=ContractSummaryOut,
    responses=problems(404),
    summary="Summarise the contracts of a partnership",
)
async def summary(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    partnership_id: Annotated[UUID, Query()],
    as_at: Annotated[Day | None, Query(description=f"{_AS_AT} Left out: today.")] = None,
) -> Response:
    """The register as it stands today: counts by state and category, values with what is unknown, what ends next.

    Commissioners see the partnership's contracts, associates and providers those to which they are a party,
    observers the published fields of what was awarded. An auditor sees the named bodies' contracts that ran in
    the financial year of `as_at`, which must be one of its appointment.
    """
    today = today_in_england()
    day = as_at or today
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await contract_summaries.of_partnership(tx, partnership_id, day, today))
