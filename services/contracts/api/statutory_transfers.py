"""Statutory transfers: recorded with their instrument, taken over. The gateway completes them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.propose_transfer import propose_transfer
from services.contracts.actions.take_over_contract import take_over_contract
from services.contracts.actions.withdraw_transfer import withdraw_transfer
from services.contracts.api.contract_answers import ContractOut
from services.contracts.api.transfer_bodies import StatutoryTransferIn, TakeOverIn, TransferOut, TransfersOut
from services.contracts.rules.transfer import TransferKind, TransferState
from services.contracts.store import transfers
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/statutory-transfers", tags=["contracts"])


@router.put(
    "/{id}",
    operation_id="recordStatutoryTransfer",
    status_code=201,
    response_model=TransferOut,
    responses=problems(404, 409, 413, 415),
    summary="Record a statutory transfer",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: StatutoryTransferIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("recordStatutoryTransfer")],
) -> Response:
    """Records that another body takes a party's place by law. Nobody is asked; the instrument is named."""
    kept = await propose_transfer(door.db, door.caller, sent, body.to_transfer(id))
    return answer(kept, f"/v1/statutory-transfers/{id}")


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawStatutoryTransfer",
    response_model=TransferOut,
    responses=problems(404, 409, 412, 428),
    summary="Withdraw a statutory transfer",
)
async def withdrawal(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("withdrawStatutoryTransfer")],
    version: IfMatch,
) -> Response:
    """Takes it back while it is not completed. For the lead of the contract."""
    return answer(await withdraw_transfer(door.db, door.caller, sent, id, version))


@router.post(
    "/{id}/take-over",
    operation_id="takeOverByStatutoryTransfer",
    status_code=201,
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take over a contract",
)
async def take_over(
    id: UUID,  # noqa: A002 the name in the address
    body: TakeOverIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("takeOverByStatutoryTransfer")],
    version: IfMatch,
) -> Response:
    """Takes over what the outgoing lead handed over, with your own reference and money; then activate it."""
    taken = await take_over_contract(door.db, door.caller, sent, id, version, body.to_taken())
    return answer(taken)


@router.get(
    "/{id}",
    operation_id="getStatutoryTransfer",
    response_model=TransferOut,
    responses=problems(404),
    summary="Read a statutory transfer",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One of them, for every body that stands in it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await transfers.get(tx, id, TransferKind.STATUTORY_TRANSFER))


@router.get(
    "",
    operation_id="listStatutoryTransfers",
    response_model=TransfersOut,
    responses=problems(),
    summary="List statutory transfers",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[TransferState | None, Query()] = None,
) -> Response:
    """Those in which you stand, in the order of the days from which they hold."""
    asked: dict[str, Any] = {"contract_id": contract_id, "state": state}
    filters = {name: value for name, value in asked.items() if value is not None}
    filters["kind"] = TransferKind.STATUTORY_TRANSFER
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await transfers.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.effective_on, each.id)))
