"""The budget's part of a succession of organisations, which the gateway drives."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.budget.actions.apply_succession import apply_succession
from services.budget.api.succession_bodies import SuccessionIn, SuccessionReportOut
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-parts", tags=["successions"])


@router.put(
    "/{id}",
    operation_id="applyBudgetSuccession",
    status_code=201,
    response_model=SuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Apply a succession to the books",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: SuccessionIn,
    door: Annotated[Door, driven("applyBudgetSuccession")],
    sent: Annotated[Sent, put_once("applyBudgetSuccession")],
) -> Response:
    """Closes what predecessors held, opens it under their successors, and lets agreements, lines and promises follow."""
    return answer(await apply_succession(door.db, door.caller, sent, body.to_asked(id)))
