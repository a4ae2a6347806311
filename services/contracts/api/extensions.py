"""Extensions of contracts: the options that they permit are exercised."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.contracts.actions.extend_contract import extend_contract
from services.contracts.api.contract_answers import ContractOut
from services.contracts.api.variation_bodies import ExtensionIn
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, IfMatch, may, post_once
from shared.web.openapi import problems

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.post(
    "/{id}/extensions",
    operation_id="extendContract",
    response_model=ContractOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Extend a contract",
)
async def extend(
    id: UUID,  # noqa: A002 the name in the address
    body: ExtensionIn,
    door: Annotated[Door, may("contract:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("extendContract")],
) -> Response:
    """Exercises extension options that are left, never past the latest end. Due dates follow; a step keeps both ends."""
    decision = body.to_decision()
    return answer(await extend_contract(door.db, door.caller, sent, id, version, decision, body.note))
