"""Moves that the gateway drives, since budgets move with them: into force, and out of it. No client calls these."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response

from services.contracts.actions.activate_contract import activate_contract
from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.actions.try_activation import try_activation
from services.contracts.actions.try_move import try_move
from services.contracts.api.contract_answers import ContractOut
from services.contracts.api.driven_bodies import ActivationOut, EndingIn, InForceIn, ReadinessOut, backing_of
from services.contracts.api.life_bodies import CompletionIn, TerminationIn, step_of
from services.contracts.rules import life
from services.contracts.rules.step import Move
from services.contracts.store import activations
from shared.idempotency import Answer, Sent
from shared.web.answers import answer, shown
from shared.web.doors import Door, IfMatch, driven, may, post_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.post(
    "/{id}/activation-checks",
    operation_id="checkActivation",
    response_model=ReadinessOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Try whether a contract could come into force",
)
async def check(
    id: UUID,  # noqa: A002 the name in the address
    body: InForceIn,
    door: Annotated[Door, driven("checkActivation")],
    version: IfMatch,
) -> Response:
    """Refuses as the activation would, and says what others must know. Nothing is kept."""
    found = await try_activation(door.db, door.caller, id, version, body.active_from)
    return answer(Answer(200, msgspec.json.encode(found), f'"{found.version}"'))


@router.post(
    "/{id}/activation",
    operation_id="bringIntoForce",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Bring a contract into force",
)
async def activate(
    id: UUID,  # noqa: A002 the name in the address
    body: InForceIn,
    door: Annotated[Door, driven("bringIntoForce")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("bringIntoForce")],
) -> Response:
    """Brings an awarded contract into force and keeps what the gateway saw behind it."""
    assert door.caller.errand is not None
    backing = backing_of(door.caller.errand.seen)
    return answer(await activate_contract(door.db, door.caller, sent, id, version, body.active_from, backing))


@router.get(
    "/{id}/activation",
    operation_id="getActivation",
    response_model=ActivationOut,
    responses=problems(404),
    summary="Read what stood behind a contract when it came into force",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """The approvals, the budget that was set aside and the indicators. For commissioners of its partnership and auditors
    of its lead."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await activations.last(tx, id))


@router.post(
    "/{id}/ending-checks",
    operation_id="checkEnding",
    response_model=ReadinessOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Try whether a contract could end",
)
async def check_ending(
    id: UUID,  # noqa: A002 the name in the address
    body: EndingIn,
    door: Annotated[Door, driven("checkEnding")],
    version: IfMatch,
) -> Response:
    """Refuses as the termination or completion would. Nothing is kept."""
    found = await try_move(door.db, door.caller, id, version, body.rule())
    return answer(Answer(200, msgspec.json.encode(found), f'"{found.version}"'))


@router.post(
    "/{id}/termination",
    operation_id="applyTermination",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Terminate a contract",
)
async def termination(
    id: UUID,  # noqa: A002 the name in the address
    body: TerminationIn,
    door: Annotated[Door, driven("applyTermination")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("applyTermination")],
) -> Response:
    """Ends a contract before its term. By notice, from the day on which the notice runs out."""
    asked = Asked(
        "contract_terminated",
        step_of(Move.TERMINATION, body),
        lambda contract, _: life.terminate(contract, body.on, body.reason),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))


@router.post(
    "/{id}/completion",
    operation_id="applyCompletion",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Complete a contract",
)
async def completion(
    id: UUID,  # noqa: A002 the name in the address
    body: CompletionIn,
    door: Annotated[Door, driven("applyCompletion")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("applyCompletion")],
) -> Response:
    """Ends a contract whose term is over."""
    asked = Asked(
        "contract_completed",
        step_of(Move.COMPLETION, body),
        lambda contract, _: life.complete(contract, body.on),
    )
    return answer(await move_contract(door.db, door.caller, sent, id, version, asked))
