"""Virements: propose, approve, refuse, withdraw, read."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.budget.actions.decide_virement import decide_virement
from services.budget.actions.propose_virement import propose_virement
from services.budget.actions.withdraw_virement import withdraw_virement
from services.budget.api.virement_bodies import (
    VirementApprovalIn,
    VirementIn,
    VirementOut,
    VirementRefusalIn,
    VirementsOut,
)
from services.budget.rules.virement import VirementState
from services.budget.store import virements
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, IfMatch, Pages, may, post_once, put_once
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/virements", tags=["virements"])


@router.put(
    "/{id}",
    operation_id="proposeVirement",
    status_code=201,
    response_model=VirementOut,
    responses=problems(409, 413, 415),
    summary="Propose a virement",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: VirementIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("proposeVirement")],
) -> Response:
    """Proposes to move approved budget. `asked` in the answer says which organisations must approve it, and who of each.

    A limit that is counted over the year is held against all that was proposed or moved on the same lines before.
    """
    kept = await propose_virement(door.db, door.caller, sent, body.to_proposal(id))
    return answer(kept, f"/v1/virements/{id}")


@router.post(
    "/{id}/approval",
    operation_id="approveVirement",
    response_model=VirementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Approve a virement",
)
async def approve(
    id: UUID,  # noqa: A002 the name in the address
    body: VirementApprovalIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, post_once("approveVirement")],
    version: IfMatch,
) -> Response:
    """Approves for your organisation. Another client than the one that proposed it, and for another person.

    The last approval posts the virement's journal in the budget book.
    """
    given = body.to_given(door.caller.organisation_id)
    period = body.to_period()
    return answer(await decide_virement(door.db, door.caller, sent, id, version, given, period))


@router.post(
    "/{id}/refusal",
    operation_id="refuseVirement",
    response_model=VirementOut,
    responses=problems(404, 409, 412, 413, 415, 428),
    summary="Refuse a virement",
)
async def refuse(
    id: UUID,  # noqa: A002 the name in the address
    body: VirementRefusalIn,
    door: Annotated[Door, may("decision:write")],
    sent: Annotated[Sent, post_once("refuseVirement")],
    version: IfMatch,
) -> Response:
    """Refuses for your organisation, which ends the virement."""
    given = body.to_given(door.caller.organisation_id)
    return answer(await decide_virement(door.db, door.caller, sent, id, version, given))


@router.post(
    "/{id}/withdrawal",
    operation_id="withdrawVirement",
    response_model=VirementOut,
    responses=problems(404, 409, 412, 428),
    summary="Withdraw a virement",
)
async def withdraw(
    id: UUID,  # noqa: A002 the name in the address
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, post_once("withdrawVirement")],
    version: IfMatch,
) -> Response:
    """Takes back what your organisation proposed, while it is not posted."""
    return answer(await withdraw_virement(door.db, door.caller, sent, id, version))


@router.get(
    "/{id}",
    operation_id="getVirement",
    response_model=VirementOut,
    responses=problems(404),
    summary="Read a virement",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One virement, with who was asked and what each decided."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await virements.get(tx, id))


@router.get(
    "",
    operation_id="listVirements",
    response_model=VirementsOut,
    responses=problems(),
    summary="List the virements of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    state: Annotated[VirementState | None, Query()] = None,
    line_id: Annotated[UUID | None, Query(description="Only those from or to this line.")] = None,
) -> Response:
    """The virements that you may see, by effective date."""
    after = read_cursor(pages.cursor, date, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await virements.page(tx, partnership_id, state, line_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.effective_date, each.id)))
