"""Moves of contracts that no budget moves with: procurement, standstill, suspension, notice taken back, and others."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.api.contract_answers import ContractOut
from services.contracts.api.life_bodies import (
    AbandonmentIn,
    HoldOverIn,
    NoticeWithdrawalIn,
    ProcurementIn,
    ResumptionIn,
    StandstillIn,
    SuspensionIn,
    step_of,
)
from services.contracts.rules import life
from services.contracts.rules.state import State
from services.contracts.rules.step import Move, state_before
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.post(
    "/{id}/procurement",
    operation_id="startProcurement",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Begin the procurement",
)
async def procurement(
    id: UUID,  # noqa: A002 the name in the address
    body: ProcurementIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("startProcurement")],
) -> Response:
    """Goes out to procurement with what was planned."""
    asked = Asked(
        "contract_procurement_started",
        step_of(Move.PROCUREMENT, body),
        lambda contract, _: life.start_procurement(contract),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/standstill",
    operation_id="startStandstill",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Begin the standstill",
)
async def standstill(
    id: UUID,  # noqa: A002 the name in the address
    body: StandstillIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("startStandstill")],
) -> Response:
    """Records that the intended award was made known. It can be made once the standstill has ended."""
    asked = Asked(
        "contract_standstill_started",
        step_of(Move.STANDSTILL, body),
        lambda contract, _: life.start_standstill(contract, body.on, body.ends_on),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/suspension",
    operation_id="suspendContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Suspend a contract",
)
async def suspension(
    id: UUID,  # noqa: A002 the name in the address
    body: SuspensionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("suspendContract")],
) -> Response:
    """Suspends delivery. The term goes on."""
    asked = Asked(
        "contract_suspended",
        step_of(Move.SUSPENSION, body),
        lambda contract, _: life.suspend(contract, body.on),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/resumption",
    operation_id="resumeContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Resume a suspended contract",
)
async def resumption(
    id: UUID,  # noqa: A002 the name in the address
    body: ResumptionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("resumeContract")],
) -> Response:
    """The contract stands again as it stood before it was suspended."""
    asked = Asked(
        "contract_resumed",
        step_of(Move.RESUMPTION, body),
        lambda contract, history: life.resume(contract, state_before(history, State.SUSPENDED), body.on),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/notice-withdrawal",
    operation_id="withdrawNotice",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Withdraw a notice",
)
async def notice_withdrawal(
    id: UUID,  # noqa: A002 the name in the address
    body: NoticeWithdrawalIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("withdrawNotice")],
) -> Response:
    """Takes a notice back with the consent of the other side. The contract stands again as it stood before."""
    asked = Asked(
        "contract_notice_withdrawn",
        step_of(Move.NOTICE_WITHDRAWAL, body),
        lambda contract, history: life.withdraw_notice(
            contract, state_before(history, State.NOTICE_GIVEN), body.on
        ),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/hold-over",
    operation_id="holdContractOver",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Record that a contract is held over",
)
async def hold_over(
    id: UUID,  # noqa: A002 the name in the address
    body: HoldOverIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("holdContractOver")],
) -> Response:
    """Records that delivery goes on after the last day without an extension: a finding until it ends."""
    asked = Asked(
        "contract_held_over",
        step_of(Move.HOLD_OVER, body),
        lambda contract, _: life.hold_over(contract, body.on),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/abandonment",
    operation_id="abandonContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Abandon a contract",
)
async def abandonment(
    id: UUID,  # noqa: A002 the name in the address
    body: AbandonmentIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("abandonContract")],
) -> Response:
    """Gives up a contract that never came into force."""
    asked = Asked(
        "contract_abandoned", step_of(Move.ABANDONMENT, body), lambda contract, _: life.abandon(contract)
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))
