"""The register's part of a succession of organisations, which the gateway drives."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.apply_succession import apply_succession
from services.contracts.api.succession_bodies import ContractSuccessionIn, ContractSuccessionReportOut
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, driven, put_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/succession-parts", tags=["contracts"])


@router.put(
    "/{id}",
    operation_id="applyContractsSuccession",
    status_code=201,
    response_model=ContractSuccessionReportOut,
    responses=problems(409, 413, 415),
    summary="Put a successor in its predecessors' places in the register",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: ContractSuccessionIn,
    door: Annotated[Door, driven("applyContractsSuccession")],
    sent: Annotated[Sent, put_once("applyContractsSuccession")],
) -> Response:
    """Changes every contract that a predecessor leads and that runs on the day or later: the record and its history
    stay, and shares of roles that become one body's are added up."""
    return answer(await apply_succession(door.db, door.caller, sent, body.to_asked(id)))
