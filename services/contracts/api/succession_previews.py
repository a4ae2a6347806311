"""What a succession of organisations would change in the register."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request, Response

from services.contracts.actions.preview_succession import preview_succession
from services.contracts.api.succession_bodies import ContractSuccessionIn, ContractSuccessionReportOut
from shared.web.answers import shown
from shared.web.doors import Door, driven
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-previews", tags=["contracts"])


@router.post(
    "",
    operation_id="previewContractsSuccession",
    response_model=ContractSuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Say what a succession would change in the register",
)
async def post(
    request: Request,
    body: ContractSuccessionIn,
    door: Annotated[Door, driven("previewContractsSuccession")],
) -> Response:
    """The same counts and remarks, and nothing is kept."""
    return shown(request, await preview_succession(door.db, door.caller, body.to_asked(uuid4())))
