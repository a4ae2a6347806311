"""Scrutiny grants: a scrutiny body asks for named records, their owner opens or refuses them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.gateway.actions.ask_for_records import ask_for_records
from services.gateway.actions.decide_on_records import decide_on_records
from services.gateway.actions.end_record_grant import end_record_grant
from services.gateway.api.record_grant_bodies import (
    RecordGrantEnd,
    RecordGrantOut,
    RecordGrantsOut,
    ScrutinyDecisionIn,
    ScrutinyGrantIn,
)
from services.gateway.rules.record_grant import GrantPurpose
from services.gateway.store import record_grants
from shared.idempotency import Sent
from shared.page import Page, page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/scrutiny-grants", tags=["data sharing"])
_PURPOSE = GrantPurpose.SCRUTINY


@router.put(
    "/{id}",
    operation_id="askForScrutinyGrant",
    status_code=201,
    response_model=RecordGrantOut,
    responses=problems(409, 413, 415),
    summary="Ask for named records",
)
async def ask(
    id: UUID,  # noqa: A002 the name in the address
    body: ScrutinyGrantIn,
    door: Annotated[Door, may("sharing:write")],
    sent: Annotated[Sent, put_once("askForScrutinyGrant")],
) -> Response:
    """A scrutiny body of the partnership asks one commissioner. Nothing is open until that one says so."""
    asked = body.to_grant(id, door.caller.organisation_id)
    kept = await ask_for_records(door.db, door.caller, sent, asked)
    return answer(kept, f"/v1/scrutiny-grants/{id}")


@router.post(
    "/{id}/decision",
    operation_id="decideScrutinyGrant",
    response_model=RecordGrantOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Open the records that a scrutiny body asked for, or refuse",
)
async def decide(
    id: UUID,  # noqa: A002 the name in the address
    body: ScrutinyDecisionIn,
    door: Annotated[Door, may("sharing:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("decideScrutinyGrant")],
) -> Response:
    """Only the body whose records they are decides. A refusal stays on record with its reason."""
    days = (body.from_date, body.to_date)
    kept = await decide_on_records(door.db, door.caller, sent, id, version, body.outcome, body.reason, days)
    return answer(kept)


@router.post(
    "/{id}/ending",
    operation_id="endScrutinyGrant",
    response_model=RecordGrantOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Close the records before their last day",
)
async def end(
    id: UUID,  # noqa: A002 the name in the address
    body: RecordGrantEnd,
    door: Annotated[Door, may("sharing:write")],
    version: IfMatch,
    sent: Annotated[Sent, post_once("endScrutinyGrant")],
) -> Response:
    """From the day after the new last day the records are closed again, within five seconds."""
    kept = await end_record_grant(door.db, door.caller, sent, _PURPOSE, id, version, body.to_date)
    return answer(kept)


@router.get(
    "/{id}",
    operation_id="getScrutinyGrant",
    response_model=RecordGrantOut,
    responses=problems(404),
    summary="Read a scrutiny grant",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("sharing:read")],
) -> Response:
    """For the body whose records they are and the one that they are open to."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await record_grants.get(tx, _PURPOSE, id))


@router.get(
    "",
    operation_id="listScrutinyGrants",
    response_model=RecordGrantsOut,
    responses=problems(),
    summary="List scrutiny grants",
)
async def every(
    request: Request,
    door: Annotated[Door, may("sharing:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID | None, Query(description="Of this partnership alone.")] = None,
) -> Response:
    """Those of your records and those open to you, in the order in which they were recorded."""
    after = read_cursor(pages.cursor, datetime, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await record_grants.page(tx, _PURPOSE, partnership_id, pages.limit, after, within)
    page = page_of(rows, pages.limit, lambda each: (each[1], each[0].id))
    return listed(request, Page(tuple(each[0] for each in page.items), page.next_cursor))
