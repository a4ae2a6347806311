"""Risks and issues: record, rate, escalate, close, read, list."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.actions.enter_record import enter_record
from services.gateway.actions.move_record import move_record
from services.gateway.api.risk_bodies import RiskIn, RiskOut, RiskRatingIn, RisksOut, RiskStepIn
from services.gateway.rules import risk as rules
from services.gateway.store.governance_registers import risks
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/risks", tags=["governance"])


@router.put(
    "/{id}",
    operation_id="recordRisk",
    status_code=201,
    response_model=RiskOut,
    responses=problems(409, 413, 415),
    summary="Record a risk or issue",
)
async def record(
    id: UUID,  # noqa: A002 the name in the address
    body: RiskIn,
    door: Annotated[Door, may("governance:write")],
    sent: Annotated[Sent, put_once("recordRisk")],
) -> Response:
    """On a board's register, with where it stands, where it should, and what brings it there."""
    asked = body.to_risk(id, door.caller.organisation_id)
    kept = await enter_record(
        door.db, door.caller, sent, risks, body.partnership_id,
        lambda place: rules.record(asked, place.boards, place.today),
    )  # fmt: skip
    return answer(kept, f"/v1/risks/{id}")


@router.post(
    "/{id}/ratings",
    operation_id="rateRisk",
    response_model=RiskOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Rate a risk or issue anew",
)
async def rate(
    id: UUID,  # noqa: A002 the name in the address
    body: RiskRatingIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("rateRisk")],
) -> Response:
    """What it was rated before stays in its steps."""
    rating = body.to_rating()
    kept = await move_record(
        door.db, door.caller, sent, risks, id, version, "rated",
        lambda before, place: rules.rate(before, rating, place.today),
    )  # fmt: skip
    return answer(kept)


@router.post(
    "/{id}/escalations",
    operation_id="escalateRisk",
    response_model=RiskOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Take a risk or issue to the next board of its route",
)
async def escalate(
    id: UUID,  # noqa: A002 the name in the address
    body: RiskStepIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("escalateRisk")],
) -> Response:
    """To the first board of the route in the first instance, then to the next one."""
    kept = await move_record(
        door.db, door.caller, sent, risks, id, version, "escalated",
        lambda before, place: rules.escalate(before, body.on, body.reason, place.today),
    )  # fmt: skip
    return answer(kept)


@router.post(
    "/{id}/closing",
    operation_id="closeRisk",
    response_model=RiskOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Close a risk or issue",
)
async def close(
    id: UUID,  # noqa: A002 the name in the address
    body: RiskStepIn,
    door: Annotated[Door, may("governance:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("closeRisk")],
) -> Response:
    """It stays as it stood, and is not opened again."""
    kept = await move_record(
        door.db, door.caller, sent, risks, id, version, "closed",
        lambda before, place: rules.close(before, body.on, body.reason, place.today),
    )  # fmt: skip
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getRisk",
    response_model=RiskOut,
    responses=problems(404),
    summary="Read a risk or issue",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("governance:read")],
) -> Response:
    """One risk with everything that happened to it."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await risks.get(tx, id))


@router.get(
    "",
    operation_id="listRisks",
    response_model=RisksOut,
    responses=problems(),
    summary="List the risks and issues of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("governance:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    board_id: Annotated[UUID | None, Query(description="Only those of this board.")] = None,
) -> Response:
    """By reference, those that are closed too."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await risks.page(tx, partnership_id, pages.limit, after, within, board_id)
    return listed(request, page_of(rows, pages.limit, risks.key))
