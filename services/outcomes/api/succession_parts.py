"""Outcomes' part of a succession of organisations, which the gateway drives."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.outcomes.actions.apply_succession import apply_succession
from services.outcomes.api.succession_bodies import OutcomeSuccessionIn, OutcomeSuccessionReportOut
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-parts", tags=["successions"])


@router.put(
    "/{id}",
    operation_id="applyOutcomesSuccession",
    status_code=201,
    response_model=OutcomeSuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Record that a succession counts in outcomes",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: OutcomeSuccessionIn,
    door: Annotated[Door, driven("applyOutcomesSuccession")],
    sent: Annotated[Sent, put_once("applyOutcomesSuccession")],
) -> Response:
    """Successors act as lead, provider or associate in their predecessors' places, and history keeps who it was: this
    says what goes on."""
    return answer(await apply_succession(door.db, door.caller, sent, body.to_asked(id)))
