"""The report on what was spent for each contract in a year."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.api.positions import MissingOut
from services.budget.api.years import YearQuery, year_of
from services.budget.rules.contract_spend import UnseenBecause
from services.budget.rules.position import ask
from services.budget.store import contract_spends
from shared.web.answers import shown
from shared.web.doors import Door, may
from shared.web.fields import Day, Instant, Out
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/reports/contract-spend", tags=["reports"])


class UnseenOut(Out):
    """An organisation whose spending for contracts you do not see, and why."""

    organisation_id: UUID
    because: UnseenBecause


class ContractSpendOut(Out):
    """What was spent for a contract, and under which arrangement; null where nothing was."""

    contract_id: UUID
    spend_pence: int
    pooled_pence: int | None
    aligned_pence: int | None
    shadow_pence: int | None


class ContractSpendReportOut(Out):
    """Spending by contract. The contracts and `without_contract_pence` come to `seen_pence` exactly."""

    partnership_id: UUID
    financial_year: str
    as_at: Day
    as_recorded: datetime | None
    complete: bool
    missing_contributors: list[MissingOut]
    withheld_contributors: list[UnseenOut]
    seen_pence: int | None
    without_contract_pence: int | None
    contracts: list[ContractSpendOut]


@router.get(
    "",
    operation_id="getContractSpend",
    response_model=ContractSpendReportOut,
    responses=problems(404, 409),
    summary="Read what was spent for each contract",
)
async def get(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    partnership_id: Annotated[UUID, Query()],
    financial_year: YearQuery,
    as_at: Annotated[
        Day | None, Query(description="Effective up to this day; the year's last by default.")
    ] = None,
    as_recorded: Annotated[
        Instant | None, Query(description="As it was on record at this instant; else what is recorded now.")
    ] = None,
) -> Response:
    """Pooled and open shadow money of all partners, and your own aligned: as journal entries name their contract.

    Another partner's aligned entries are not shown, and it is named; what entries do not name a contract for is told
    as one sum.
    """
    asked = ask(partnership_id, None, year_of(financial_year), as_at, as_recorded)
    async with door.db.begin(door.caller, snapshot=as_recorded is None) as tx:
        return shown(request, await contract_spends.read(tx, asked))
