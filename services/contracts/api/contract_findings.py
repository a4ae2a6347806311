"""Findings: what is not right with the running contracts of a partnership, and what to do."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.contracts.rules.finding import FindingKind
from services.contracts.rules.state import State
from services.contracts.store import findings
from shared.money import LARGEST_PENCE
from shared.page import page_of, read_cursor
from shared.web.answers import listed
from shared.web.doors import Door, Pages, may
from shared.web.fields import Day, Out
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/contract-findings", tags=["contracts"])

SMALL_BELOW_PENCE = 5_000_000


class ContractFindingOut(Out):
    """One thing that is not right with a running contract, and what to do."""

    kind: FindingKind
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str = Field(examples=["PCC-0142"])
    title: str = Field(examples=["Community health services"])
    state: State
    ends_on: Day | None
    provider_id: UUID | None = Field(description="Whose small contracts could be one.")
    contracts: int | None = Field(description="How many small contracts you see with that provider.")
    what_to_do: str = Field(examples=["Complete it, extend it, or record that it is held over."])


class ContractFindingsOut(Out):
    """A page of findings."""

    items: list[ContractFindingOut]
    next: str | None


@router.get(
    "",
    operation_id="listContractFindings",
    response_model=ContractFindingsOut,
    responses=problems(),
    summary="List findings on contracts",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    partnership_id: Annotated[UUID, Query()],
    kind: Annotated[FindingKind | None, Query()] = None,
    small_below_pence: Annotated[
        int,
        Query(
            ge=0,
            le=LARGEST_PENCE,
            description="Below what a contract is small: what it is worth over its term.",
        ),
    ] = SMALL_BELOW_PENCE,
    as_at: Annotated[
        Day | None, Query(description="The day from which ends are told; left out: today.")
    ] = None,
) -> Response:
    """Contracts held over, past their end, without an outcome, or small with a provider that has others, over all leads."""
    after = read_cursor(pages.cursor, str, UUID, str)
    measures = (as_at or today_in_england(), small_below_pence)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await findings.page(tx, (partnership_id, kind), measures, pages.limit, after)
    return listed(
        request,
        page_of(rows, pages.limit, lambda each: (each.kind, each.contract_id, str(each.provider_id or ""))),
    )
