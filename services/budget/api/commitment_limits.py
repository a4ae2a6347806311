"""Commitment limits of lines: set, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.set_commitment_limit import set_commitment_limit
from services.budget.api.commitment_bodies import CommitmentLimitIn, CommitmentLimitOut, CommitmentLimitsOut
from services.budget.store import line_funds
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/commitment-limits", tags=["commitments"])


@router.put(
    "/{id}",
    operation_id="setCommitmentLimit",
    status_code=201,
    response_model=CommitmentLimitOut,
    responses=problems(409, 413, 415),
    summary="Set a limit on a line's commitments",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: CommitmentLimitIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("setCommitmentLimit")],
) -> Response:
    """Sets what spent and committed together may not pass, for a line of your own. The last one set stands."""
    kept = await set_commitment_limit(
        door.db,
        door.caller,
        sent,
        id,
        body.partnership_id,
        body.line_id,
        body.basis,
        body.limit_pence,
        body.reason,
    )
    return answer(kept, f"/v1/commitment-limits/{id}")


@router.get(
    "/{id}",
    operation_id="getCommitmentLimit",
    response_model=CommitmentLimitOut,
    responses=problems(404),
    summary="Read a limit on a line's commitments",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One limit as it was set."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await line_funds.get_limit(tx, id))


@router.get(
    "",
    operation_id="listCommitmentLimits",
    response_model=CommitmentLimitsOut,
    responses=problems(),
    summary="List the limits on lines' commitments",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    line_id: Annotated[UUID | None, Query(description="Only those of this line.")] = None,
) -> Response:
    """The limits that you may see, by year."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await line_funds.limits(tx, partnership_id, line_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.financial_year, each.id)))
