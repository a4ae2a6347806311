"""What a succession of organisations would do to the books."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request, Response

from services.budget.actions.preview_succession import preview_succession
from services.budget.api.succession_bodies import SuccessionIn, SuccessionReportOut
from shared.web.answers import shown
from shared.web.doors import Door, driven
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-previews", tags=["successions"])


@router.post(
    "",
    operation_id="previewBudgetSuccession",
    response_model=SuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Say what a succession would do to the books",
)
async def post(
    request: Request, body: SuccessionIn, door: Annotated[Door, driven("previewBudgetSuccession")]
) -> Response:
    """The same counts and remarks, and nothing is kept."""
    return shown(request, await preview_succession(door.db, door.caller, body.to_asked(uuid4())))
