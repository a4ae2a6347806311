"""Settlements: simulate, propose, approve, withdraw, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.approve_settlement import approve_settlement
from services.budget.actions.propose_settlement import propose_settlement
from services.budget.actions.withdraw_settlement import withdraw_settlement
from services.budget.api.settlement_bodies import (
    BasisIn,
    SettlementOut,
    SettlementsOut,
    SimulationOut,
    WithdrawalIn,
)
from services.budget.api.years import YearQuery, label_of
from services.budget.rules.settlement import SettlementState
from services.budget.store import settlement_facts, settlements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/settlements", tags=["settlements"])


@router.post(
    "/simulation",
    operation_id="simulateSettlement",
    response_model=SimulationOut,
    responses=problems(404, 409, 413, 415),
    summary="Work a settlement out without keeping it",
)
async def simulate(
    body: BasisIn,
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """At any forecast, or at the position in the books: every step, what each partner bears, and what is missing."""
    async with door.db.begin(door.caller, snapshot=True) as tx:
        simulated, _ = await settlement_facts.simulate(tx, body.to_basis())
    return shown(request, simulated)


@router.put(
    "/{id}",
    operation_id="proposeSettlement",
    status_code=201,
    response_model=SettlementOut,
    responses=problems(404, 409, 413, 415),
    summary="Propose a settlement",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: BasisIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("proposeSettlement")],
) -> Response:
    """Keeps the settlement as worked out now, for every party to approve. Refused while a figure is unknown."""
    kept = await propose_settlement(door.db, door.caller, sent, id, body.to_basis())
    return answer(kept, f"/v1/settlements/{id}")


@router.post(
    "/{id}/approval",
    operation_id="approveSettlement",
    response_model=SettlementOut,
    responses=problems(404, 409, 412, 415, 428),
    summary="Approve a settlement",
)
async def approve(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("approveSettlement")],
) -> Response:
    """For your organisation, by another client and another person than proposed it."""
    return answer(await approve_settlement(door.db, door.caller, sent, id, expected))


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawSettlement",
    response_model=SettlementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Withdraw a settlement",
)
async def withdraw(
    id: UUID,  # noqa: A002 the name in the address
    body: WithdrawalIn,
    door: Annotated[Door, may("budget:write")],
    expected: IfMatch,
    sent: Annotated[Sent, post_once("withdrawSettlement")],
) -> Response:
    """Any party may, as long as no journal of it stands in the books. Another can be proposed then."""
    return answer(await withdraw_settlement(door.db, door.caller, sent, id, expected, body.because))


@router.get(
    "/{id}",
    operation_id="getSettlement",
    response_model=SettlementOut,
    responses=problems(404),
    summary="Read a settlement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One settlement with every step explained, its approvals, disputes and journals."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await settlements.get(tx, id))


@router.get(
    "",
    operation_id="listSettlements",
    response_model=SettlementsOut,
    responses=problems(),
    summary="List the settlements of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    pool_id: Annotated[UUID | None, Query(description="Only settlements of this pool.")] = None,
    financial_year: YearQuery | None = None,
    state: Annotated[SettlementState | None, Query(description="Only settlements that stand there.")] = None,
) -> Response:
    """The settlements that you may see, by financial year."""
    after = read_cursor(pages.cursor, str, UUID)
    of = {"of_pool": pool_id, "of_year": label_of(financial_year), "of_state": state and state.value}
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await settlements.page(tx, partnership_id, of, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
