"""Variations: proposed, agreed or refused by each side, withdrawn, read. The gateway takes them into effect."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.contracts.actions.answer_variation import answer_variation
from services.contracts.actions.propose_variation import propose_variation
from services.contracts.actions.withdraw_variation import withdraw_variation
from services.contracts.api.variation_answers import VariationOut, VariationsOut
from services.contracts.api.variation_bodies import VariationAnswerIn, VariationIn, VariationRefusalIn
from services.contracts.rules.variation import VariationState
from services.contracts.store import variations
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/variations", tags=["contracts"])


@router.put(
    "/{id}",
    operation_id="proposeVariation",
    status_code=201,
    response_model=VariationOut,
    responses=problems(404, 409, 413, 415),
    summary="Propose a variation",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: VariationIn,
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, put_once("proposeVariation")],
) -> Response:
    """Proposes to change terms that are in force. The answer shows what each year costs before anybody agrees, and
    whether the contract's rules permit the change without a new procurement."""
    kept = await propose_variation(door.db, door.caller, sent, body.to_proposal(id), body.to_declared())
    return answer(kept, f"/v1/variations/{id}")


@router.post(
    "/{id}/agreement",
    operation_id="agreeVariation",
    response_model=VariationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Agree to a variation",
)
async def agree(
    id: UUID,  # noqa: A002 the name in the address
    body: VariationAnswerIn,
    door: Annotated[Door, may("variation:answer")],
    sent: Annotated[Sent, post_once("agreeVariation")],
    version: IfMatch,
) -> Response:
    """Agrees for your side. It is agreed once the lead and every provider have; it holds when taken into effect."""
    given = body.to_given(agreed=True)
    return answer(await answer_variation(door.db, door.caller, sent, id, version, given))


@router.post(
    "/{id}/refusal",
    operation_id="refuseVariation",
    response_model=VariationOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Refuse a variation",
)
async def refuse(
    id: UUID,  # noqa: A002 the name in the address
    body: VariationRefusalIn,
    door: Annotated[Door, may("variation:answer")],
    sent: Annotated[Sent, post_once("refuseVariation")],
    version: IfMatch,
) -> Response:
    """Refuses for your side, which ends it. A national variation is then not accepted, and notice follows."""
    given = body.to_given(agreed=False)
    return answer(await answer_variation(door.db, door.caller, sent, id, version, given))


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawVariation",
    response_model=VariationOut,
    responses=problems(404, 409, 412, 428),
    summary="Withdraw a variation",
)
async def withdraw(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("contract:write")],
    sent: Annotated[Sent, post_once("withdrawVariation")],
    version: IfMatch,
) -> Response:
    """Takes back a variation that does not hold yet."""
    return answer(await withdraw_variation(door.db, door.caller, sent, id, version))


@router.get(
    "/{id}",
    operation_id="getVariation",
    response_model=VariationOut,
    responses=problems(404),
    summary="Read a variation",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("contract:read")],
) -> Response:
    """One variation with both sides' answers."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await variations.get(tx, id))


@router.get(
    "",
    operation_id="listVariations",
    response_model=VariationsOut,
    responses=problems(),
    summary="List variations",
)
async def every(
    request: Request,
    door: Annotated[Door, may("contract:read")],
    pages: Pages,
    within: RecordedWithin,
    contract_id: Annotated[UUID | None, Query()] = None,
    partnership_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[VariationState | None, Query()] = None,
) -> Response:
    """The variations of contracts that you are a party to, in the order of the days on which they take effect."""
    asked: dict[str, Any] = {"contract_id": contract_id, "partnership_id": partnership_id, "state": state}
    filters = {name: value for name, value in asked.items() if value is not None}
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await variations.page(tx, filters, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.effective_on, each.id)))
