"""Contracts that end and go on as others, driven by the gateway, as their budget goes with them. No client's doors."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.complete_transfer import complete_transfer
from services.contracts.actions.consolidate_contracts import consolidate_contracts
from services.contracts.actions.split_contract import split_contract
from services.contracts.actions.try_consolidation import try_consolidation
from services.contracts.actions.try_split import try_split
from services.contracts.actions.try_transfer import try_transfer
from services.contracts.api.passing_on_bodies import PassingOnOut, said
from services.contracts.api.regrouping_bodies import ConsolidationIn, ContractSplitIn, RegroupingOut
from services.contracts.api.transfer_bodies import NOBODY, TransferOut
from services.contracts.rules.transfer import TransferKind
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, driven, post_once, put_once
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1", tags=["contracts"])


@router.post(
    "/novations/{id}/completion-checks",
    operation_id="checkNovation",
    response_model=PassingOnOut,
    responses=problems(404, 409, 412, 428),
    summary="Try whether a novation could be completed",
)
async def check_novation(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("checkNovation")],
    version: IfMatch,
) -> Response:
    """Refuses as the completion would, and says who goes on for whom. Nothing is kept."""
    return answer(
        said(await try_transfer(door.db, door.caller, id, version, TransferKind.NOVATION, today_in_england()))
    )


@router.post(
    "/novations/{id}/completion",
    operation_id="applyNovation",
    response_model=TransferOut,
    responses=problems(404, 409, 412, 428),
    summary="Complete a novation",
)
async def novation(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("applyNovation")],
    sent: Annotated[Sent, post_once("applyNovation")],
    version: IfMatch,
) -> Response:
    """Ends the record on the day before. The next one goes on at once, or waits for the incoming lead to take it over."""
    return answer(
        await complete_transfer(
            door.db, door.caller, sent, id, version, TransferKind.NOVATION, today_in_england()
        )
    )


@router.post(
    "/statutory-transfers/{id}/completion-checks",
    operation_id="checkStatutoryTransfer",
    response_model=PassingOnOut,
    responses=problems(404, 409, 412, 428),
    summary="Try whether a statutory transfer could be completed",
)
async def check_statutory_transfer(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("checkStatutoryTransfer")],
    version: IfMatch,
) -> Response:
    """Refuses as the completion would, and says who goes on for whom. Nothing is kept."""
    kind = TransferKind.STATUTORY_TRANSFER
    return answer(said(await try_transfer(door.db, door.caller, id, version, kind, today_in_england())))


@router.post(
    "/statutory-transfers/{id}/completion",
    operation_id="applyStatutoryTransfer",
    response_model=TransferOut,
    responses=problems(404, 409, 412, 428),
    summary="Complete a statutory transfer",
)
async def statutory_transfer(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, driven("applyStatutoryTransfer")],
    sent: Annotated[Sent, post_once("applyStatutoryTransfer")],
    version: IfMatch,
) -> Response:
    """Ends the record on the day before. The next one goes on at once, or waits for the incoming lead to take it over."""
    kind = TransferKind.STATUTORY_TRANSFER
    return answer(await complete_transfer(door.db, door.caller, sent, id, version, kind, today_in_england()))


@router.post(
    "/consolidation-checks",
    operation_id="checkConsolidation",
    response_model=PassingOnOut,
    responses=problems(409, 413, 415),
    summary="Try whether contracts could become one",
)
async def check_consolidation(
    body: ConsolidationIn,
    door: Annotated[Door, driven("checkConsolidation")],
) -> Response:
    """Refuses as the consolidation would, and says who goes on for whom. Nothing is kept."""
    made, new = body.to_things(NOBODY, door.caller.organisation_id)
    return answer(said(await try_consolidation(door.db, door.caller, made, new, today_in_england())))


@router.put(
    "/consolidations/{id}",
    operation_id="applyConsolidation",
    status_code=201,
    response_model=RegroupingOut,
    responses=problems(409, 413, 415),
    summary="Consolidate contracts",
)
async def consolidation(
    id: UUID,  # noqa: A002 the name in the address
    body: ConsolidationIn,
    door: Annotated[Door, driven("applyConsolidation")],
    sent: Annotated[Sent, put_once("applyConsolidation")],
) -> Response:
    """Brings contracts that you lead, with one provider, together in one. What was left of each is in it, to the penny."""
    made, new = body.to_things(id, door.caller.organisation_id)
    return answer(
        await consolidate_contracts(door.db, door.caller, sent, made, new, today_in_england()),
        f"/v1/consolidations/{id}",
    )


@router.post(
    "/split-checks",
    operation_id="checkSplit",
    response_model=PassingOnOut,
    responses=problems(409, 413, 415),
    summary="Try whether a contract could be split",
)
async def check_split(
    body: ContractSplitIn,
    door: Annotated[Door, driven("checkSplit")],
) -> Response:
    """Refuses as the split would, and says who goes on for whom. Nothing is kept."""
    made, parts = body.to_things(NOBODY, door.caller.organisation_id)
    return answer(said(await try_split(door.db, door.caller, made, parts, today_in_england())))


@router.put(
    "/splits/{id}",
    operation_id="applySplit",
    status_code=201,
    response_model=RegroupingOut,
    responses=problems(409, 413, 415),
    summary="Split a contract",
)
async def split(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractSplitIn,
    door: Annotated[Door, driven("applySplit")],
    sent: Annotated[Sent, put_once("applySplit")],
) -> Response:
    """Lets a contract that you lead go on as several. Their values come to what was left of it, to the penny."""
    made, parts = body.to_things(id, door.caller.organisation_id)
    return answer(
        await split_contract(door.db, door.caller, sent, made, parts, today_in_england()), f"/v1/splits/{id}"
    )
