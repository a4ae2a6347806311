"""Expiries: contracts that are over by a day are ended, all at once and only once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from services.contracts.actions.expire_contracts import expire_contracts
from services.contracts.api.life_bodies import ExpiryIn, ExpiryOut
from services.contracts.rules.step import require_come
from shared.idempotency import Sent
from shared.web.answers import answer
from shared.web.doors import Door, may, post_once
from shared.web.openapi import problems
from shared.web.today import today_in_england

router = APIRouter(prefix="/v1/contract-expiries", tags=["contracts"])


@router.post(
    "",
    operation_id="expireContracts",
    status_code=201,
    response_model=ExpiryOut,
    responses=problems(409, 413, 415),
    summary="End the contracts that are over",
)
async def post(
    body: ExpiryIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("expireContracts")],
) -> Response:
    """Ends contracts that your organisation leads, each on its own last day; asked again, it finds nothing to end."""
    require_come(body.as_at, today_in_england(), "/as_at")
    return answer(await expire_contracts(door.db, door.caller, sent, body.as_at, body.partnership_id))
