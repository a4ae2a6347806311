"""What of outcomes would go on under a succession of organisations."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request, Response

from services.outcomes.actions.preview_succession import preview_succession
from services.outcomes.api.succession_bodies import OutcomeSuccessionIn, OutcomeSuccessionReportOut
from shared.web.answers import shown
from shared.web.doors import Door, driven
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-previews", tags=["successions"])


@router.post(
    "",
    operation_id="previewOutcomesSuccession",
    response_model=OutcomeSuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Say what of outcomes would go on under a succession",
)
async def post(
    request: Request,
    body: OutcomeSuccessionIn,
    door: Annotated[Door, driven("previewOutcomesSuccession")],
) -> Response:
    """The same counts and remarks, and nothing is kept."""
    return shown(request, await preview_succession(door.db, door.caller, body.to_asked(uuid4())))
