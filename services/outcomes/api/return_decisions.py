"""What the lead commissioner decides about returns (`/v1/returns/{id}/...`): send back, accept, lock, reopen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.outcomes.actions.accept_return import accept_return
from services.outcomes.actions.lock_return import lock_return
from services.outcomes.actions.reopen_return import reopen_return
from services.outcomes.actions.send_back_return import send_back_return
from services.outcomes.api.return_bodies import AcceptanceIn, ReasonsIn, ReturnOut
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/returns", tags=["returns"])


@router.post(
    "/{id}/return",
    operation_id="sendBackReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Send a return back",
)
async def send_back(
    id: UUID,  # noqa: A002 the name in the address
    body: ReasonsIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("sendBackReturn")],
    version: IfMatch,
) -> Response:
    """Sends a submitted return back to its provider, with a reason for each field named."""
    return answer(
        await send_back_return(door.db, door.caller, sent, id, version, body.to_reasons(), body.reviewer)
    )


@router.post(
    "/{id}/acceptance",
    operation_id="acceptReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Accept a return",
)
async def accept(
    id: UUID,  # noqa: A002 the name in the address
    body: AcceptanceIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("acceptReturn")],
    version: IfMatch,
) -> Response:
    """Accepts the last revision. Its figures take effect, for observers too, under disclosure control."""
    return answer(
        await accept_return(
            door.db, door.caller, sent, id, version, body.explanations_accepted, body.reviewer
        )
    )


@router.post(
    "/{id}/lock",
    operation_id="lockReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 428),
    summary="Lock a return",
)
async def lock(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("lockReturn")],
    version: IfMatch,
) -> Response:
    """Locks an accepted return whose figures have gone into a report."""
    return answer(await lock_return(door.db, door.caller, sent, id, version))


@router.post(
    "/{id}/reopening",
    operation_id="reopenReturn",
    response_model=ReturnOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Reopen a return",
)
async def reopen(
    id: UUID,  # noqa: A002 the name in the address
    body: ReasonsIn,
    door: Annotated[Door, may("return:signoff")],
    sent: Annotated[Sent, post_once("reopenReturn")],
    version: IfMatch,
) -> Response:
    """Reopens an accepted or locked return for a correction. What was accepted holds until the next acceptance."""
    return answer(
        await reopen_return(door.db, door.caller, sent, id, version, body.to_reasons(), body.reviewer)
    )
